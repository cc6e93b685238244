import { parseArgs } from 'node:util';
import { readConfig, readEnvironment } from '../src/config.ts';
import { AdvisorError, messageOf } from '../src/errors.ts';
import { compareAnswers, createIndexAdministration } from '../src/index-administration.ts';

const USAGE = `usage: npm run --silent index -- status | verify [GENERATION] | rollback [GENERATION] | diff [FROM [TO]]
         [--index DIR] [--json]`;

/** Paths named of each kind of change. */
const SHOWN = 20;

try {
  const { values, positionals } = parseArgs({
    options: { index: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  if (values.help) console.log(USAGE);
  else await run(positionals, values.index, values.json ?? false);
} catch (thrown) {
  const code = thrown instanceof AdvisorError ? thrown.code : 'USAGE';
  process.stderr.write(`index failed (${code}): ${messageOf(thrown)}\n${code === 'USAGE' ? `${USAGE}\n` : ''}`);
  process.exitCode = 1;
}

async function run([command, first, second]: string[], index: string | undefined, json: boolean): Promise<void> {
  const settings = readConfig(readEnvironment());
  const administration = createIndexAdministration(settings, index ?? settings.INDEX_DIR);
  const print = (result: unknown, lines: readonly string[]): void => {
    console.log(json ? JSON.stringify(result) : lines.join('\n'));
  };
  switch (command) {
    case 'status': {
      const status = await administration.status();
      const lines = status.generations.map(({ name, documents, passages, skipped, problem }) => {
        const what = problem ?? `${documents} documents, ${passages} passages, ${skipped} files skipped`;
        return `${name === status.current ? '*' : ' '} ${name}  ${what}`;
      });
      const builder = status.builder === null ? 'no build is running' : `process ${status.builder} is building`;
      print(status, [...(lines.length > 0 ? lines : ['no generation']), builder]);
      return;
    }
    case 'verify': {
      const found = await administration.verify(first);
      const { generation, documents, passages, probes, recall } = found;
      print(found, [
        `${generation} is whole: ${documents} documents, ${passages} passages, ${probes} probes, recall ${recall.toFixed(3)}`,
      ]);
      return;
    }
    case 'rollback': {
      const generation = await administration.rollback(first);
      print({ generation }, [`generation ${generation} serves now`]);
      return;
    }
    case 'diff': {
      const diff = await administration.diff(first, second);
      const golden = await compareAnswers(settings, index ?? settings.INDEX_DIR, first, second);
      const { documents, passages } = diff;
      const lines = Object.entries(documents).flatMap(([what, paths]) => [
        `documents ${what}: ${paths.length}`,
        ...paths.slice(0, SHOWN).map((path) => `  ${path}`),
      ]);
      const counts = `${passages.added} added, ${passages.removed} removed, ${passages.kept} kept`;
      const flips = [`golden questions answered otherwise: ${golden.flips.length} of ${golden.asked}`, ...golden.flips];
      print({ ...diff, golden }, [
        `${diff.from} -> ${diff.to}`,
        ...lines,
        `passages: ${counts}`,
        ...(golden.asked > 0 ? flips : []),
      ]);
      return;
    }
    default:
      throw new AdvisorError('USAGE', command ? `there is no command ${command}` : 'a command is missing');
  }
}
