import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { AnswerQuestion } from '../answer/answer.ts';
import type { Embedder } from '../knowledge/embedder.ts';
import { parseQuestion } from '../question/parse-question.ts';
import { expandQuestion } from '../retrieval/expansion.ts';

const TOPICS = [
  'research',
  'a phone app',
  'production',
  'a course for beginners',
  'computer vision',
  'TPUs',
  'Windows',
];
const ROUNDS = 40;
/** Rounds that warm up and are not counted. */
const WARM_UP = 10;

const questionOn = (topic: string): string =>
  `We are a small team that starts on ${topic} next month. Should we use PyTorch or TensorFlow, and why?`;

/** Median of whole warm answers to the bare embedding of the same question, in turns, in this process. */
export async function answerToEmbedding(answerQuestion: AnswerQuestion, embedder: Embedder): Promise<number> {
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const topic of TOPICS) {
      const question = questionOn(topic);
      const parts = expandQuestion(parseQuestion(question));
      const embedding = await milliseconds(() => embedder.embedQuestion(parts));
      const answer = await milliseconds(() => answerQuestion(question));
      if (round >= WARM_UP) ratios.push(answer / embedding);
    }
  }
  return ratios.sort((a, b) => a - b)[ratios.length >> 1] as number;
}

export interface CrowdFigures {
  readonly asks: number;
  /** Milliseconds. */
  readonly answerP99: number;
  readonly eventLoopDelayP99: number;
}

/** Many asks at a time, as many again whenever they are answered: how long answers take and how long the loop is held. */
export async function crowd(answerQuestion: AnswerQuestion, atOnce: number, rounds: number): Promise<CrowdFigures> {
  const ask = async (at: number): Promise<number> =>
    milliseconds(() => answerQuestion(`${questionOn(TOPICS[at % TOPICS.length] as string)} Case ${at}.`));
  await Promise.all(Array.from({ length: atOnce }, (_, at) => ask(at)));
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const times = (
    await Promise.all(
      Array.from({ length: atOnce }, async (_, lane) => {
        const own: number[] = [];
        for (let round = 0; round < rounds; round++) own.push(await ask(lane * rounds + round));
        return own;
      }),
    )
  ).flat();
  delay.disable();
  times.sort((a, b) => a - b);
  const answerP99 = times[Math.floor(times.length * 0.99)] as number;
  return { asks: times.length, answerP99, eventLoopDelayP99: delay.percentile(99) / 1e6 };
}

export async function milliseconds(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await run();
  return performance.now() - started;
}
