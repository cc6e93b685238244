import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Citation } from '../../src/answer/answer.ts';
import { chooseQuotes } from '../../src/answer/quotes.ts';
import { buildKnowledgeBase } from '../../src/knowledge/build-knowledge-base.ts';
import type { KnowledgeBase } from '../../src/knowledge/knowledge-base.ts';
import { loadKnowledgeBase } from '../../src/knowledge/load-knowledge-base.ts';
import { type Model, readModel } from '../../src/knowledge/model.ts';
import { PRODUCT_DIRECTORY } from '../../src/product.ts';
import { quoteBlock } from '../../src/reply/compose-reply.ts';
import { placeOf } from '../../src/reply/plain-text.ts';
import type { QuoteBlock } from '../../src/reply/reply.ts';
import { createQuery, retrieve } from '../../src/retrieval/retriever.ts';
import { wordEmbedder } from '../support/word-embedder.ts';

let folder: string;
let model: Model;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'advisor-quotes-'));
  model = await readModel(join(PRODUCT_DIRECTORY, 'models/all-MiniLM-L6-v2'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let corpora = 0;

async function knowledgeOf(files: Readonly<Record<string, string>>): Promise<KnowledgeBase> {
  const corpus = join(folder, `corpus-${++corpora}`);
  const indexDirectory = join(folder, `index-${corpora}`);
  mkdirSync(corpus);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(corpus, name), text);
  await buildKnowledgeBase({
    corpus: [corpus],
    indexDirectory,
    model,
    attachments: { version: '', make: async () => new Map() },
    openEmbedder: async () => wordEmbedder,
    lanes: 1,
    onProgress: () => {},
  });
  return (await loadKnowledgeBase(indexDirectory, model)).knowledge;
}

async function quotesOf(knowledge: KnowledgeBase, question: string): Promise<Citation[]> {
  const parts = [{ text: question, weight: 1 }];
  const query = createQuery(knowledge, parts, await wordEmbedder.embedQuestion(parts));
  const quotes = chooseQuotes(knowledge, query, retrieve(knowledge, query, 8));
  for (const { path, start, end, quote } of quotes)
    expect(quote).toBe(knowledge.documents.get(path)?.text.slice(start, end));
  return quotes;
}

const PHONES = `# Models on phones

## Loading

The runtime loads models on phones in under a second. It needs no network on phones once the models are loaded.

## Licences

The licence allows any use, provided that the notice is kept beside the binary in every copy.
`;

describe('quotes', () => {
  it('are exact spans, numbered from one, with the line where they stand', async () => {
    const quotes = await quotesOf(await knowledgeOf({ 'phones.md': PHONES }), 'models on phones');
    expect(quotes.map(({ n }) => n)).toEqual(quotes.map((_, at) => at + 1));
    expect(quotes[0]).toMatchObject({ startLine: 5, endLine: 5, heading: 'Loading' });
  });

  it('that lean on the sentence before are given together with it', async () => {
    const quotes = await quotesOf(await knowledgeOf({ 'phones.md': PHONES }), 'needs no network on phones once loaded');
    expect(quotes[0]?.quote).toBe(
      'The runtime loads models on phones in under a second. It needs no network on phones once the models are loaded.',
    );
  });

  it('that draw a conclusion from the sentence before are given together with it', async () => {
    const text =
      '# Compilers\n\nEvery phone of the last years has a neural engine. A compiler is thus needed for phones with such engines.\n';
    const quotes = await quotesOf(await knowledgeOf({ 'compilers.md': text }), 'is a compiler needed for phones');
    expect(quotes[0]?.quote).toMatch(/^Every phone .* such engines\.$/);
  });

  it('prefer a sentence that stands alone to one whose neighbour is out of reach', async () => {
    const knowledge = await knowledgeOf({
      'speed.md': `# Speed of training

It halves the time of training.

${'Other work was done on the tool that prepares its pictures, and on the pages which explain it. '.repeat(2)}

Mixed precision halves the time of training.
`,
    });
    const [first] = await quotesOf(knowledge, 'what halves the time of training');
    expect(first?.quote).toBe('Mixed precision halves the time of training.');
  });

  it('do not repeat what another one holds', async () => {
    const said = 'The runtime loads compiled models on small phones in under a second.';
    const knowledge = await knowledgeOf({
      'one.md': `# Phones\n\n${said}\n`,
      'two.md': `# Phones\n\n${said} It needs no network for that, nor an account with any company that sells one.\n`,
      'three.md': '# Licences\n\nThe licence of the runtime allows any use on phones with its notice kept.\n',
    });
    const quotes = await quotesOf(knowledge, 'loads compiled models on small phones without network');
    expect(quotes.length).toBeGreaterThan(1);
    expect(quotes.filter(({ quote }) => quote.includes(said))).toHaveLength(1);
  });

  it('are at most four, at most two of one document, the second from a second document', async () => {
    const others = ['Rivers', 'Bread', 'Chess', 'Clouds', 'Trains', 'Violins', 'Stamps', 'Roofs'].map((subject) => [
      `${subject}.md`,
      `# ${subject}\n\n${subject} have nothing in common with the question.\n`,
    ]);
    const knowledge = await knowledgeOf({
      ...Object.fromEntries(others),
      'one.md': `# Compilers for phones

A compiler for phones fuses layers before it emits kernels.

A compiler for phones picks tile sizes by measuring candidates.

A compiler for phones prunes branches which constants decide.
`,
      'two.md': `# Compilers for phones

A compiler for phones stores weights as eight-bit integers.

A compiler for phones plans buffers so that tensors share memory.

A compiler for phones checks shapes ahead of time.
`,
    });
    const quotes = await quotesOf(knowledge, 'what does a compiler for phones do');
    expect(quotes).toHaveLength(4);
    const paths = quotes.map(({ path }) => path);
    expect(paths[1]).not.toBe(paths[0]);
    for (const path of new Set(paths)) expect(paths.filter((other) => other === path).length).toBeLessThanOrEqual(2);
  });

  it('say a thing once, though two documents say it', async () => {
    const same = 'Quantised models need a quarter of the memory and run on processors without a graphics card.';
    const knowledge = await knowledgeOf({
      'one.md': `# Memory\n\n${same}\n`,
      'two.md': `# Memory\n\n${same} Pruned models need less memory too, though sparse kernels are rare.\n`,
    });
    const quotes = await quotesOf(knowledge, 'how much memory do quantised models need');
    expect(quotes.filter(({ quote }) => quote.includes('a quarter of the memory'))).toHaveLength(1);
  });

  it('are two where one document alone speaks to the point', async () => {
    const knowledge = await knowledgeOf({
      'phones.md': `# Models on phones

Phones run quantised models with the mobile runtime, whose binary is two megabytes.

The mobile runtime of phones hands models to the neural engine where one is present.
`,
    });
    const quotes = await quotesOf(knowledge, 'mobile runtime for models on phones');
    expect(quotes).toHaveLength(2);
  });

  it('are never a question, a table or code', async () => {
    const knowledge = await knowledgeOf({
      'phones.md': `# Models on phones

Which runtime loads models on phones in the shortest time?

| runtime | loads models on phones |
|---|---|
| first runtime for phones | yes, it loads models on phones |

\`\`\`
runtime.load(models, on_phones) and many words more of the runtime that loads models
\`\`\`

The mobile runtime starts within a second.
`,
    });
    for (const { quote } of await quotesOf(knowledge, 'which runtime loads models on phones'))
      expect(quote).toBe('The mobile runtime starts within a second.');
  });
});

it('names the file of a quote that no link leads to, and not where the folder lies', async () => {
  const knowledge = await knowledgeOf({ 'phones.md': PHONES });
  const quotes = await quotesOf(knowledge, 'How fast are models loaded on phones?');
  const [folderName] = knowledge.manifest.corpus.map((path) => basename(path));
  expect(quotes[0]).toMatchObject({ url: null, source: `${folderName}/phones.md` });
  const block = quoteBlock(quotes[0] as Citation) as QuoteBlock;
  expect(placeOf(block)).toBe(`Models on phones › Loading, line 5, in ${folderName}/phones.md`);
  expect(placeOf(block)).not.toContain(folder);
});
