import { FRAMEWORKS } from './candidate.ts';
import type { Rule, ScoreRule } from './rule.ts';

/**
 * Checks that the rules keep the promise of docs/rules.md: adding a requirement that a rule supports for a candidate
 * never lowers that candidate's rank. That holds when, for every requirement, each candidate that it supports gains
 * at least as much as every other candidate of its axis can gain, whatever else is required.
 */
export function findMonotonyProblems(rules: readonly Rule[]): string[] {
  const problems: string[] = [];
  const scores = rules.filter((rule) => rule.kind === 'score');
  const isFramework = (rule: ScoreRule): boolean => (FRAMEWORKS as readonly string[]).includes(rule.candidate);
  const literals = new Set(scores.flatMap((rule) => rule.when.map(literalOf)));
  for (const literal of [...literals].sort()) {
    const touching = scores.flatMap((rule) => {
      if (rule.when.some((condition) => literalOf(condition) === literal)) return [rule];
      // Wanting a thing takes back what its being ruled out gave or cost; at worst, only where that hurts.
      const isOpposite = rule.when.some((condition) => literalOf(condition) === `not ${literal}`);
      return isOpposite ? [{ ...rule, weight: -rule.weight, when: [...rule.when, ...rule.when] }] : [];
    });
    for (const axis of [touching.filter(isFramework), touching.filter((rule) => !isFramework(rule))]) {
      for (const support of axis.filter(({ weight }) => weight > 0)) {
        const least = leastGain(support, axis);
        const rival = mostGaining(support, axis);
        if (rival && rival.gain > least) {
          problems.push(
            `${support.file}: rule ${support.id}: "${literal}" can give ${support.candidate} as little as ${least} and ${rival.candidate} as much as ${rival.gain}, so adding it could lower the rank of a candidate that it supports; give both the same weight, or make one of the rules a drawback`,
          );
        }
      }
    }
    for (const rule of rules) {
      if (rule.kind !== 'exclude' || !rule.when.some((condition) => literalOf(condition) === literal)) continue;
      const support = touching.find(({ candidate, weight }) => candidate === rule.candidate && weight > 0);
      if (support)
        problems.push(
          `${rule.file}: rule ${rule.id}: "${literal}" both supports (${support.id}) and excludes ${rule.candidate}`,
        );
    }
  }
  return problems;
}

function literalOf({ requirement, wanted }: { readonly requirement: string; readonly wanted: boolean }): string {
  return wanted ? requirement : `not ${requirement}`;
}

/** What the supported candidate gains when the support fires and, of the combined rules, only the drawbacks do. */
function leastGain(support: ScoreRule, axis: readonly ScoreRule[]): number {
  let gain = 0;
  for (const rule of axis) {
    if (rule.candidate !== support.candidate) continue;
    if (rule === support || rule.when.length === 1 || rule.weight < 0) gain += rule.weight;
  }
  return gain;
}

function mostGaining(support: ScoreRule, axis: readonly ScoreRule[]): { candidate: string; gain: number } | null {
  const gains = new Map<string, number>();
  for (const rule of axis) {
    if (rule.candidate === support.candidate) continue;
    if (rule.when.length === 1 || rule.weight > 0)
      gains.set(rule.candidate, (gains.get(rule.candidate) ?? 0) + rule.weight);
  }
  let best: { candidate: string; gain: number } | null = null;
  for (const [candidate, gain] of gains) if (!best || gain > best.gain) best = { candidate, gain };
  return best;
}
