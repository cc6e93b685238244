/**
 * Entry of the process in which reloads are measured: 50 asks at a time, first alone, then while two generations take
 * each other's place. Prints one JSON line (`ReloadFigures`).
 */
import { readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer } from '../../src/answer/answer.ts';
import { createAnswerer } from '../../src/answer/answer-question.ts';
import { syntheticQuestions } from '../../src/evaluation/synthetic-generation.ts';
import type { Embedder } from '../../src/knowledge/embedder.ts';
import { loadFolder } from '../../src/knowledge/load-knowledge-base.ts';
import { readModel } from '../../src/knowledge/model.ts';
import { openLiveLibrary } from '../../src/live-library.ts';
import { PRODUCT_DIRECTORY } from '../../src/product.ts';

export interface ReloadFigures {
  readonly reloads: number;
  readonly answers: number;
  readonly errors: readonly string[];
  /** Milliseconds of an ask among 50, without and with reloads. */
  readonly p99: { readonly alone: number; readonly reloading: number };
  /** Bytes. */
  readonly index: number;
  readonly rss: { readonly base: number; readonly most: number; readonly end: number };
}

const CONCURRENT = 50;
/** Milliseconds that an embedding process takes for a question, and how many processes there are. */
const EMBEDDING = 8;
const PROCESSES = 2;

const [index = '', rounds = '1'] = process.argv.slice(2);
const model = await readModel(join(PRODUCT_DIRECTORY, 'models/all-MiniLM-L6-v2'));
const generations = readdirSync(index).filter((name) => /^\d/.test(name));
const texts = new Map<string, Map<string, string>>();
let vectors: Float32Array[] = [];
for (const generation of generations) {
  const knowledge = await loadFolder(join(index, generation), generation, model, []);
  texts.set(generation, new Map([...knowledge.documents.values()].map(({ path, text }) => [path, text])));
  vectors = [...vectors, ...syntheticQuestions(knowledge, 200, 3)];
}
const lanes = Array.from({ length: PROCESSES }, () => Promise.resolve());
let asked = 0;
const embedder: Embedder = {
  dimensions: model.dimensions,
  embedQuestion: async (parts) => {
    const lane = asked++ % PROCESSES;
    lanes[lane] = (lanes[lane] as Promise<void>).then(() => pause(EMBEDDING));
    await lanes[lane];
    return vectors[Number(/\d+/.exec(parts[0]?.text ?? '')?.[0] ?? 0) % vectors.length] as Float32Array;
  },
  embedPassages: async () => [],
  close: async () => {},
};
point(generations[0] as string);
const errors: string[] = [];
const note = (...said: unknown[]): void => {
  errors.push(JSON.stringify(said));
};
const logger = { info: () => {}, warn: note, error: note };
const live = await openLiveLibrary({ indexDirectory: index, model, logger, intervalMs: 3_600_000 });
const answerQuestion = createAnswerer({ library: live.library, embedder });
let answers = 0;

await askWhile(() => pause(1_500));
const alone = await askWhile(() => pause(Math.max(2_000, Number(rounds) * 60)));
const base = process.memoryUsage.rss();
let most = base;
const watch = setInterval(() => {
  most = Math.max(most, process.memoryUsage.rss());
}, 20);
let reloads = 0;
const reloading = await askWhile(async () => {
  for (let round = 1; round <= Number(rounds); round++) {
    const next = generations[round % generations.length] as string;
    point(next);
    await live.refresh();
    if (live.library().knowledge.manifest.generation === next) reloads++;
    await pause(100);
  }
});
await pause(2_500);
clearInterval(watch);
// Alone again: a machine that others use is compared with itself before and after.
const after = await askWhile(() => pause(Math.max(2_000, Number(rounds) * 60)));
const size = readdirSync(join(index, generations[0] as string)).reduce(
  (sum, name) => sum + statSync(join(index, generations[0] as string, name)).size,
  0,
);
const figures: ReloadFigures = {
  reloads,
  answers,
  errors,
  p99: { alone: Math.max(percentile(alone, 0.99), percentile(after, 0.99)), reloading: percentile(reloading, 0.99) },
  index: size,
  rss: { base, most, end: process.memoryUsage.rss() },
};
console.log(JSON.stringify(figures));
await live.close();

/** Asks 50 at a time until something has been done; the times of all asks. */
async function askWhile(run: () => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  let done = false;
  const asker = async (from: number): Promise<void> => {
    for (let number = from; !done; number += CONCURRENT) {
      const started = performance.now();
      try {
        check(await answerQuestion(`Question ${number}: which framework has the best tools for serving?`));
      } catch (thrown) {
        errors.push(String(thrown));
      }
      times.push(performance.now() - started);
      answers++;
    }
  };
  const askers = Array.from({ length: CONCURRENT }, (_, number) => asker(number));
  await run();
  done = true;
  await Promise.all(askers);
  return times;
}

/** Every quote and every passage must be of the generation that the answer names. */
function check({ index: { generation }, citations, retrieved }: Answer): void {
  const own = texts.get(generation);
  for (const { path, start, end, quote } of citations) {
    if (own?.get(path)?.slice(start, end) !== quote) errors.push(`${generation}: a quote of another generation`);
  }
  for (const { path, text } of retrieved) {
    if (!own?.get(path)?.includes(text)) errors.push(`${generation}: a passage of another generation`);
  }
  if (retrieved.length === 0) errors.push(`${generation}: nothing was found`);
}

function point(generation: string): void {
  writeFileSync(join(index, 'CURRENT.next'), `${generation}\n`);
  renameSync(join(index, 'CURRENT.next'), join(index, 'CURRENT'));
}

function percentile(numbers: number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] ?? 0;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
