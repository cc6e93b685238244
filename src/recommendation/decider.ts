import { FRAMEWORKS, type FrameworkId } from './candidate.ts';
import { evaluate, type Multiplier, type Outcome, outcomeOf, type RuleTable, type Standing } from './rule-table.ts';

/** Decides the same question again under other conditions: what flips and next questions are made of. */
export interface Decider {
  /** Both axes: every candidate's score, and the winner among the frameworks. */
  decide(conditions: readonly string[]): { readonly standing: Standing; readonly outcome: Outcome };
  /** The frameworks' axis only, which is quicker. */
  outcome(conditions: readonly string[]): Outcome;
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
      const standing = evaluate(table, conditions, factor, excluded);
      return { standing, outcome: outcomeOf(standing, among) };
    },
    outcome: (conditions) => outcomeOf(evaluate(table, conditions, factor, excluded, FRAMEWORKS.length), among),
  };
}
