import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createProgress } from '../src/adapters/terminal/progress.ts';
import { PRODUCT_DIRECTORY, readConfig, readEnvironment } from '../src/config.ts';
import { AdvisorError, messageOf } from '../src/errors.ts';
import { evaluateSet, RANKINGS, type SetFigures } from '../src/evaluation/evaluate-set.ts';
import { readLabelledSet } from '../src/evaluation/labelled-set.ts';
import { createEmbeddingPool } from '../src/knowledge/embedding-pool.ts';
import { readModel } from '../src/knowledge/model.ts';

const USAGE = 'usage: npm run --silent evaluate -- [--set DIR]... [--json]';

try {
  const { values } = parseArgs({
    options: {
      set: { type: 'string', multiple: true },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) console.log(USAGE);
  else for (const set of values.set ?? []) await runSet(set, values.json ?? false);
} catch (thrown) {
  const code = thrown instanceof AdvisorError ? thrown.code : 'USAGE';
  process.stderr.write(`evaluate failed (${code}): ${messageOf(thrown)}\n${code === 'USAGE' ? `${USAGE}\n` : ''}`);
  process.exitCode = 1;
}

async function runSet(directory: string, json: boolean): Promise<void> {
  const settings = readConfig(readEnvironment());
  const model = await readModel(settings.MODEL_DIR);
  const processes = settings.EMBEDDING_PROCESSES;
  const figures = await evaluateSet({
    name: basename(resolve(directory)),
    set: await readLabelledSet(directory),
    model,
    cacheDirectory: join(PRODUCT_DIRECTORY, 'node_modules/.cache/framework-advisor/evaluation'),
    openEmbedder: () =>
      createEmbeddingPool({ model, processes, threads: Math.max(1, Math.floor(availableParallelism() / processes)) }),
    lanes: processes * 2,
    onProgress: createProgress(process.stderr, 'embedding passages'),
  });
  console.log(json ? JSON.stringify(figures.figures) : table(figures));
}

function table({ set, queries, documents, passages, figures, fusedAgainst }: SetFigures): string {
  const rows = RANKINGS.map((ranking) => {
    const { ndcg10, ndcg10Interval, recall100 } = figures[ranking];
    return `${ranking.padEnd(9)} nDCG@10 ${ndcg10.toFixed(3)} (${ndcg10Interval.low.toFixed(3)}-${ndcg10Interval.high.toFixed(3)})  recall@100 ${recall100.toFixed(3)}`;
  });
  const paired = (['keywords', 'vectors'] as const).map((other) => {
    const { difference, interval } = fusedAgainst[other];
    return `fused - ${other}: ${difference >= 0 ? '+' : ''}${difference.toFixed(3)} (${interval.low.toFixed(3)} to ${interval.high.toFixed(3)})`;
  });
  return [
    `${set}: ${queries} queries, ${documents} documents, ${passages} passages; 95 % intervals in brackets`,
    ...rows,
    ...paired,
  ].join('\n');
}
