import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig, readEnvironment } from '../src/config.ts';
import { AdvisorError, messageOf } from '../src/errors.ts';
import { listDecisions, type SavedDecision, searchDecisions } from '../src/recommendation/decision-record.ts';
import { visible } from '../src/reply/plain-text.ts';

const USAGE = `usage: npm run --silent decisions -- list
       npm run --silent decisions -- search WORD...    records that hold every word
Records are saved by "Save decision" under an answer, as Markdown files in STATE_DIR/decisions.`;

try {
  const { positionals } = parseArgs({ allowPositionals: true, options: {} });
  const folder = join(readConfig(readEnvironment()).STATE_DIR, 'decisions');
  const [command, ...words] = positionals;
  if (command === 'list' && words.length === 0) print(listDecisions(folder));
  else if (command === 'search' && words.length > 0) print(searchDecisions(folder, words.join(' ')));
  else throw new AdvisorError('USAGE', `expected list, or search with words; got "${positionals.join(' ')}"`);
} catch (thrown) {
  process.stderr.write(
    `decisions failed (${thrown instanceof AdvisorError ? thrown.code : 'USAGE'}): ${messageOf(thrown)}\n${USAGE}\n`,
  );
  process.exitCode = 1;
}

function print(decisions: readonly SavedDecision[]): void {
  for (const { date, title, path } of decisions) console.log(visible(`${date}  ${title}  ${path}`));
  if (decisions.length === 0) console.log('no saved decision');
}
