import type { Decider } from './decider.ts';
import type { NextQuestion, Requirement } from './recommendation.ts';
import type { ClarifyingQuestion } from './rule.ts';
import { conditionOf } from './rule-table.ts';

/** A lead of at least this many points is not worth a question back. */
const CLEAR_MARGIN = 5;

/**
 * The one question whose answers lead to the most different winners, or null when the lead is clear or no answer
 * would change anything. An aspect that the asker has spoken of is not asked about again.
 */
export function findNextQuestion(
  known: readonly Requirement[],
  questions: readonly ClarifyingQuestion[],
  decider: Decider,
): NextQuestion | null {
  const conditions = known.map(({ id, wanted }) => conditionOf(id, wanted));
  const outcome = decider.outcome(conditions);
  if (outcome.second === null || (outcome.winner !== 'depends' && outcome.margin >= CLEAR_MARGIN)) return null;
  const spoken = new Set(known.map(({ id }) => id.slice(0, id.indexOf(':'))));
  let best: { question: NextQuestion; split: number } | null = null;
  for (const { aspect, text, options } of questions) {
    if (spoken.has(aspect)) continue;
    const answered = options.map(({ label, requirement }) => ({
      label,
      requirement,
      leadsTo: decider.outcome([...conditions, requirement]).winner,
    }));
    const split = splitOf(answered.map(({ leadsTo }) => leadsTo));
    if (split > 0 && (!best || split > best.split)) best = { question: { aspect, text, options: answered }, split };
  }
  return best?.question ?? null;
}

/** How evenly the answers part the winners (Gini impurity); "depends" settles nothing, so it counts half. */
function splitOf(winners: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const winner of winners) counts.set(winner, (counts.get(winner) ?? 0) + 1);
  const impurity = 1 - [...counts.values()].reduce((sum, count) => sum + (count / winners.length) ** 2, 0);
  return impurity * (1 - (counts.get('depends') ?? 0) / winners.length / 2);
}
