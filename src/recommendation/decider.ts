import type { FrameworkId } from './candidate.ts';
import { evaluate, type Multiplier, type Outcome, outcomeOf, type RuleTable, type Standing } from './rule-table.ts';

/** Decides the same question again under other conditions: what flips, next questions and stability are made of. */
export interface Decider {
  decide(conditions: readonly string[]): { readonly standing: Standing; readonly outcome: Outcome };
}

/** A decider for fixed rules, frameworks, priorities and exclusions. Conditions are given in any order, without repeats. */
export function createDecider(
  table: RuleTable,
  among: readonly FrameworkId[],
  factor: Multiplier,
  excluded: number,
): Decider {
  return {
    decide(conditions) {
      const standing = evaluate(table, [...conditions].sort(), factor, excluded);
      return { standing, outcome: outcomeOf(standing, among) };
    },
  };
}
