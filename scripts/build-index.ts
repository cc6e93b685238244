import { lstat, readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { createProgress } from '../src/adapters/terminal/progress.ts';
import { buildIndex } from '../src/build-index.ts';
import { corpusFolders, readConfig, readEnvironment } from '../src/config.ts';
import { AdvisorError, messageOf } from '../src/errors.ts';
import type { BuildReport } from '../src/knowledge/report.ts';

const USAGE = `usage: npm run --silent build:index -- [--corpus DIR|ZIP]... [--index DIR] [--include GLOB]... [--exclude GLOB]...
         [--dry-run] [--watch] [--allow-shrink] [--accept]`;

/** Files named in the summary; the manifest lists all. */
const SKIPPED_SHOWN = 50;
/** Kinds of files that are no documents, named in the summary. */
const KINDS_SHOWN = 8;
/** Milliseconds. */
const WATCH_INTERVAL = 2_000;

try {
  const { values } = parseArgs({
    options: {
      corpus: { type: 'string', multiple: true },
      index: { type: 'string' },
      include: { type: 'string', multiple: true },
      exclude: { type: 'string', multiple: true },
      'dry-run': { type: 'boolean' },
      watch: { type: 'boolean' },
      'allow-shrink': { type: 'boolean' },
      accept: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) console.log(USAGE);
  else if (values.watch) await watchCorpus(values);
  else await run(values);
} catch (thrown) {
  const code = thrown instanceof AdvisorError ? thrown.code : 'USAGE';
  process.stderr.write(`build:index failed (${code}): ${messageOf(thrown)}\n${code === 'USAGE' ? `${USAGE}\n` : ''}`);
  process.exitCode = 1;
}

interface Values {
  readonly corpus?: string[];
  readonly index?: string;
  readonly include?: string[];
  readonly exclude?: string[];
  readonly 'dry-run'?: boolean;
  readonly 'allow-shrink'?: boolean;
  readonly accept?: boolean;
}

/** What became of the files, by kind; report.json beside the index has every one. */
function printTable({ files, others }: BuildReport): void {
  const rows = new Map<string, { indexed: number; unchanged: number; skipped: number }>();
  for (const { path, status } of files) {
    const kind = extname(path).toLowerCase();
    const row = rows.get(kind) ?? { indexed: 0, unchanged: 0, skipped: 0 };
    row[status]++;
    rows.set(kind, row);
  }
  console.log(['kind', 'indexed', 'unchanged', 'skipped'].map((name) => name.padEnd(11)).join(''));
  for (const [kind, { indexed, unchanged, skipped }] of rows)
    console.log([kind, indexed, unchanged, skipped].map((cell) => String(cell).padEnd(11)).join(''));
  const kinds = Object.entries(others ?? {}).sort(([, a], [, b]) => b - a);
  const shown = kinds.slice(0, KINDS_SHOWN).map(([kind, count]) => `${count} ${kind}`);
  if (kinds.length > KINDS_SHOWN) shown.push(`${kinds.length - KINDS_SHOWN} more kinds`);
  if (shown.length > 0) console.log(`no documents, not read: ${shown.join(', ')}`);
}

/** Looks every two seconds and builds when a file came, went or changed; a failed build is reported, the next one runs. */
async function watchCorpus(values: Values): Promise<void> {
  const folders = values.corpus ?? corpusFolders(readConfig(readEnvironment()));
  let before = '';
  for (;;) {
    const now = await corpusState(folders);
    if (now !== before) {
      before = now;
      await run(values).catch((thrown: unknown) => process.stderr.write(`build:index failed: ${messageOf(thrown)}\n`));
    }
    await new Promise((resolve) => setTimeout(resolve, WATCH_INTERVAL));
  }
}

/** Names, sizes and times of a corpus's files: cheap to ask often, and right on network folders too. */
async function corpusState(folders: readonly string[]): Promise<string> {
  const seen: string[] = [];
  for (const folder of folders) {
    for (const name of await readdir(folder, { recursive: true }).catch(() => [])) {
      const file = await lstat(join(folder, name)).catch(() => null);
      if (file?.isFile()) seen.push(`${folder}/${name} ${file.size} ${file.mtimeMs}`);
    }
  }
  return seen.sort().join('\n');
}

async function run(values: Values): Promise<void> {
  const settings = readConfig(readEnvironment());
  const started = performance.now();
  const summary = await buildIndex({
    settings,
    corpus: values.corpus ?? corpusFolders(settings),
    indexDirectory: values.index ?? settings.INDEX_DIR,
    files: { ...(values.include && { include: values.include }), ...(values.exclude && { exclude: values.exclude }) },
    dryRun: values['dry-run'] ?? false,
    allowShrink: values['allow-shrink'] ?? false,
    accept: values.accept ?? false,
    onProgress: createProgress(process.stderr, 'embedding passages'),
  });
  const seconds = (performance.now() - started) / 1000;
  for (const { path, reason } of summary.skipped.slice(0, SKIPPED_SHOWN)) console.log(`skipped ${path}: ${reason}`);
  if (summary.skipped.length > SKIPPED_SHOWN)
    console.log(`... and ${summary.skipped.length - SKIPPED_SHOWN} more skipped files`);
  const { added, changed, removed } = summary.changes;
  for (const [what, paths] of Object.entries({ added, changed, removed })) {
    if (values['dry-run']) for (const path of paths) console.log(`${what} ${path}`);
  }
  if (values['dry-run']) {
    const counts = `${added.length} added, ${changed.length} changed, ${removed.length} removed`;
    console.log(
      `dry run: ${counts}; ${summary.passages} passages, ${summary.embedded} to embed; nothing was published`,
    );
    return;
  }
  if (summary.report) printTable(summary.report);
  const embedded =
    summary.embedded === 0
      ? 'none embedded'
      : `${summary.embedded} embedded, ${(summary.embedded / seconds).toFixed(1)} passages/s`;
  console.log(
    `${summary.unchanged ? 'unchanged' : 'published'} generation ${summary.generation}: ${summary.documents} documents, ${summary.passages} passages (${embedded}), ${seconds.toFixed(1)} s, vector index: ${summary.vectorIndex}`,
  );
}
