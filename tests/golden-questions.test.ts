import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildIndex } from '../src/build-index.ts';
import { readConfig } from '../src/config.ts';
import { compareAnswers } from '../src/index-administration.ts';
import type { BuildSummary } from '../src/knowledge/build-knowledge-base.ts';
import { currentGeneration } from '../src/knowledge/generation.ts';
import { PRODUCT_DIRECTORY } from '../src/product.ts';
import { runScript } from './support/run.ts';

const settings = readConfig({
  MODEL_DIR: join(PRODUCT_DIRECTORY, 'models/all-MiniLM-L6-v2'),
  EMBEDDING_PROCESSES: '1',
});
let folder: string;
let corpus: string;
let index: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'advisor-golden-'));
  corpus = join(folder, 'corpus');
  index = join(folder, 'index');
  mkdirSync(corpus);
  write(
    'choosing.md',
    '# Choosing a framework\n\n## Which framework is best for beginners?\nKeras is the easiest deep learning framework for beginners, because its models are short and its errors are readable.\n\n## Is PyTorch good for research?\nPyTorch is the framework that most researchers use, since its models are plain Python and run eagerly.\n',
  );
  write(
    'golden.jsonl',
    `${JSON.stringify({ id: 'beginners', question: 'Which deep learning framework is best for beginners?' })}\n`,
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string): void => writeFileSync(join(corpus, name), text);
const build = (accept = false): Promise<BuildSummary> =>
  buildIndex({ settings, corpus: [corpus], indexDirectory: index, onProgress: () => {}, accept, allowShrink: true });

describe('golden questions', () => {
  it('let a build through that answers them as before', async () => {
    await build();
    write('more.md', '# More\n\nTensorFlow runs on phones.\n');
    const { generation } = await build();
    expect(await currentGeneration(index)).toBe(generation);
  }, 180_000);

  it('stop a build that answers them otherwise, until the operator accepts it', async () => {
    const { generation: first } = await build();
    write('choosing.md', '# Bread\n\n## How long does the dough rest?\nThe dough rests for an hour beside the oven.\n');
    const problem = await build().then(
      () => null,
      (thrown: { code: string; message: string }) => thrown,
    );
    expect(problem).toMatchObject({ code: 'INDEX_REJECTED' });
    expect(problem?.message).toContain('beginners "Which deep learning framework is best for beginners?"');
    expect(problem?.message).toContain('--accept');
    expect(await currentGeneration(index)).toBe(first);
    expect(readdirSync(index).filter((name) => name.startsWith('.'))).toEqual([]);
    const { generation } = await build(true);
    expect(await currentGeneration(index)).toBe(generation);
    const { asked, flips } = await compareAnswers(settings, index);
    expect({ asked, flips: flips.length }).toEqual({ asked: 1, flips: 1 });
    expect(flips[0]).toContain('beginners "Which deep learning framework is best for beginners?"');
    const { stdout } = await runScript('scripts/index.ts', ['diff', '--index', index], {
      MODEL_DIR: settings.MODEL_DIR,
    });
    expect(stdout).toContain(`golden questions answered otherwise: 1 of 1\n${flips[0]}`);
  }, 180_000);

  it('that cannot be read stop the build by file and line', async () => {
    await build();
    write('more.md', '# More\n\nTensorFlow runs on phones.\n');
    for (const line of ['{"id": "x"}', 'not JSON', '[]', '{"id": 1, "question": "x"}']) {
      write('golden.jsonl', `{"id": "ok", "question": "Is JAX fast?"}\n${line}\n`);
      await expect(build()).rejects.toMatchObject({
        code: 'CORPUS_UNREADABLE',
        message: expect.stringContaining('golden.jsonl, line 2'),
      });
    }
  }, 180_000);

  it('are not read through a link', async () => {
    await build();
    const secret = join(folder, 'secret');
    writeFileSync(secret, 'SECRET of another folder');
    rmSync(join(corpus, 'golden.jsonl'));
    symlinkSync(secret, join(corpus, 'golden.jsonl'));
    write('more.md', '# More\n\nTensorFlow runs on phones.\n');
    const { generation } = await build();
    expect(await currentGeneration(index)).toBe(generation);
  }, 180_000);
});
