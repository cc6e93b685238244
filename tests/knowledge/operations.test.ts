import { spawn } from 'node:child_process';
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
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createIndexAdministration } from '../../src/index-administration.ts';
import { type BuildOptions, type BuildSummary, buildKnowledgeBase } from '../../src/knowledge/build-knowledge-base.ts';
import { readCorpus } from '../../src/knowledge/corpus.ts';
import { currentGeneration } from '../../src/knowledge/generation.ts';
import { withIndexLock } from '../../src/knowledge/index-lock.ts';
import { inspectGeneration } from '../../src/knowledge/inspect-generation.ts';
import { loadKnowledgeBase } from '../../src/knowledge/load-knowledge-base.ts';
import { type Model, readModel } from '../../src/knowledge/model.ts';
import { openLiveLibrary } from '../../src/live-library.ts';
import { PRODUCT_DIRECTORY } from '../../src/product.ts';
import { createRuleAttachments } from '../../src/recommendation/rule-book.ts';
import { seeded } from '../support/hostile-questions.ts';
import { wordEmbedder } from '../support/word-embedder.ts';

const FULL = process.env.ACCEPTANCE === 'full';
let model: Model;
let folder: string;
let corpus: string;
let index: string;

const build = (options: Partial<BuildOptions> = {}): Promise<BuildSummary> =>
  buildKnowledgeBase({
    corpus: [corpus],
    indexDirectory: index,
    model,
    openEmbedder: async () => wordEmbedder,
    lanes: 1,
    attachments: { version: '1', make: async () => new Map() },
    onProgress: () => {},
    ...options,
  });

const write = (name: string, text: string): void => writeFileSync(join(corpus, name), text);
const manyDocuments = (count: number): void => {
  for (let at = 0; at < count; at++)
    write(`d${at}.md`, `# Document ${at}\n\nThe subject ${at * 7919} has property ${at % 13}.\n`);
};

