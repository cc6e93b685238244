import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createAnswerer } from '../../src/answer/answer-question.ts';
import { buildIndex } from '../../src/build-index.ts';
import { readConfig } from '../../src/config.ts';
import { readModel } from '../../src/knowledge/model.ts';
import { createTransformersEmbedder } from '../../src/knowledge/transformers-embedder.ts';
import { openLibrary } from '../../src/open-library.ts';
import { PRODUCT_DIRECTORY } from '../../src/product.ts';

const MODEL_DIR = join(PRODUCT_DIRECTORY, 'models/all-MiniLM-L6-v2');

/** A handbook that says nothing of frameworks, though it has words of theirs: models, training, servers, releases. */
const HANDBOOK = {
  'bread.md':
    '# Bread\n\n## How long does the dough rest?\nThe dough rests for an hour beside the oven.\n\n## Which flour is best for beginners?\nA strong white flour forgives the most mistakes.\n',
  'trains.md':
    '# Model trains\n\n## Which scale should I start with?\nMost clubs begin with a small scale, because the tracks fit on a table.\n\n## Training drivers\nNew drivers train on the yard before they run a train on the main line.\n',
  'pages.md':
    '# Printing\n\n## Merging pages\nThe writer adds the pages of each file in turn and writes them to a new one.\n\n## Releases\nA release is made when the tests have passed, and old releases are kept on the server.\n',
};

interface Labelled {
  readonly question: string;
  readonly abstain: string | null;
}

it('a corpus of other matters answers no question of frameworks', { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'advisor-handbook-'));
  const corpus = join(folder, 'handbook');
  mkdirSync(corpus);
  for (const [name, text] of Object.entries(HANDBOOK)) writeFileSync(join(corpus, name), text);
  const index = join(folder, 'index');
  await buildIndex({
    settings: readConfig({ MODEL_DIR, EMBEDDING_PROCESSES: '1' }),
    corpus: [corpus],
    indexDirectory: index,
    onProgress: () => {},
  });
  const model = await readModel(MODEL_DIR);
  const embedder = await createTransformersEmbedder({ model, threads: 1 });
  const { library } = await openLibrary(index, model);
  const ask = createAnswerer({ library: () => library, embedder });
  const questions = readFileSync(join(PRODUCT_DIRECTORY, 'tests/fixtures/questions.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Labelled)
    .filter(({ abstain }) => abstain === null);
  const answered: string[] = [];
  for (const { question } of questions) if ((await ask(question)).kind === 'answered') answered.push(question);
  console.log(`${questions.length} questions of frameworks asked of a handbook: ${answered.length} answered`);
  expect(questions.length).toBeGreaterThan(100);
  expect(answered.length).toBeLessThanOrEqual(questions.length * 0.03);
  await embedder.close();
  rmSync(folder, { recursive: true });
});
