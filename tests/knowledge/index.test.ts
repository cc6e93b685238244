import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { publishSynthetic } from '../../src/evaluation/synthetic-generation.ts';
import { type BuildOptions, type BuildSummary, buildKnowledgeBase } from '../../src/knowledge/build-knowledge-base.ts';
import type { Embedder } from '../../src/knowledge/embedder.ts';
import { createEmbeddingPool } from '../../src/knowledge/embedding-pool.ts';
import { currentGeneration } from '../../src/knowledge/generation.ts';
import { loadKnowledgeBase } from '../../src/knowledge/load-knowledge-base.ts';
import { type Model, readModel } from '../../src/knowledge/model.ts';
import { createTransformersEmbedder } from '../../src/knowledge/transformers-embedder.ts';
import { PRODUCT_DIRECTORY } from '../../src/product.ts';
import { seeded } from '../support/hostile-questions.ts';

const MODEL = join(PRODUCT_DIRECTORY, 'models/all-MiniLM-L6-v2');
let model: Model;
let embedder: Embedder;
let folder: string;
let corpus: string;
let index: string;

beforeAll(async () => {
  model = await readModel(MODEL);
  embedder = await createTransformersEmbedder({ model, threads: 2 });
});
afterAll(() => embedder.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'advisor-index-'));
  corpus = join(folder, 'corpus');
  index = join(folder, 'index');
  mkdirSync(join(corpus, 'deep'), { recursive: true });
  writeFileSync(
    join(corpus, 'one.md'),
    '# One\n\n## What is PyTorch?\nPyTorch is a library. It runs eagerly.\n\n## What is JAX?\nJAX transforms functions.\n',
  );
  writeFileSync(
    join(corpus, 'deep/two.txt'),
    'About TensorFlow\n\nTensorFlow is older than PyTorch and has many deployment tools for all kinds of places.\n',
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function build(options: Partial<BuildOptions> = {}): Promise<BuildSummary> {
  return buildKnowledgeBase({
    corpus: [corpus],
    indexDirectory: index,
    model,
    openEmbedder: async () => ({ ...embedder, close: async () => {} }),
    lanes: 2,
    attachments: { version: '1', make: async () => new Map() },
    onProgress: () => {},
    ...options,
  });
}

describe('an index build', () => {
  it('makes documents, passages and vectors that load again', async () => {
    const summary = await build();
    expect(summary).toMatchObject({ unchanged: false, documents: 2, passages: 3, embedded: 3, skipped: [] });
    const { knowledge } = await loadKnowledgeBase(index, model);
    expect([...knowledge.documents.keys()]).toEqual([`${corpus}/deep/two.txt`, `${corpus}/one.md`]);
    const question = await embedder.embedQuestion([{ text: 'What is JAX?', weight: 1 }]);
    const [best] = knowledge.vectorIndex.search(question, 1).ids;
    expect(knowledge.passages.at(best as number)?.heading).toBe('What is JAX?');
  });

  it('embeds only what changed, and nothing when nothing did', async () => {
    await build();
    expect(await build()).toMatchObject({ unchanged: true, embedded: 0 });
    appendFileSync(join(corpus, 'one.md'), '\n## What is Keras?\nKeras has backends.\n');
    expect(await build()).toMatchObject({ unchanged: false, passages: 4, embedded: 1 });
    rmSync(join(corpus, 'deep/two.txt'));
    expect(await build()).toMatchObject({ passages: 3, embedded: 0 });
    const { knowledge } = await loadKnowledgeBase(index, model);
    expect([...knowledge.documents.keys()]).toEqual([`${corpus}/one.md`]);
  });

  it('names what it cannot read and indexes the rest', async () => {
    writeFileSync(join(corpus, 'empty.md'), '');
    writeFileSync(join(corpus, 'latin.txt'), Buffer.from([0x63, 0x61, 0x66, 0xe9]));
    writeFileSync(join(corpus, 'image.md'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 0xff]));
    writeFileSync(join(corpus, 'line.txt'), 'x'.repeat(10 * 1024 * 1024));
    writeFileSync(join(corpus, 'front.md'), '---\ntitle: x\nsources: nothing\n---\nText.\n');
    const { skipped, documents } = await build();
    expect(documents).toBe(2);
    const reasons = Object.fromEntries(skipped.map(({ path, reason }) => [path.slice(corpus.length + 1), reason]));
    expect(Object.keys(reasons).sort()).toEqual(['empty.md', 'front.md', 'image.md', 'latin.txt', 'line.txt']);
    expect(reasons['front.md']).toContain('sources');
    expect(reasons['line.txt']).toContain('a line of');
  });

  it('keeps the old index when nothing is usable, when a rule refuses, and when embedding fails', async () => {
    const { generation } = await build();
    const bare = join(folder, 'bare');
    mkdirSync(bare);
    await expect(build({ corpus: [bare] })).rejects.toMatchObject({ code: 'CORPUS_EMPTY' });
    await expect(build({ corpus: [join(folder, 'nowhere')] })).rejects.toMatchObject({ code: 'CORPUS_UNREADABLE' });
    const refuse = { version: '2', make: () => Promise.reject(new Error('no evidence')) };
    await expect(build({ attachments: refuse })).rejects.toThrow('no evidence');
    appendFileSync(join(corpus, 'one.md'), '\n## New\nNew text.\n');
    const broken: Embedder = {
      ...embedder,
      embedPassages: () => Promise.reject(new Error('model died')),
      close: async () => {},
    };
    await expect(build({ openEmbedder: async () => broken })).rejects.toThrow('model died');
    expect(await currentGeneration(index)).toBe(generation);
    expect((await loadKnowledgeBase(index, model)).knowledge.manifest.generation).toBe(generation);
    expect(readdirSync(index).filter((name) => name.startsWith('.tmp'))).toEqual([]);
  });

  it('runs one at a time', async () => {
    const results = await Promise.allSettled([build(), build()]);
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({ reason: { code: 'INDEX_LOCKED' } });
  });
});

