import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';
import { currentGeneration } from '../src/knowledge/generation.ts';
import { loadKnowledgeBase } from '../src/knowledge/load-knowledge-base.ts';
import { readModel } from '../src/knowledge/model.ts';
import { PRODUCT_DIRECTORY } from '../src/product.ts';
import { runScript } from './support/run.ts';

const MODEL = join(PRODUCT_DIRECTORY, 'models/all-MiniLM-L6-v2');
let folder: string;
let corpus: string;
let index: string;
let watching: ChildProcess | null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'advisor-watch-'));
  corpus = join(folder, 'corpus');
  index = join(folder, 'index');
  mkdirSync(corpus);
  watching = null;
  write('one.md', '# One\n\nPyTorch is a library that runs eagerly.\n');
  write('two.md', '# Two\n\nJAX transforms functions and compiles them.\n');
});
afterEach(async () => {
  if (watching && watching.exitCode === null && watching.signalCode === null) {
    watching.kill('SIGKILL');
    await new Promise((resolve) => watching?.once('exit', resolve));
  }
  rmSync(folder, { recursive: true, force: true });
});

const write = (name: string, text: string): void => writeFileSync(join(corpus, name), text);
const environment = { MODEL_DIR: MODEL, EMBEDDING_PROCESSES: '1' };
const paths = async (): Promise<string[]> => {
  const { knowledge } = await loadKnowledgeBase(index, await readModel(MODEL));
  return [...knowledge.documents.keys()].map((path) => path.slice(corpus.length + 1));
};

describe('build:index --watch', () => {
  it('builds when a file comes, changes, moves or goes, and goes on after a build that failed', async () => {
    let output = '';
    const child = spawn(
      process.execPath,
      ['run.js', 'scripts/build-index.ts', '--corpus', corpus, '--index', index, '--allow-shrink', '--watch'],
      {
        cwd: PRODUCT_DIRECTORY,
        env: { PATH: process.env.PATH ?? '', ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    watching = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (part: string) => {
        output += part;
      });
    }
    /** Waits for something new to be said. */
    const said = async (what: RegExp): Promise<void> => {
      for (let tries = 0; !what.test(output); tries++) {
        if (tries > 600 || child.exitCode !== null) throw new Error(`not said: ${what}; said: ${output}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      output = '';
    };
    await said(/published generation .*: 2 documents, 2 passages \(2 embedded/);
    write('three.md', '# Three\n\nTensorFlow has tools for phones.\n');
    await said(/published generation .*: 3 documents, 3 passages \(1 embedded/);
    write('two.md', '# Two\n\nJAX has a new sentence now.\n');
    await said(/published generation .*: 3 documents, 3 passages \(1 embedded/);
    renameSync(join(corpus, 'one.md'), join(corpus, 'first.md'));
    await said(/published generation .*: 3 documents, 3 passages \(none embedded/);
    expect(await paths()).toEqual(['first.md', 'three.md', 'two.md']);
    const past = new Date(Date.now() - 5_000);
    utimesSync(join(corpus, 'first.md'), past, past);
    await said(/unchanged generation/);
    const served = await currentGeneration(index);
    for (const name of ['first.md', 'two.md', 'three.md']) rmSync(join(corpus, name));
    await said(/build:index failed: no usable document/);
    expect(await currentGeneration(index)).toBe(served);
    write('four.md', '# Four\n\nKeras has backends.\n');
    await said(/published generation .*: 1 documents, 1 passages/);
    expect(await paths()).toEqual(['four.md']);
    child.kill('SIGTERM');
    await new Promise((resolve) => child.once('exit', resolve));
  }, 120_000);
});

describe('the index command', () => {
  it('shows, verifies, compares and goes back, for people and for programs', async () => {
    const run = (...args: string[]) => runScript('scripts/index.ts', [...args, '--index', index], environment);
    const build = () => runScript('scripts/build-index.ts', ['--corpus', corpus, '--index', index], environment);
    expect((await run('status')).stdout).toBe('no generation\nno build is running\n');
    expect((await run('verify')).stderr).toContain('INDEX_MISSING');
    await build();
    const first = (await currentGeneration(index)) as string;
    write('two.md', '# Two\n\nJAX has a new sentence now.\n');
    write('three.md', '# Three\n\nTensorFlow has tools for phones.\n');
    await build();
    const second = (await currentGeneration(index)) as string;
    const status = (await run('status')).stdout;
    expect(status).toContain(`* ${second}  3 documents, 3 passages, 0 files skipped`);
    expect(status).toContain(`  ${first}  2 documents, 2 passages, 0 files skipped`);
    expect(JSON.parse((await run('status', '--json')).stdout)).toMatchObject({ current: second, builder: null });
    expect((await run('verify')).stdout).toBe(`${second} is whole: 3 documents, 3 passages, 3 probes, recall 1.000\n`);
    const diff = (await run('diff')).stdout;
    expect(diff).toContain(`${first} -> ${second}`);
    expect(diff).toContain(`documents added: 1\n  ${corpus}/three.md`);
    expect(diff).toContain(`documents changed: 1\n  ${corpus}/two.md`);
    expect(diff).toContain('passages: 2 added, 1 removed, 1 kept');
    expect((await run('rollback')).stdout).toBe(`generation ${first} serves now\n`);
    expect(await currentGeneration(index)).toBe(first);
    const none = await run('rollback');
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no generation before') });
    expect(await run('rollback', '20200101-000000-00000000')).toMatchObject({ code: 1 });
    writeFileSync(join(index, second, 'keywords.bin'), 'damaged');
    expect((await run('status')).stdout).toContain('keywords.bin is damaged');
    expect(await run('verify', second)).toMatchObject({ code: 1, stderr: expect.stringContaining('keywords.bin') });
    // One that is not whole must not be let to serve.
    expect(await run('rollback', second)).toMatchObject({ code: 1, stderr: expect.stringContaining('keywords.bin') });
    expect(await currentGeneration(index)).toBe(first);
    expect(await run('explode')).toMatchObject({ code: 1, stderr: expect.stringContaining('usage:') });
    expect(readConfig(environment).MODEL_DIR).toBe(MODEL);
  }, 120_000);
});
