import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuildOptions, type BuildSummary, buildKnowledgeBase } from '../../src/knowledge/build-knowledge-base.ts';
import { type LoadedKnowledgeBase, loadKnowledgeBase } from '../../src/knowledge/load-knowledge-base.ts';
import { type Model, readModel } from '../../src/knowledge/model.ts';
import { PRODUCT_DIRECTORY } from '../../src/product.ts';
import { buildInChild } from './build-in-child.ts';
import { wordEmbedder } from './word-embedder.ts';

/** A folder with a corpus and an index of three generations, from which every trial starts anew. */
export interface TrialGround {
  readonly folder: string;
  readonly model: Model;
  /** The generation that serves at the start. */
  readonly before: string;
  /** The corpus with one document changed since then. */
  readonly corpus: string;
  /** The operations of a build of that change, in order. */
  readonly operations: readonly string[];
  /** A fresh copy of the index. */
  index(): string;
  build(index: string, options?: Partial<BuildOptions>): Promise<BuildSummary>;
  load(index: string): Promise<LoadedKnowledgeBase>;
  close(): void;
}

export async function openTrialGround(documents = 8): Promise<TrialGround> {
  const model = await readModel(join(PRODUCT_DIRECTORY, 'models/all-MiniLM-L6-v2'));
  const folder = mkdtempSync(join(tmpdir(), 'advisor-trials-'));
  const corpus = join(folder, 'corpus');
  const whole = join(folder, 'whole');
  mkdirSync(corpus);
  for (let at = 0; at < documents; at++) {
    writeFileSync(
      join(corpus, `d${at}.md`),
      `# Document ${at}\n\nThe subject ${at * 7919} has property ${at % 13}. It is described in sentence ${at * 31}.\n`,
    );
  }
  const build = (index: string, options: Partial<BuildOptions> = {}): Promise<BuildSummary> =>
    buildKnowledgeBase({
      corpus: [corpus],
      indexDirectory: index,
      model,
      openEmbedder: async () => wordEmbedder,
      lanes: 1,
      attachments: { version: '1', make: async () => new Map([['note.txt', 'kept beside the index']]) },
      onProgress: () => {},
      ...options,
    });
  let before = '';
  for (let turn = 0; turn < 3; turn++) {
    writeFileSync(join(corpus, 'd1.md'), `# Turn\n\nText of turn ${turn}.\n`);
    before = (await build(whole)).generation;
  }
  writeFileSync(join(corpus, 'd1.md'), '# Turn\n\nThe text that the trial adds.\n');
  let count = 0;
  const index = (): string => {
    const copy = join(folder, `index-${count++}`);
    cpSync(whole, copy, { recursive: true });
    return copy;
  };
  const log = join(folder, 'operations');
  const trial = index();
  await buildInChild({ corpus, index: trial, fault: { kind: 'count', at: -1, root: trial }, log });
  const operations = readFileSync(log, 'utf8').split('\n');
  return {
    folder,
    model,
    before,
    corpus,
    operations,
    index,
    build,
    load: (directory) => loadKnowledgeBase(directory, model),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** What a build leaves behind when it did not clean up. */
export function leftovers(index: string): string[] {
  return readdirSync(index).filter((name) => name.startsWith('.'));
}

/** Runs trials two at a time: the machine may have two cores. */
export async function inPairs<Item>(items: readonly Item[], run: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await run(next);
  };
  await Promise.all([lane(), lane()]);
}

/** All numbers below `count`, or so many of them, evenly spread. */
export function spread(count: number, wanted: number): number[] {
  if (wanted >= count) return Array.from({ length: count }, (_, at) => at);
  return Array.from({ length: wanted }, (_, at) => Math.floor(((at + 0.5) * count) / wanted));
}
