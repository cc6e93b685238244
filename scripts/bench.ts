import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createAnswerer } from '../src/answer/answer-question.ts';
import { buildIndex } from '../src/build-index.ts';
import { PRODUCT_DIRECTORY, readConfig } from '../src/config.ts';
import { passageText } from '../src/knowledge/knowledge-base.ts';
import { readModel } from '../src/knowledge/model.ts';
import { createTransformersEmbedder } from '../src/knowledge/transformers-embedder.ts';
import { openLibrary } from '../src/open-library.ts';
import { parseQuestion } from '../src/question/parse-question.ts';
import { expandQuestion } from '../src/retrieval/expansion.ts';

/** Passages per run of the bare model, shortest first. */
const BATCH = 16;
const ROUNDS = 40;
const TOPICS = [
  'research',
  'a phone app',
  'production',
  'a course for beginners',
  'computer vision',
  'TPUs',
  'Windows',
  'robots',
];

/** Ratios of two things measured side by side in one run: absolute times say more of the machine than of the product. */
const { values } = parseArgs({ options: { json: { type: 'boolean' }, corpus: { type: 'string', multiple: true } } });
process.chdir(PRODUCT_DIRECTORY);
const settings = readConfig({});
const model = await readModel(settings.MODEL_DIR);
const folder = await mkdtemp(join(tmpdir(), 'advisor-bench-'));
try {
  const corpus = values.corpus ?? ['corpus'];
  const build = (name: string) => (): Promise<unknown> =>
    buildIndex({ settings, corpus, indexDirectory: join(folder, name), onProgress: () => {} });
  const before = await seconds(build('first'));
  const { library } = await openLibrary(join(folder, 'first'), model);
  const embedder = await createTransformersEmbedder({ model, threads: availableParallelism() });
  const texts = Array.from(library.knowledge.passages, (passage) => passageText(library.knowledge, passage)).sort(
    (a, b) => a.length - b.length,
  );
  const bare = await seconds(async () => {
    for (let at = 0; at < texts.length; at += BATCH) {
      await embedder.embedPassages(texts.slice(at, at + BATCH).map((text) => ({ context: '', sentences: [text] })));
    }
  });
  // One build before the bare model and one after: what else the machine does changes by the minute.
  const first = (before + (await seconds(build('second')))) / 2;
  const second = await seconds(build('second'));
  const answerQuestion = createAnswerer({ library: () => library, embedder });
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const topic of TOPICS) {
      const question = `We are a small team that starts on ${topic} next month. Should we use PyTorch or TensorFlow, and why?`;
      const parts = expandQuestion(parseQuestion(question));
      const embedding = await seconds(() => embedder.embedQuestion(parts));
      const answer = await seconds(() => answerQuestion(question));
      if (round > ROUNDS / 4) ratios.push(answer / embedding);
    }
  }
  await embedder.close();
  const result = {
    passages: texts.length,
    answerToEmbedding: median(ratios),
    buildThroughputToBareModel: bare / first,
    firstBuildToUnchangedBuild: first / second,
  };
  console.log(values.json ? JSON.stringify(result) : report(result));
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function seconds(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await run();
  return (performance.now() - started) / 1000;
}

function median(numbers: number[]): number {
  return numbers.sort((a, b) => a - b)[numbers.length >> 1] as number;
}

function report(result: {
  passages: number;
  answerToEmbedding: number;
  buildThroughputToBareModel: number;
  firstBuildToUnchangedBuild: number;
}): string {
  return [
    `${result.passages} passages; every figure is a ratio of two times of this run`,
    `whole warm answer / bare embedding of its question (median): ${result.answerToEmbedding.toFixed(2)}`,
    `bare model over the passages, length-sorted batches of ${BATCH} / whole first build: ${result.buildThroughputToBareModel.toFixed(2)}`,
    `first build / build without changes: ${result.firstBuildToUnchangedBuild.toFixed(0)}`,
  ].join('\n');
}
