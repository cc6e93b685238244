import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildIndex } from '../../src/build-index.ts';
import { readConfig } from '../../src/config.ts';
import { type BuildSummary, buildKnowledgeBase } from '../../src/knowledge/build-knowledge-base.ts';
import { FILES } from '../../src/knowledge/generation-files.ts';
import { loadKnowledgeBase } from '../../src/knowledge/load-knowledge-base.ts';
import { type Model, readModel } from '../../src/knowledge/model.ts';
import { termsOf } from '../../src/knowledge/terms.ts';
import { PRODUCT_DIRECTORY } from '../../src/product.ts';
import { seeded } from '../support/hostile-questions.ts';
import { makeNotes, noteText } from '../support/make-notes.ts';
import { wordEmbedder } from '../support/word-embedder.ts';

const FULL = process.env.ACCEPTANCE === 'full';
const LONG = 1_800_000;

let folder: string;
let model: Model;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'advisor-build-'));
  model = await readModel(join(PRODUCT_DIRECTORY, 'models/all-MiniLM-L6-v2'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function seconds(run: () => Promise<BuildSummary>): Promise<number> {
  const started = performance.now();
  await run();
  return (performance.now() - started) / 1000;
}

describe('the cost of a build', () => {
  // Documents of one passage are the hardest: a change costs the starts of processes, however little there was to do.
  it.each([
    { sections: 1, floor: 40 },
    { sections: 3, floor: 80 },
  ])(
    'follows the change, not the corpus: documents of $sections sections',
    async ({ sections, floor }) => {
      const count = FULL ? 10_000 : 400;
      const corpus = join(folder, `notes-${sections}`);
      const index = join(folder, `notes-${sections}-index`);
      const seed = 20261127;
      const paths = makeNotes(corpus, count, seed, sections);
      const settings = readConfig({ MODEL_DIR: model.directory });
      const build = (): Promise<BuildSummary> =>
        buildIndex({ settings, corpus: [corpus], indexDirectory: index, onProgress: () => {} });
      const random = seeded(seed + 1);
      const full = await seconds(build);
      const times: number[] = [];
      for (let turn = 0; turn < 5; turn++) {
        const path = join(corpus, paths[Math.floor(random() * count)] as string);
        writeFileSync(path, noteText(count + turn, random, sections));
        times.push(await seconds(build));
      }
      // The best of some: what else the machine does weighs on a second as on no minute.
      const one = Math.min(...times);
      const nones: number[] = [];
      for (let turn = 0; turn < 3; turn++) nones.push(await seconds(build));
      const none = Math.min(...nones);
      console.log(
        `${count} documents of ${sections} sections (seed ${seed}): full build ${full.toFixed(1)} s; one changed ${(full / one).toFixed(0)} times faster (${one.toFixed(2)} s), none changed ${(full / none).toFixed(0)} times (${none.toFixed(2)} s)`,
      );
      expect(full / one).toBeGreaterThan(FULL ? floor : 1.5);
      expect(full / none).toBeGreaterThan(FULL ? 200 : 10);
    },
    LONG,
  );
});

describe('builds upon each other', () => {
  it(
    'give what one build of the same documents gives, byte for byte',
    async () => {
      const seed = 20261128;
      const random = seeded(seed);
      const corpus = join(folder, 'edited');
      const paths = makeNotes(corpus, FULL ? 500 : 80, seed);
      const build = (index: string): Promise<BuildSummary> =>
        buildKnowledgeBase({
          corpus: [corpus],
          indexDirectory: join(folder, index),
          model,
          openEmbedder: async () => wordEmbedder,
          lanes: 2,
          attachments: { version: '1', make: async () => new Map() },
          onProgress: () => {},
        });
      await build('step-by-step');
      const turns = FULL ? 100 : 12;
      let number = 10_000;
      const pick = (): number => Math.floor(random() * paths.length);
      for (let turn = 0; turn < turns; turn++) {
        for (let edit = Math.floor(random() * 4); edit >= 0; edit--) {
          const at = pick();
          const path = join(corpus, paths[at] as string);
          const kind = random();
          if (kind < 0.4) writeFileSync(path, noteText(number++, random));
          else if (kind < 0.55)
            writeFileSync(path, `${readFileSync(path, 'utf8')}\n## More\n\nA sentence number ${number++}.\n`);
          else if (kind < 0.7) {
            const added = `new-${turn % 5}/note-${number}.md`;
            mkdirSync(dirname(join(corpus, added)), { recursive: true });
            // Half of them are copies: equal text, equal vectors.
            writeFileSync(join(corpus, added), random() < 0.5 ? readFileSync(path) : noteText(number, random));
            paths.push(added);
            number++;
          } else if (kind < 0.85 && paths.length > 60) {
            rmSync(path);
            paths.splice(at, 1);
          } else {
            const moved = `${dirname(paths[at] as string)}/a-${number++}-${basename(paths[at] as string)}`;
            renameSync(path, join(corpus, moved));
            paths[at] = moved;
          }
        }
        await build('step-by-step');
      }
      const { generation: whole } = await build('at-once');
      const steps = await loadKnowledgeBase(join(folder, 'step-by-step'), model);
      const once = await loadKnowledgeBase(join(folder, 'at-once'), model);
      const { graph: _, labels: __, report: ___, stamps: ____, ...equal } = FILES;
      for (const name of Object.values(equal)) {
        const stepped = readFileSync(join(folder, 'step-by-step', steps.knowledge.manifest.generation, name));
        expect(stepped.equals(readFileSync(join(folder, 'at-once', whole, name))), name).toBe(true);
      }
      // The graph is carried on: another one, which must name the same.
      let same = 0;
      const questions = FULL ? 1_000 : 60;
      for (let asked = 0; asked < questions; asked++) {
        const text = noteText(asked, random);
        const question = await wordEmbedder.embedQuestion([{ text, weight: 1 }]);
        // By score: of equal passages, of which there are some, either may be named.
        const top = ({ knowledge }: typeof once): number[] => [
          ...knowledge.vectorIndex.search(question, 10).scores,
          ...knowledge.keywordIndex.search(new Map(termsOf(text).map((term) => [term, 1])), 10).scores,
        ];
        const wanted = top(once);
        if (top(steps).every((score, at) => Math.abs(score - (wanted[at] as number)) < 1e-5)) same++;
      }
      console.log(
        `${turns} builds upon each other (seed ${seed}): same files, same top 10 for ${same} of ${questions} questions`,
      );
      expect(same).toBe(questions);
    },
    LONG,
  );
});
