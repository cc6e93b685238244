import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createAnswerer } from '../src/answer/answer-question.ts';
import { buildIndex } from '../src/build-index.ts';
import { readConfig } from '../src/config.ts';
import { answerToEmbedding, crowd, milliseconds } from '../src/evaluation/answer-speed.ts';
import type { Embedder } from '../src/knowledge/embedder.ts';
import { createEmbeddingPool } from '../src/knowledge/embedding-pool.ts';
import { passageText } from '../src/knowledge/knowledge-base.ts';
import { readModel } from '../src/knowledge/model.ts';
import { createTransformersEmbedder } from '../src/knowledge/transformers-embedder.ts';
import { openLibrary } from '../src/open-library.ts';
import { PRODUCT_DIRECTORY } from '../src/product.ts';

const USAGE = `usage: npm run --silent bench -- [--corpus DIR...] [--json]
       npm run --silent bench -- --scale       also search among 1,000, 10,000, 20,000 and 100,000 passages`;

/** Passages per run of the bare model, shortest first. */
const BATCH = 16;
const SIZES = [1_000, 10_000, 20_000, 100_000];

/** Ratios of two things measured side by side in one run: absolute times say more of the machine than of the product. */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    corpus: { type: 'string', multiple: true },
    scale: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
process.chdir(PRODUCT_DIRECTORY);
const settings = readConfig({});
const model = await readModel(settings.MODEL_DIR);
const folder = await mkdtemp(join(tmpdir(), 'advisor-bench-'));
try {
  const corpus = values.corpus ?? ['corpus'];
  const build = (name: string) => (): Promise<unknown> =>
    buildIndex({ settings, corpus, indexDirectory: join(folder, name), onProgress: () => {} });
  const before = await milliseconds(build('first'));
  const { library } = await openLibrary(join(folder, 'first'), model);
  const texts = Array.from(library.knowledge.passages, (passage) => passageText(library.knowledge, passage)).sort(
    (a, b) => a.length - b.length,
  );
  const embedAll = (embedder: Embedder, lanes: number) => async (): Promise<void> => {
    let at = 0;
    const lane = async (): Promise<void> => {
      while (at < texts.length) {
        const batch = texts.slice(at, at + BATCH);
        at += BATCH;
        await embedder.embedPassages(batch.map((text) => ({ context: '', sentences: [text] })));
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  };
  const embedder = await createTransformersEmbedder({ model, threads: availableParallelism() });
  const bare = await milliseconds(embedAll(embedder, 1));
  // One build before the bare model and one after: what else the machine does changes by the minute.
  const first = (before + (await milliseconds(build('second')))) / 2;
  const unchanged = await milliseconds(build('second'));
  const whole = await answerToEmbedding(createAnswerer({ library: () => library, embedder }), embedder);
  await embedder.close();
  const pools: number[] = [];
  let many = { asks: 0, answerP99: 0, eventLoopDelayP99: 0 };
  for (const processes of [1, 2]) {
    const threads = Math.max(1, Math.floor(availableParallelism() / processes));
    const pool = await createEmbeddingPool({ model, processes, threads });
    pools.push(bare / (await milliseconds(embedAll(pool, processes + 1))));
    if (processes === 2) many = await crowd(createAnswerer({ library: () => library, embedder: pool }), 50, 20);
    await pool.close();
  }
  const result = {
    passages: texts.length,
    answerToEmbedding: whole,
    buildThroughputToBareModel: bare / first,
    firstBuildToUnchangedBuild: first / unchanged,
    poolThroughputToBareModel: { one: pools[0] as number, two: pools[1] as number },
    fiftyAsksAtOnce: many,
  };
  console.log(values.json ? JSON.stringify(result) : report(result));
} finally {
  await rm(folder, { recursive: true, force: true });
}
if (values.scale) {
  for (const size of SIZES) {
    const args = ['run.js', 'scripts/bench-scale.ts', '--passages', String(size), '--questions', '500'];
    const { status } = spawnSync(process.execPath, values.json ? [...args, '--json'] : args, { stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  }
}

function report(result: {
  readonly passages: number;
  readonly answerToEmbedding: number;
  readonly buildThroughputToBareModel: number;
  readonly firstBuildToUnchangedBuild: number;
  readonly poolThroughputToBareModel: { readonly one: number; readonly two: number };
  readonly fiftyAsksAtOnce: { readonly asks: number; readonly answerP99: number; readonly eventLoopDelayP99: number };
}): string {
  const { poolThroughputToBareModel: pool, fiftyAsksAtOnce: many } = result;
  return [
    `${result.passages} passages; every ratio is of two times of this run`,
    `whole warm answer / bare embedding of its question (median): ${result.answerToEmbedding.toFixed(2)}`,
    `bare model over the passages, length-sorted batches of ${BATCH} / whole first build: ${result.buildThroughputToBareModel.toFixed(2)}`,
    `first build / build without changes: ${result.firstBuildToUnchangedBuild.toFixed(0)}`,
    `bare model / embedding pool over the same passages: 1 process ${pool.one.toFixed(2)}, 2 processes ${pool.two.toFixed(2)}`,
    `${many.asks} asks, 50 at a time, 2 processes: event-loop delay p99 ${many.eventLoopDelayP99.toFixed(0)} ms, answer p99 ${many.answerP99.toFixed(0)} ms`,
  ].join('\n');
}
