import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { corpusFolders, readConfig, readEnvironment } from '../src/config.ts';
import { AdvisorError, messageOf } from '../src/errors.ts';
import { PRODUCT_DIRECTORY } from '../src/product.ts';
import { CANDIDATE_NAMES, type CandidateId } from '../src/recommendation/candidate.ts';
import { compare, comparisonCsv, comparisonList } from '../src/recommendation/compare.ts';
import { comparisonPng } from '../src/recommendation/compare-chart.ts';
import { readRules } from '../src/recommendation/rule-book.ts';

const USAGE = `usage: npm run --silent compare -- CANDIDATE CANDIDATE... [--json | --csv | --png FILE]
candidates: ${Object.keys(CANDIDATE_NAMES).join(' ')}`;

try {
  await main();
} catch (thrown) {
  const code = thrown instanceof AdvisorError ? thrown.code : 'USAGE';
  process.stderr.write(`compare failed (${code}): ${messageOf(thrown)}\n${code === 'USAGE' ? `${USAGE}\n` : ''}`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      csv: { type: 'boolean' },
      png: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const candidates = positionals.map(readCandidate);
  const settings = readConfig(readEnvironment());
  const rules = await readRules(join(PRODUCT_DIRECTORY, 'rules'), corpusFolders(settings));
  const comparison = compare(candidates, rules);
  if (values.json) console.log(JSON.stringify(comparison));
  else if (values.csv) process.stdout.write(comparisonCsv(comparison));
  else if (values.png !== undefined) {
    const title = comparison.candidates.map((id) => CANDIDATE_NAMES[id]).join(' - ');
    writeFileSync(values.png, await comparisonPng(comparison, title));
    console.log(`drawn to ${values.png}`);
  } else {
    const sources = comparison.citations.map(
      ({ quote, path, startLine }, at) => `[${at + 1}] "${quote}" (${path}:${startLine})`,
    );
    console.log([...comparisonList(comparison), '', ...sources].join('\n'));
  }
}

function readCandidate(text: string): CandidateId {
  const id = text.toLowerCase();
  if (Object.hasOwn(CANDIDATE_NAMES, id)) return id as CandidateId;
  throw new AdvisorError('USAGE', `${text} is no candidate`);
}
