import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type BuildOptions, type BuildSummary, buildKnowledgeBase } from '../../src/knowledge/build-knowledge-base.ts';
import { readCorpus } from '../../src/knowledge/corpus.ts';
import { readKnownFiles } from '../../src/knowledge/known-files.ts';
import { loadKnowledgeBase } from '../../src/knowledge/load-knowledge-base.ts';
import { type Model, readModel } from '../../src/knowledge/model.ts';
import { PRODUCT_DIRECTORY } from '../../src/product.ts';
import { wordEmbedder } from '../support/word-embedder.ts';

let model: Model;
let folder: string;
let corpus: string;
let opened: number;
let closed: number;

beforeAll(async () => {
  model = await readModel(join(PRODUCT_DIRECTORY, 'models/all-MiniLM-L6-v2'));
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'advisor-speed-'));
  corpus = join(folder, 'corpus');
  mkdirSync(corpus);
  write('one', 'The first text is about graphs.');
  write('two', 'The second text is about tensors.');
  [opened, closed] = [0, 0];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): void {
  writeFileSync(join(corpus, `${name}.md`), `# ${name}\n\n${text}\n`);
}

/** Until a change would show in the times of a file. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 150));

function build(options: Partial<BuildOptions> = {}): Promise<BuildSummary> {
  return buildKnowledgeBase({
    corpus: [corpus],
    indexDirectory: join(folder, 'index'),
    model,
    openEmbedder: async () => {
      opened++;
      return {
        ...wordEmbedder,
        close: async () => {
          closed++;
        },
      };
    },
    lanes: 1,
    attachments: { version: '1', make: async () => new Map() },
    onProgress: () => {},
    ...options,
  });
}

async function servedText(name: string): Promise<string | undefined> {
  const { knowledge } = await loadKnowledgeBase(join(folder, 'index'), model);
  return knowledge.documents.get(`${corpus}/${name}.md`)?.text;
}

it('knows a file by sight, and is not fooled by a time that was set back', async () => {
  const past = new Date(1_700_000_000_000);
  utimesSync(join(corpus, 'one.md'), past, past);
  await settle();
  await build();
  const known = await readKnownFiles(join(folder, 'index'));
  expect([...known.keys()]).toEqual([`${corpus}/one.md`, `${corpus}/two.md`]);
  // A corpus of known files is told without opening one: what it would say of their bytes is what it knows.
  const forged = new Map([...known].map(([path, { stamp }]) => [path, { stamp, hash: 'as known' }]));
  expect((await readCorpus([corpus], { known: forged })).files.map(({ hash }) => hash)).toEqual([
    'as known',
    'as known',
  ]);
  const before = statSync(join(corpus, 'one.md'));
  write('one', 'The first text is about drafts.');
  utimesSync(join(corpus, 'one.md'), past, past);
  const { size, mtimeMs, ino } = statSync(join(corpus, 'one.md'));
  expect({ size, mtimeMs, ino }).toEqual({ size: before.size, mtimeMs: before.mtimeMs, ino: before.ino });
  await settle();
  expect((await build()).changes.changed).toEqual([`${corpus}/one.md`]);
  expect(await servedText('one')).toContain('drafts');
});

it('reads a file again whose times could hide a change', async () => {
  await settle();
  write('one', 'Written a moment before the build.');
  await build();
  const known = await readKnownFiles(join(folder, 'index'));
  expect([known.get(`${corpus}/one.md`)?.stamp, typeof known.get(`${corpus}/two.md`)?.stamp]).toEqual([null, 'string']);
  // Read again, and yet known for what it is: no model starts.
  expect([(await build()).unchanged, opened]).toEqual([true, 1]);
});

it('takes no file for another: what was hashed is what is parsed', async () => {
  await settle();
  await build();
  const known = await readKnownFiles(join(folder, 'index'));
  const { files } = await readCorpus([corpus], { known });
  write('one', 'The first text is about drafts.');
  expect(() => files[0]?.bytes).toThrow('changed while the index was being built');
  expect(Buffer.from(files[1]?.bytes as Uint8Array).toString()).toContain('tensors');
});

it('does nothing for a folder without changes, and embeds no renamed file again', async () => {
  await settle();
  await build();
  expect(await build()).toMatchObject({ unchanged: true, embedded: 0 });
  renameSync(join(corpus, 'one.md'), join(corpus, 'zero.md'));
  const { changes, embedded } = await build();
  expect(changes).toEqual({ added: [`${corpus}/zero.md`], changed: [], removed: [`${corpus}/one.md`] });
  expect([embedded, opened, closed]).toEqual([0, 1, 1]);
});

it('closes a model that it started in vain, whether it built or failed', async () => {
  await build();
  // New bytes, and yet nothing new to embed.
  writeFileSync(join(corpus, 'one.md'), `${readFileSync(join(corpus, 'one.md'), 'utf8')}\n\n`);
  expect((await build()).embedded).toBe(0);
  expect([opened, closed]).toEqual([2, 2]);
  write('one', 'Something else.');
  const make = async (): Promise<never> => {
    throw new Error('no rules');
  };
  await expect(build({ attachments: { version: '2', make } })).rejects.toThrow('no rules');
  expect([opened, closed]).toEqual([3, 3]);
});

it('tells of a model that does not start, whenever that was', async () => {
  const openEmbedder = async (): Promise<never> => {
    throw new Error('no model');
  };
  await expect(build({ openEmbedder })).rejects.toThrow('no model');
  await build();
  write('one', 'Something else.');
  await expect(build({ openEmbedder })).rejects.toThrow('no model');
  expect(await servedText('one')).toContain('graphs');
  expect((await build()).embedded).toBe(1);
});