describe('loading', () => {
  it('refuses every damaged file by name, and serves the last whole generation', async () => {
    const first = (await build()).generation;
    appendFileSync(join(corpus, 'one.md'), '\n## New\nNew text.\n');
    const second = (await build()).generation;
    const whole = join(folder, 'whole');
    cpSync(index, whole, { recursive: true });
    const random = seeded(7);
    for (const name of readdirSync(join(index, second))) {
      for (const damage of ['flip', 'truncate', 'remove'] as const) {
        rmSync(index, { recursive: true });
        cpSync(whole, index, { recursive: true });
        const file = join(index, second, name);
        const content = readFileSync(file);
        if (damage === 'remove') rmSync(file);
        else if (damage === 'truncate') truncateSync(file, Math.max(0, content.length - 5));
        else {
          const at = Math.floor(random() * content.length);
          content[at] = (content[at] as number) ^ 1;
          writeFileSync(file, content);
        }
        const { knowledge, warnings } = await loadKnowledgeBase(index, model);
        expect(knowledge.manifest.generation, `${damage} ${name}`).toBe(first);
        expect(warnings.join('\n')).toContain(second);
      }
    }
  });

  it('refuses an index of another model, and says what to do', async () => {
    await build();
    const other = { ...model, hash: '0'.repeat(64) };
    await expect(loadKnowledgeBase(index, other)).rejects.toMatchObject({
      code: 'INDEX_MISMATCH',
      message: expect.stringContaining('build:index'),
    });
    await expect(loadKnowledgeBase(join(folder, 'none'), model)).rejects.toMatchObject({ code: 'INDEX_MISSING' });
  });

  it('works without hnswlib-node, and says so where it is felt', async () => {
    await build();
    const { knowledge: real } = await loadKnowledgeBase(index, model);
    const large = join(folder, 'large');
    await publishSynthetic({ real, model, indexDirectory: large, passages: 5_001, seed: 20261123 });
    vi.doMock('hnswlib-node', () => {
      throw new Error('not installed');
    });
    vi.resetModules();
    const { loadKnowledgeBase: loadAgain } = await import('../../src/knowledge/load-knowledge-base.ts');
    const { knowledge, warnings } = await loadAgain(index, model);
    const felt = await loadAgain(large, model);
    vi.doUnmock('hnswlib-node');
    expect([knowledge.vectorIndex.kind, felt.knowledge.vectorIndex.kind]).toEqual(['exact scan', 'exact scan']);
    expect(warnings).toEqual([]);
    expect(felt.warnings).toEqual([expect.stringContaining('hnswlib-node is not installed')]);
    const question = await embedder.embedQuestion([{ text: 'What is JAX?', weight: 1 }]);
    const [best] = knowledge.vectorIndex.search(question, 1).ids;
    expect(knowledge.passages.at(best as number)?.heading).toBe('What is JAX?');
  });
});

