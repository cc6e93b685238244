import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { createAnswerer } from '../src/answer/answer-question.ts';
import { buildIndex } from '../src/build-index.ts';
import { readConfig } from '../src/config.ts';
import { answerToEmbedding } from '../src/evaluation/answer-speed.ts';
import { measureSearch, type SearchFigures } from '../src/evaluation/scale-figures.ts';
import { publishSynthetic, syntheticQuestions } from '../src/evaluation/synthetic-generation.ts';
import { PARSER_VERSION } from '../src/knowledge/document-parser.ts';
import { EMBEDDING_SCHEME } from '../src/knowledge/embedder.ts';
import { currentGeneration } from '../src/knowledge/generation.ts';
import { inspectApart } from '../src/knowledge/inspect-apart.ts';
import { loadKnowledgeBase } from '../src/knowledge/load-knowledge-base.ts';
import { INDEX_FORMAT } from '../src/knowledge/manifest.ts';
import { readModel } from '../src/knowledge/model.ts';
import { createTransformersEmbedder } from '../src/knowledge/transformers-embedder.ts';
import { openLibrary } from '../src/open-library.ts';
import { PRODUCT_DIRECTORY } from '../src/product.ts';

const USAGE = 'usage: npm run --silent bench:scale -- [--passages N] [--questions N] [--json] [--fresh]';
const SEED = 20261127;

/** An index of many passages on this machine: load, memory, event loop, and search against exact search and the bare library. */
const { values } = parseArgs({
  options: {
    passages: { type: 'string', default: '100000' },
    questions: { type: 'string', default: '1000' },
    json: { type: 'boolean' },
    fresh: { type: 'boolean' },
    make: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
process.chdir(PRODUCT_DIRECTORY);
const passages = Number(values.passages);
const settings = readConfig({});
const model = await readModel(settings.MODEL_DIR);
const cache = join(PRODUCT_DIRECTORY, 'node_modules/.cache/framework-advisor');
const versions = [INDEX_FORMAT, PARSER_VERSION, EMBEDDING_SCHEME].join('.');
const indexDirectory = join(cache, `scale-${versions}-${passages}`);
if (values.fresh) await rm(indexDirectory, { recursive: true, force: true });
if (values.make) {
  const own = join(cache, 'scale-source');
  await buildIndex({ settings, corpus: ['corpus'], indexDirectory: own, onProgress: () => {} });
  const { knowledge: real } = await loadKnowledgeBase(own, model);
  await publishSynthetic({ real, model, indexDirectory, passages, seed: SEED });
  process.exit(0);
}
if (!existsSync(join(indexDirectory, 'CURRENT'))) {
  process.stderr.write(`making an index of ${passages} passages in ${indexDirectory}\n`);
  // In a process of its own: what making one leaves in memory would be measured with the load.
  const args = ['run.js', 'scripts/bench-scale.ts', '--make', '--passages', String(passages)];
  if (spawnSync(process.execPath, args, { stdio: 'inherit' }).status !== 0) process.exit(1);
}

const generation = (await currentGeneration(indexDirectory)) as string;
const inspection = await inspectApart(join(indexDirectory, generation), generation, settings.MODEL_DIR);
const base = process.memoryUsage.rss();
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const started = performance.now();
const { library, warnings } = await openLibrary(indexDirectory, model);
const { knowledge } = library;
const loadSeconds = (performance.now() - started) / 1000;
delay.disable();
const memory = process.memoryUsage.rss() - base;
const bytes = Object.values(knowledge.manifest.files).reduce((sum, file) => sum + file.bytes, 0);
const questions = syntheticQuestions(knowledge, Number(values.questions), SEED + 1);
const search = await measureSearch(knowledge, join(indexDirectory, generation), questions);
const embedder = await createTransformersEmbedder({ model, threads: availableParallelism() });
const whole = await answerToEmbedding(createAnswerer({ library: () => library, embedder }), embedder);
await embedder.close();
const figures = {
  passages,
  seed: SEED,
  indexBytes: bytes,
  loadSeconds,
  eventLoopDelayMs: { most: delay.max / 1e6, p99: delay.percentile(99) / 1e6 },
  memoryBytes: memory,
  inspectedRecall: inspection.recall,
  answerToEmbedding: whole,
  search,
};
if (values.json) console.log(JSON.stringify(figures));
else print(search);
for (const warning of warnings) process.stderr.write(`${warning}\n`);

function print(rows: readonly SearchFigures[]): void {
  const mb = (count: number): string => `${Math.round(count / 1e6)} MB`;
  const { eventLoopDelayMs: held } = figures;
  console.log(
    [
      `${passages} passages (seed ${SEED}): ${mb(bytes)} on disk`,
      `load ${loadSeconds.toFixed(2)} s, event loop held ${held.most.toFixed(0)} ms at most (p99 ${held.p99.toFixed(0)} ms), ${mb(memory)} of memory`,
      `inspection in a process of its own: recall ${inspection.recall.toFixed(3)}`,
      `whole warm answer / bare embedding of its question (median): ${whole.toFixed(2)}`,
      '',
      ['search', 'p50 ms', 'p99 ms', 'recall@10']
        .map((cell, at) => (at === 0 ? cell.padEnd(34) : cell.padStart(11)))
        .join(''),
      ...rows.map(({ name, p50, p99, recall }) =>
        [
          name.padEnd(34),
          p50.toFixed(2).padStart(11),
          p99.toFixed(2).padStart(11),
          (recall?.toFixed(4) ?? '').padStart(11),
        ].join(''),
      ),
    ].join('\n'),
  );
}
