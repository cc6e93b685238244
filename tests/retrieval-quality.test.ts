import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateAnswers, summarise } from '../src/evaluation/evaluate-answers.ts';
import { evaluateSet, type SetFigures } from '../src/evaluation/evaluate-set.ts';
import { type LabelledQuestion, readProductQuestions } from '../src/evaluation/labelled-question.ts';
import { readLabelledSet } from '../src/evaluation/labelled-set.ts';
import { createEmbeddingPool } from '../src/knowledge/embedding-pool.ts';
import { readModel } from '../src/knowledge/model.ts';
import { PRODUCT_DIRECTORY } from '../src/product.ts';
import { openRealAdvisor, type RealAdvisor } from './support/real-advisor.ts';

/** Figures that may only rise: a change that lowers one is not an improvement (docs/retrieval.md). */
const FLOORS = JSON.parse(readFileSync(join(PRODUCT_DIRECTORY, 'tests/fixtures/floors.json'), 'utf8')) as {
  questions: { hit3: number; hit5: number; winnerAccuracy: number; badAdvice: number; abstentionF1: number };
  stackfaq: { fused: number };
  cranfield: { fused: number; aboveBetter: number };
  cacm: { fused: number; aboveBetter: number };
};
const SETS = join(PRODUCT_DIRECTORY, '../shared/eval');
const FULL = process.env.ACCEPTANCE === 'full';

let advisor: RealAdvisor;
beforeAll(async () => {
  advisor = await openRealAdvisor();
});
afterAll(() => advisor.close());

const questions = (): Promise<LabelledQuestion[]> =>
  readProductQuestions(PRODUCT_DIRECTORY, (path) => console.log(`skipped: real questions, for lack of ${path}`));

describe('answers to the labelled questions', () => {
  it('stay above the floors', async () => {
    const figures = summarise(await evaluateAnswers(await questions(), advisor.answerQuestion));
    const { hit3, hit5, winnerAccuracy, badAdvice, abstention } = figures;
    console.log(
      `hit@3 ${hit3.toFixed(3)}, hit@5 ${hit5.toFixed(3)}, winner ${winnerAccuracy.toFixed(3)}, bad advice ${badAdvice.toFixed(3)}, abstention F1 ${abstention.f1.toFixed(3)}`,
    );
    expect(hit3).toBeGreaterThanOrEqual(FLOORS.questions.hit3);
    expect(hit5).toBeGreaterThanOrEqual(FLOORS.questions.hit5);
    expect(winnerAccuracy).toBeGreaterThanOrEqual(FLOORS.questions.winnerAccuracy);
    expect(badAdvice).toBeLessThanOrEqual(FLOORS.questions.badAdvice);
    expect(abstention.f1).toBeGreaterThanOrEqual(FLOORS.questions.abstentionF1);
  });

  it('name documents and headings that exist', async () => {
    const places = new Set(
      Array.from(
        advisor.library.knowledge.passages,
        ({ path, heading }) => `${path.replace(/^.*?corpus\//, '')} ${heading.split(' › ').at(-1)}`,
      ),
    );
    const documents = new Set(
      [...advisor.library.knowledge.documents.keys()].map((path) =>
        path.replace(/^.*?corpus\//, '').replace(/\.md$/, ''),
      ),
    );
    for (const { id, answers } of await questions()) {
      for (const { document, heading } of answers) {
        expect(documents, id).toContain(document);
        if (heading) expect(places, id).toContain(`${document}.md ${heading}`);
      }
    }
  });
});

describe('rankings of public sets', () => {
  async function figuresOf(name: string): Promise<SetFigures> {
    const model = await readModel(join(PRODUCT_DIRECTORY, 'models/all-MiniLM-L6-v2'));
    const figures = await evaluateSet({
      name,
      set: await readLabelledSet(join(SETS, name)),
      model,
      cacheDirectory: join(PRODUCT_DIRECTORY, 'node_modules/.cache/framework-advisor/evaluation'),
      openEmbedder: () => createEmbeddingPool({ model, processes: 2, threads: 1 }),
      lanes: 4,
      onProgress: () => {},
    });
    const { keywords, vectors, fused } = figures.figures;
    console.log(
      `${name}: keywords ${keywords.ndcg10.toFixed(3)}, vectors ${vectors.ndcg10.toFixed(3)}, fused ${fused.ndcg10.toFixed(3)}`,
    );
    return figures;
  }

  for (const name of ['stackfaq', 'cranfield', 'cacm'] as const) {
    const isThere = existsSync(join(SETS, name));
    if (!isThere) console.log(`skipped: ${name}, for lack of ../shared/eval/${name}`);
    it.skipIf(!isThere || (name !== 'stackfaq' && !FULL))(
      `stay above the floors on ${name}`,
      { timeout: 300_000 },
      async () => {
        const { figures } = await figuresOf(name);
        const better = Math.max(figures.keywords.ndcg10, figures.vectors.ndcg10);
        expect(figures.fused.ndcg10).toBeGreaterThanOrEqual(FLOORS[name].fused);
        if (name === 'stackfaq') expect(figures.fused.ndcg10).toBeGreaterThanOrEqual(better - 0.002);
        else expect(figures.fused.ndcg10 - better).toBeGreaterThanOrEqual(FLOORS[name].aboveBetter);
      },
    );
  }
});