describe('the model', () => {
  it('is refused when one byte of a file differs', async () => {
    const copy = join(folder, 'all-MiniLM-L6-v2');
    cpSync(MODEL, copy, { recursive: true });
    const weights = join(copy, 'onnx/model_quantized.onnx');
    const content = readFileSync(weights);
    content[content.length >> 1] = (content[content.length >> 1] as number) ^ 1;
    writeFileSync(weights, content);
    await expect(createTransformersEmbedder({ model: await readModel(copy), threads: 1 })).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining('model_quantized.onnx'),
    });
  });

  it('is refused without a descriptor, and never fetched without permission', async () => {
    await expect(readModel(folder)).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    const hub: Model = { ...model, files: {}, hub: { repository: 'some/model', revision: 'abcdef0' } };
    await expect(createTransformersEmbedder({ model: hub, threads: 1 })).rejects.toThrow('ALLOW_REMOTE_MODELS');
  });
});

describe('the embedding pool', () => {
  it('gives the same vectors as the model in this process, and survives the death of a child', async () => {
    const pool = await createEmbeddingPool({ model, processes: 1, threads: 1 });
    try {
      const parts = [{ text: 'Which framework for a phone app?', weight: 1 }];
      const [own, pooled] = [await embedder.embedQuestion(parts), await pool.embedQuestion(parts)];
      expect(own.reduce((sum, value, at) => sum + value * (pooled[at] as number), 0)).toBeGreaterThan(0.999);
      const lost = pool.embedPassages([
        { context: 'x', sentences: Array.from({ length: 60 }, (_, at) => `Sentence number ${at} of some length.`) },
      ]);
      const settled = lost.then(
        () => 'embedded',
        (error: { code: string }) => error.code,
      );
      for (const pid of children()) process.kill(pid, 'SIGKILL');
      expect(['embedded', 'EMBEDDING_FAILED']).toContain(await settled);
      expect(await pool.embedQuestion(parts)).toHaveLength(384);
    } finally {
      await pool.close();
    }
  });

  it('tells each who waits when the model is gone, and serves again when it is back', async () => {
    const directory = join(folder, 'model-that-goes');
    cpSync(MODEL, directory, { recursive: true });
    const pool = await createEmbeddingPool({ model: await readModel(directory), processes: 1, threads: 1 });
    const ask = (): Promise<Float32Array> => pool.embedQuestion([{ text: 'Which one?', weight: 1 }]);
    const [weights, away] = ['onnx/model_quantized.onnx', 'weights'].map((name) => join(directory, name)) as [
      string,
      string,
    ];
    try {
      expect(await ask()).toHaveLength(384);
      renameSync(weights, away);
      for (const pid of children()) process.kill(pid, 'SIGKILL');
      const told = (): Promise<string> => ask().then(String, ({ code }: { code: string }) => code);
      // What the dying process had taken is lost with it; what comes then waits for a start, and is told how that went.
      await vi.waitFor(async () => expect(await told()).toBe('MODEL_INVALID'), { timeout: 20_000 });
      expect(await told()).toBe('MODEL_INVALID');
      renameSync(away, weights);
      expect(await ask()).toHaveLength(384);
    } finally {
      await pool.close();
    }
  }, 60_000);

  it('starts the processes beyond the first when requests wait for it', async () => {
    const pool = await createEmbeddingPool({ model, processes: 2, atOnce: 1, threads: 1 });
    try {
      const passage = { context: 'x', sentences: ['One sentence.'] };
      await pool.embedPassages([passage]);
      const alone = children().length;
      await Promise.all(Array.from({ length: 4 }, () => pool.embedPassages([passage])));
      await vi.waitFor(() => expect(children().length).toBe(alone * 2), { timeout: 20_000, interval: 50 });
    } finally {
      await pool.close();
    }
    expect(children()).toEqual([]);
  });
});

/** The embedding processes that this test process started; none where the system does not tell. */
function children(): number[] {
  const file = `/proc/${process.pid}/task/${process.pid}/children`;
  if (!existsSync(file)) return [];
  const all = readFileSync(file, 'utf8').trim().split(' ').filter(Boolean);
  return all.filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('embedding-worker')).map(Number);
}
