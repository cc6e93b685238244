import { parseArgs } from 'node:util';
import { createProgress } from '../src/adapters/terminal/progress.ts';
import { buildIndex } from '../src/build-index.ts';
import { corpusFolders, readConfig, readEnvironment } from '../src/config.ts';
import { AdvisorError, messageOf } from '../src/errors.ts';

const USAGE = 'usage: npm run --silent build:index -- [--corpus DIR]... [--index DIR]';

/** Files named in the summary; the manifest lists all. */
const SKIPPED_SHOWN = 50;

try {
  const { values } = parseArgs({
    options: {
      corpus: { type: 'string', multiple: true },
      index: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) console.log(USAGE);
  else await run(values.corpus, values.index);
} catch (thrown) {
  const code = thrown instanceof AdvisorError ? thrown.code : 'USAGE';
  process.stderr.write(`build:index failed (${code}): ${messageOf(thrown)}\n${code === 'USAGE' ? `${USAGE}\n` : ''}`);
  process.exitCode = 1;
}

async function run(corpus: string[] | undefined, index: string | undefined): Promise<void> {
  const settings = readConfig(readEnvironment());
  const started = performance.now();
  const summary = await buildIndex({
    settings,
    corpus: corpus ?? corpusFolders(settings),
    indexDirectory: index ?? settings.INDEX_DIR,
    onProgress: createProgress(process.stderr, 'embedding passages'),
  });
  const seconds = (performance.now() - started) / 1000;
  for (const { path, reason } of summary.skipped.slice(0, SKIPPED_SHOWN)) console.log(`skipped ${path}: ${reason}`);
  if (summary.skipped.length > SKIPPED_SHOWN)
    console.log(`... and ${summary.skipped.length - SKIPPED_SHOWN} more skipped files`);
  const embedded =
    summary.embedded === 0
      ? 'none embedded'
      : `${summary.embedded} embedded, ${(summary.embedded / seconds).toFixed(1)} passages/s`;
  console.log(
    `${summary.unchanged ? 'unchanged' : 'published'} generation ${summary.generation}: ${summary.documents} documents, ${summary.passages} passages (${embedded}), ${seconds.toFixed(1)} s, vector index: ${summary.vectorIndex}`,
  );
}
