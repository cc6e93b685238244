import type { FrameworkId } from './candidate.ts';
import type { ResolvedRules } from './evidence.ts';
import type { Contested, Evidence, Reason, Requirement } from './recommendation.ts';

/** Passages shown against a winner. */
const MAX_PASSAGES = 3;

/**
 * The strongest passages against the winner: rules that cost it points, then rules that gave the runner-up points,
 * then what is contested, then the winner's standing drawbacks. For `depends`, both sides of what is contested.
 */
export function caseAgainst(
  winner: FrameworkId | 'depends',
  runnerUp: FrameworkId | null,
  reasons: readonly Reason[],
  contested: readonly Contested[],
  known: readonly Requirement[],
  rules: ResolvedRules,
): Evidence[] {
  const against = reasons.filter(({ candidate, weight }) => candidate === winner && weight < 0);
  const forRival =
    winner === 'depends' ? [] : reasons.filter(({ candidate, weight }) => candidate === runnerUp && weight > 0);
  const drawbacks = rules.rules
    .filter((rule) => rule.kind === 'caveat' && rule.candidate === winner)
    .filter(({ when }) =>
      when.every((condition) =>
        known.some(({ id, wanted }) => id === condition.requirement && wanted === condition.wanted),
      ),
    )
    // Drawbacks that fit the requirements say more than those that always hold.
    .sort((a, b) => b.when.length - a.when.length || (a.id < b.id ? -1 : 1));
  const passages = [
    ...[...against, ...forRival].map(({ citation }) => citation),
    ...contested.flatMap(({ sides }) => sides.map(({ citation }) => citation)),
    ...drawbacks.flatMap((rule) => (rule.kind === 'caveat' ? [rule.citation] : [])),
  ];
  const seen = new Set<string>();
  return passages
    .filter(({ path, quote }) => !seen.has(`${path}\0${quote}`) && seen.add(`${path}\0${quote}`))
    .slice(0, MAX_PASSAGES);
}