beforeEach(async () => {
  model = await readModel(join(PRODUCT_DIRECTORY, 'models/all-MiniLM-L6-v2'));
  folder = mkdtempSync(join(tmpdir(), 'advisor-operations-'));
  corpus = join(folder, 'corpus');
  index = join(folder, 'index');
  mkdirSync(corpus);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('an incremental build', () => {
  it('takes over what stays, carries the graph on, and passes inspection', async () => {
    manyDocuments(200);
    await build();
    write('d7.md', '# Document 7\n\nEverything about it is new now.\n');
    rmSync(join(corpus, 'd9.md'));
    write('a-first.md', '# First\n\nIt moves every other passage by one place.\n');
    const summary = await build();
    expect(summary).toMatchObject({ embedded: 2, documents: 200 });
    expect(summary.changes.changed).toEqual([`${corpus}/d7.md`]);
    expect(summary.changes.removed).toEqual([`${corpus}/d9.md`]);
    const { generation } = summary;
    const inspection = await inspectGeneration(join(index, generation), generation, model);
    expect(inspection.recall).toBeGreaterThan(0.95);
    const { knowledge } = await loadKnowledgeBase(index, model);
    for (const at of [0, 3, 99, 199]) {
      const question = knowledge.vectors.data.slice(at * 384, (at + 1) * 384);
      expect(knowledge.vectorIndex.search(question, 1).ids[0]).toBe(at);
    }
    const report = JSON.parse(readFileSync(join(index, generation, 'report.json'), 'utf8'));
    const states = report.files.map(({ status }: { status: string }) => status);
    expect(states.filter((status: string) => status === 'unchanged')).toHaveLength(198);
  });

  it('does not embed a renamed file, says what a dry run would do, and guards against shrinking', async () => {
    manyDocuments(40);
    const { generation } = await build();
    cpSync(join(corpus, 'd1.md'), join(corpus, 'renamed.md'));
    rmSync(join(corpus, 'd1.md'));
    expect(await build({ dryRun: true })).toMatchObject({ embedded: 0, changes: { added: [`${corpus}/renamed.md`] } });
    expect(await currentGeneration(index)).toBe(generation);
    expect((await build()).embedded).toBe(0);
    for (let at = 10; at < 20; at++) rmSync(join(corpus, `d${at}.md`));
    await expect(build()).rejects.toMatchObject({
      code: 'INDEX_REJECTED',
      message: expect.stringContaining('--allow-shrink'),
    });
    expect((await build({ allowShrink: true })).documents).toBe(30);
  });
});

describe('the corpus walk', () => {
  it('respects .gitignore and patterns, and reads nothing through links', async () => {
    const secret = join(folder, 'secret.md');
    writeFileSync(secret, 'secret');
    mkdirSync(join(corpus, 'build'));
    mkdirSync(join(folder, 'outside'));
    writeFileSync(join(folder, 'outside/o.md'), 'outside');
    write('.gitignore', 'build/\n*.txt\n!keep.txt\n');
    for (const name of ['a.md', 'b.txt', 'keep.txt', 'build/c.md']) write(name, 'text');
    symlinkSync(secret, join(corpus, 'link.md'));
    symlinkSync(join(folder, 'outside'), join(corpus, 'linked'));
    for (const name of ['x.PNG', 'y.png', 'Makefile']) write(name, 'no document');
    const { files, skipped, others } = await readCorpus([corpus]);
    expect(others).toEqual({ '.png': 2, 'without ending': 1 });
    expect(files.map(({ path }) => path.slice(corpus.length + 1))).toEqual(['a.md', 'keep.txt']);
    expect(skipped.map(({ path }) => path.slice(corpus.length + 1))).toEqual(['link.md', 'linked']);
    expect((await readCorpus([corpus], { include: ['*.md'] })).files).toHaveLength(1);
    expect((await readCorpus([corpus], { exclude: ['a.*'] })).files).toHaveLength(1);
  });
});

describe('the lock', () => {
  it('is taken over from a dead and from a frozen builder, which cannot publish then', async () => {
    const lock = join(index, '.lock');
    mkdirSync(lock, { recursive: true });
    writeFileSync(join(lock, 'owner.json'), JSON.stringify({ pid: 2 ** 22 - 1, host: hostname(), token: 'dead' }));
    manyDocuments(3);
    await build();
    const before = await currentGeneration(index);
    write('d1.md', '# New\n\nNew text.\n');
    await expect(
      build({
        attachments: {
          version: '1',
          make: async () => {
            const past = new Date(Date.now() - 60_000);
            utimesSync(join(lock, 'owner.json'), past, past);
            await withIndexLock(index, async () => {});
            return new Map();
          },
        },
      }),
    ).rejects.toMatchObject({ code: 'INDEX_LOCKED' });
    expect(await currentGeneration(index)).toBe(before);
    expect(existsSync(lock)).toBe(false);
  });
});

describe('damage', () => {
  it('is refused by name, whatever was damaged: seeded mutations of a whole index', async () => {
    // Another generation's files, of the same names.
    manyDocuments(29);
    const other = join(folder, 'other');
    renameSync(join(index, (await build()).generation), other);
    manyDocuments(30);
    const { generation } = await build();
    const seed = 20261122;
    const random = seeded(seed);
    const count = FULL ? 5_000 : 150;
    const names = readdirSync(join(index, generation));
    let refused = 0;
    for (let at = 0; at < count; at++) {
      const name = names[Math.floor(random() * names.length)] as string;
      const file = join(index, generation, name);
      const whole = readFileSync(file);
      const place = Math.floor(random() * whole.length);
      const damaged = Buffer.from(whole);
      switch (Math.floor(random() * 7)) {
        case 0:
          truncateSync(file, place);
          break;
        case 1:
          rmSync(file);
          break;
        case 2:
          damaged[place]! ^= 1 << Math.floor(random() * 8);
          writeFileSync(file, damaged);
          break;
        case 3:
          damaged.fill(damaged[place] === 0 ? 255 : 0, place, Math.min(place + 4096, whole.length));
          writeFileSync(file, damaged);
          break;
        case 4:
          writeFileSync(
            file,
            damaged.map(() => Math.floor(random() * 256)),
          );
          break;
        case 5: {
          const swapped = readFileSync(join(other, name));
          writeFileSync(file, swapped.equals(whole) ? Buffer.concat([swapped, swapped]) : swapped);
          break;
        }
        default: {
          // An editor's hand: one number of a text is another one, and it is JSON still.
          const text = whole.toString('latin1');
          const digits = [...text.matchAll(/[0-8]/g)].map(({ index }) => index as number);
          const edited = digits[Math.floor(random() * digits.length)] ?? 0;
          damaged[edited]! += 1;
          writeFileSync(file, damaged);
        }
      }
      const problem = await loadKnowledgeBase(index, model).then(
        () => null,
        (thrown: Error) => thrown.message,
      );
      expect(problem, `mutation ${at} of ${name}`).toContain(name);
      refused++;
      writeFileSync(file, whole);
    }
    console.log(`${count} damaged indexes (seed ${seed}): ${refused} refused by name`);
  }, 600_000);

  it('of a candidate keeps it from being published', async () => {
    manyDocuments(30);
    const { generation } = await build();
    write('d1.md', '# New\n\nNew text.\n');
    const inspect = async ({
      directory,
      manifest,
    }: {
      directory: string;
      manifest: { generation: string };
    }): Promise<void> => {
      appendFileSync(join(directory, 'vectors.f32'), 'x');
      await inspectGeneration(directory, manifest.generation, model);
    };
    await expect(build({ inspect })).rejects.toMatchObject({ code: 'INDEX_DAMAGED' });
    expect(await currentGeneration(index)).toBe(generation);
    expect(readdirSync(index).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

describe('administration', () => {
  it('shows, rolls back, compares and verifies generations', async () => {
    manyDocuments(5);
    const first = (await build()).generation;
    write('d1.md', '# New\n\nNew text.\n');
    const second = (await build()).generation;
    const settings = readConfig({ INDEX_DIR: index, MODEL_DIR: model.directory });
    const administration = createIndexAdministration(settings);
    expect((await administration.status()).generations.map(({ name }) => name).sort()).toEqual([first, second].sort());
    expect(await administration.diff(first, second)).toMatchObject({
      documents: { added: [], removed: [], changed: [`${corpus}/d1.md`] },
      passages: { added: 1, removed: 1, kept: 4 },
    });
    expect(await administration.rollback(first)).toBe(first);
    expect((await loadKnowledgeBase(index, model)).knowledge.manifest.generation).toBe(first);
    expect(await administration.verify(second)).toMatchObject({ generation: second, passages: 5, recall: 1 });
    await expect(administration.rollback('20200101-000000-00000000')).rejects.toMatchObject({ code: 'INDEX_MISSING' });
  });
});

describe('a live library', () => {
  it('takes new generations without mixing, passes over broken ones, and does not grow', async () => {
    manyDocuments(300);
    const attachments = await createRuleAttachments(
      join(PRODUCT_DIRECTORY, 'rules'),
      join(PRODUCT_DIRECTORY, 'corpus'),
    );
    await build({ attachments });
    const logger = { info: () => {}, warn: () => {}, error: () => {} };
    const live = await openLiveLibrary({ indexDirectory: index, model, logger, intervalMs: 3_600_000 });
    const base = process.memoryUsage.rss();
    const rounds = FULL ? 100 : 5;
    for (let round = 0; round < rounds; round++) {
      const held = live.library();
      write('d1.md', `# Round\n\nText of round ${round}.\n`);
      const { generation } = await build({ attachments });
      await live.refresh();
      expect(live.library().knowledge.manifest.generation).toBe(generation);
      expect(held.knowledge.manifest.generation).not.toBe(generation);
      expect(held.knowledge.passages).toHaveLength(300);
    }
    console.log(
      `${rounds} reloads: RSS ${Math.round(base / 1e6)} -> ${Math.round(process.memoryUsage.rss() / 1e6)} MB`,
    );
    const good = live.library().knowledge.manifest.generation;
    write('d1.md', '# Broken\n\nThis one will be damaged.\n');
    const { generation } = await build({ attachments });
    truncateSync(join(index, generation, 'keywords.bin'), 10);
    await live.refresh();
    expect(live.library().knowledge.manifest.generation).toBe(good);
    expect(live.warnings().join()).toContain('keywords.bin');
    await live.close();
  }, 300_000);
});

describe('kill -9', () => {
  it('at random points of a rebuild leaves the old or the new index', async () => {
    manyDocuments(8);
    const seed = 20261123;
    const random = seeded(seed);
    const run = (afterMs: number | null): Promise<void> =>
      new Promise((resolve) => {
        const args = ['run.js', 'scripts/build-index.ts', '--corpus', corpus, '--index', index, '--accept'];
        const child = spawn(process.execPath, args, {
          cwd: PRODUCT_DIRECTORY,
          env: { PATH: process.env.PATH ?? '', EMBEDDING_PROCESSES: '1' },
          stdio: 'ignore',
        });
        const timer = afterMs === null ? null : setTimeout(() => child.kill('SIGKILL'), afterMs);
        child.once('exit', () => {
          if (timer) clearTimeout(timer);
          resolve();
        });
      });
    const started = performance.now();
    await run(null);
    const duration = performance.now() - started;
    // tests/acceptance/index.test.ts has the other 200, and every file operation.
    const count = FULL ? 200 : 2;
    for (let at = 0; at < count; at++) {
      write('d1.md', `# Turn\n\nText of turn ${at}.\n`);
      await run(300 + random() * duration);
      const { knowledge } = await loadKnowledgeBase(index, model);
      expect(knowledge.documents.size).toBe(8);
    }
    await run(null);
    expect(readdirSync(index).filter((name) => name.startsWith('.'))).toEqual([]);
    console.log(`${count} kills (seed ${seed}): ${count} times a whole index`);
  }, 1_200_000);
});
