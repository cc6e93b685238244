import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CandidateId } from '../../src/recommendation/candidate.ts';
import type { ResolvedRules } from '../../src/recommendation/evidence.ts';
import { type RecommendOptions, recommend } from '../../src/recommendation/recommend.ts';
import type { Recommendation, Requirement } from '../../src/recommendation/recommendation.ts';
import { readRealRules } from './real-rules.ts';

let rules: ResolvedRules;
beforeAll(async () => {
  rules = await readRealRules();
});

const RUNS = 500;

/** Up to seven different requirements, one in six of them ruled out. */
const requirements = (): fc.Arbitrary<Requirement[]> =>
  fc.uniqueArray(
    fc.record({
      id: fc.constantFrom(...Object.keys(rules.labels)),
      trigger: fc.constantFrom('a', 'b', 'c'),
      wanted: fc.integer({ min: 0, max: 5 }).map((dice) => dice > 0),
    }),
    { maxLength: 7, selector: ({ id }) => id },
  );
const priorities = (): fc.Arbitrary<Record<string, number>> =>
  fc.dictionary(fc.constantFrom('target', 'domain', 'priority', 'team:beginner'), fc.constantFrom(0, 0.5, 1.3, 2, 5));

/** 1-based; candidates that are not listed stand behind all that are. */
function rankOf({ ranking, runtime }: Recommendation, candidate: CandidateId): number {
  for (const list of [ranking, runtime?.ranking ?? []]) {
    const at = list.findIndex(({ framework }) => framework === candidate);
    if (at !== -1) return at + 1;
  }
  return Number.POSITIVE_INFINITY;
}

describe('recommend', () => {
  it('never lowers the rank of a candidate that an added requirement supports', () => {
    const supports = rules.rules.filter((rule) => rule.kind === 'score' && rule.weight > 0 && rule.when.length > 0);
    fc.assert(
      fc.property(requirements(), fc.constantFrom(...supports), (before, rule) => {
        if (rule.kind !== 'score') return;
        const added = rule.when.map(({ requirement: id, wanted }) => ({ id, trigger: 'added', wanted }));
        const rest = before.filter(({ id }) => !added.some((other) => other.id === id));
        const [last, ...others] = added;
        if (!last) return;
        const without = recommend([...rest, ...others], rules);
        const withRule = recommend([...rest, ...others, last], rules);
        expect(rankOf(withRule, rule.candidate)).toBeLessThanOrEqual(rankOf(without, rule.candidate));
      }),
      { numRuns: RUNS },
    );
  });

  it('gives the same bytes whatever the order, and every time', () => {
    fc.assert(
      fc.property(requirements(), priorities(), fc.nat(), (given, moved, seed) => {
        const options: RecommendOptions = { priorities: moved };
        const shuffled = [...given].sort((a, b) => ((a.id.length * seed) % 7) - ((b.id.length * seed) % 7)).reverse();
        const bytes = JSON.stringify(recommend(given, rules, options));
        expect(JSON.stringify(recommend(shuffled, rules, options))).toBe(bytes);
        expect(JSON.stringify(recommend(given, rules, options))).toBe(bytes);
      }),
      { numRuns: RUNS },
    );
  });

  it('really flips with every flip it names', () => {
    fc.assert(
      fc.property(requirements(), (given) => {
        const before = recommend(given, rules);
        for (const { change, winner } of before.flips) {
          const dropped = new Set(change.filter(({ kind }) => kind === 'drop').map((part) => part.requirement));
          const added = change.filter(({ kind }) => kind === 'add');
          const after = recommend(
            [
              ...given.filter(({ id }) => !dropped.has(id)),
              ...added.map((part) => ({ id: part.requirement, trigger: part.label, wanted: true })),
            ],
            rules,
          );
          expect(after.winner).toBe(winner);
          expect(after.winner).not.toBe(before.winner);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('adds up: every score is the sum of the shown reasons', () => {
    fc.assert(
      fc.property(requirements(), priorities(), (given, moved) => {
        const { ranking, runtime, reasons } = recommend(given, rules, { priorities: moved });
        for (const { framework, score } of [...ranking, ...(runtime?.ranking ?? [])]) {
          const own = reasons.filter(({ candidate }) => candidate === framework);
          expect(own.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(score, 5);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('keeps confidence between 0 and 1, and quotes no passage twice against the winner', () => {
    fc.assert(
      fc.property(requirements(), (given) => {
        const { confidence, caseAgainst } = recommend(given, rules);
        expect(confidence).toBeGreaterThanOrEqual(0);
        expect(confidence).toBeLessThanOrEqual(1);
        expect(new Set(caseAgainst.map(({ quote }) => quote)).size).toBe(caseAgainst.length);
      }),
      { numRuns: RUNS },
    );
  });
});
