import fc from 'fast-check';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { describe, expect, it } from 'vitest';
import type { QuestionOutcome } from '../../src/evaluation/evaluate-answers.ts';
import type { SetFigures } from '../../src/evaluation/evaluate-set.ts';
import { evaluationReport } from '../../src/evaluation/evaluation-report.ts';
import { outsideText } from '../support/arbitrary-reply.ts';

const share = fc.constantFrom(0, 1, null);
const winner = fc.constantFrom('pytorch', 'tensorflow', 'depends', null);
const outcome: fc.Arbitrary<QuestionOutcome> = fc.record({
  id: outsideText,
  question: fc.oneof(
    outsideText,
    fc.constantFrom('</style><script>alert(1)</script>', '"><img src=x onerror=alert(1)>'),
  ),
  hit1: share,
  hit3: share,
  hit5: share,
  quotePrecision: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  firstQuote: share,
  expectedWinner: winner,
  winner,
  winnerRight: share,
  badAdvice: share,
  shouldAbstain: fc.boolean(),
  abstained: fc.boolean(),
  reason: fc.constantFrom('out-of-scope', 'no-evidence', null),
  sureness: fc.double({ min: 0, max: 1, noNaN: true }),
});
const interval = { low: 0.1, high: 0.9 };
const figure = { ndcg10: 0.5, ndcg10Interval: interval, recall100: 0.7 };
const set: SetFigures = {
  set: '<b>set</b>',
  queries: 3,
  documents: 4,
  passages: 5,
  figures: { keywords: figure, vectors: figure, fused: figure },
  fusedAgainst: { keywords: { difference: 0.01, interval }, vectors: { difference: -0.01, interval } },
};

type Node = DefaultTreeAdapterTypes.Node;

/** Every element of a page, and all attributes. */
function elementsOf(page: string): { name: string; attributes: string[] }[] {
  const walk = (node: Node): { name: string; attributes: string[] }[] => [
    ...('tagName' in node ? [{ name: node.tagName, attributes: node.attrs.map(({ name }) => name) }] : []),
    ...('childNodes' in node ? node.childNodes.flatMap(walk) : []),
  ];
  return walk(parse(page) as unknown as Node);
}

const KNOWN = new Set(
  `html head meta title style body h1 h2 p ul li strong div figure figcaption svg line text path circle rect span table
   thead tbody tr th td details summary`.split(/\s+/),
);

describe('the report of an evaluation', () => {
  it('is a page of known elements alone, whatever the questions say', () => {
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 12 }), fc.boolean(), (outcomes, hasSet) => {
        const page = evaluationReport({ date: '2026-11-21', generation: 'g1', outcomes, sets: hasSet ? [set] : [] });
        for (const { name, attributes } of elementsOf(page)) {
          expect(KNOWN.has(name), name).toBe(true);
          expect(
            attributes.filter((attribute) => attribute.startsWith('on') || /^(?:src|href)$/.test(attribute)),
          ).toEqual([]);
        }
        expect(page).not.toMatch(/NaN|Infinity|undefined/);
      }),
      { numRuns: 200 },
    );
  });

  it('lists what went wrong under its heading', () => {
    const base: QuestionOutcome = {
      id: 'a1',
      question: 'Which one?',
      hit1: 0,
      hit3: 0,
      hit5: 1,
      quotePrecision: 0.5,
      firstQuote: 0,
      expectedWinner: 'jax',
      winner: 'pytorch',
      winnerRight: 0,
      badAdvice: 1,
      shouldAbstain: false,
      abstained: false,
      reason: null,
      sureness: 0.8,
    };
    const missed: QuestionOutcome = {
      ...base,
      id: 'a2',
      question: 'What to cook?',
      hit3: null,
      winnerRight: null,
      shouldAbstain: true,
    };
    const page = evaluationReport({ date: '2026-11-21', generation: null, outcomes: [base, missed], sets: [] });
    expect(page).toContain('Labelled passage not in the first 3: 1');
    expect(page).toContain('Another winner than labelled: 1');
    expect(page).toMatch(/Answered, and should not have been: 1<\/summary><ul><li><p>What to cook\?/);
    expect(page).toContain('Abstained, and should have answered: 0');
  });
});
