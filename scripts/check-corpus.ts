import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { balanceOf, checkCorpus } from '../src/evaluation/check-corpus.ts';
import { corpusReport } from '../src/evaluation/corpus-report.ts';
import { readCorpus } from '../src/knowledge/corpus.ts';
import { readModel } from '../src/knowledge/model.ts';
import { parseDocument } from '../src/knowledge/parse-document.ts';
import { createTokenCounter } from '../src/knowledge/token-counter.ts';
import { PRODUCT_DIRECTORY } from '../src/product.ts';

/** Checks the product's own corpus; `--write` makes docs/corpus.md anew. Exit 1 on any problem. */
const { values } = parseArgs({ options: { write: { type: 'boolean' } } });
process.chdir(PRODUCT_DIRECTORY);
const { files, skipped } = await readCorpus(['corpus']);
const documents = files.map(({ bytes, path }) => parseDocument(bytes, path));
const model = await readModel('models/all-MiniLM-L6-v2');
const today = new Date().toISOString().slice(0, 10);
const { problems, warnings } = checkCorpus(documents, await createTokenCounter(model), model.maxTokens, today);
for (const { path, reason } of skipped) console.log(`problem: ${path}: ${reason}`);
for (const warning of warnings) console.log(`warning: ${warning}`);
for (const problem of problems) console.log(`problem: ${problem}`);
for (const { topic, passages, sides } of balanceOf(documents)) {
  console.log(`${topic.padEnd(26)} ${String(passages).padStart(4)} passages, for a side: ${JSON.stringify(sides)}`);
}
if (values.write) await writeFile(join('docs', 'corpus.md'), corpusReport(documents));
console.log(`${documents.length} documents, ${problems.length} problems, ${warnings.length} warnings`);
process.exitCode = problems.length + skipped.length > 0 ? 1 : 0;
