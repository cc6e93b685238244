import type { FiredRules } from './fired-rules.ts';
import type { Contested, Evidence, Reason } from './recommendation.ts';
import type { Outcome } from './rule-table.ts';

/** Passages shown against a winner. */
const MAX_PASSAGES = 3;

/**
 * The strongest passages against the winner: rules that cost it points, then rules that gave the runner-up points,
 * then what is contested, then the winner's standing drawbacks. For `depends`, the sides of what is contested.
 */
export function caseAgainst(
  { winner, second }: Outcome,
  reasons: readonly Reason[],
  contested: readonly Contested[],
  caveats: FiredRules['caveats'],
): Evidence[] {
  const against = reasons.filter(({ candidate, weight }) => candidate === winner && weight < 0);
  const forRival = reasons.filter(
    ({ candidate, weight }) => winner !== 'depends' && candidate === second && weight > 0,
  );
  const passages = [
    ...[...against, ...forRival].map(({ citation }) => citation),
    ...contested.flatMap(({ sides }) => sides.map(({ citation }) => citation)),
    ...caveats.filter(({ candidate }) => candidate === winner).map(({ citation }) => citation),
  ];
  const seen = new Set<string>();
  const isNew = ({ path, quote }: Evidence): boolean => {
    const key = `${path}\0${quote}`;
    return !seen.has(key) && seen.add(key) !== undefined;
  };
  return passages.filter(isNew).slice(0, MAX_PASSAGES);
}
