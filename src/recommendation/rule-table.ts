import { type CandidateId, FRAMEWORKS, type FrameworkId, RUNTIMES } from './candidate.ts';
import type { ResolvedRule } from './evidence.ts';

/** All candidates, frameworks first: the columns of every score vector. */
const CANDIDATES: readonly CandidateId[] = [...FRAMEWORKS, ...RUNTIMES];
const COLUMN = new Map(CANDIDATES.map((id, column) => [id, column]));

/** Points by which the best framework must lead to be called the winner. */
const MARGIN_NEEDED = 2;

/** What one condition adds, all its single-condition rules together. */
interface Effect {
  readonly scores: Float64Array;
  /** Bit per candidate that is excluded. */
  readonly excluded: number;
  /** Points of margin needed beyond MARGIN_NEEDED. */
  readonly contested: number;
}

interface CombinedEffect extends Effect {
  readonly when: readonly string[];
}

/** The rules made quick to apply: one vector per condition, and the few rules that combine conditions. */
export interface RuleTable {
  readonly always: Effect;
  readonly single: ReadonlyMap<string, Effect>;
  /** What several conditions add together, by the first of them. */
  readonly combined: ReadonlyMap<string, readonly CombinedEffect[]>;
  /** Rules by the first of their conditions; those that always fire under the empty string. */
  readonly byCondition: ReadonlyMap<string, readonly ResolvedRule[]>;
  /** Every requirement that gives points for or against a framework, sorted: what can change the winner. */
  readonly requirements: readonly string[];
}

/** Factor by which the weights of a condition's rules are multiplied; 1 where nothing was moved. */
export type Multiplier = (condition: string) => number;

/** The state of a set of conditions: what decides the winner. */
export interface Standing {
  readonly scores: Float64Array;
  readonly excluded: number;
  readonly marginNeeded: number;
}

/** A condition as a string: `target:mobile`, or `not target:mobile` when it is ruled out. */
export function conditionOf(requirement: string, wanted: boolean): string {
  return wanted ? requirement : `not ${requirement}`;
}

/** Compiles rules into the table that `evaluate` reads. */
export function createRuleTable(rules: readonly ResolvedRule[]): RuleTable {
  const groups = new Map<string, { when: string[]; rules: ResolvedRule[] }>();
  const byCondition = new Map<string, ResolvedRule[]>();
  const requirements = new Set<string>();
  for (const rule of rules) {
    const when = rule.when.map(({ requirement, wanted }) => conditionOf(requirement, wanted));
    const first = when[0] ?? '';
    byCondition.set(first, [...(byCondition.get(first) ?? []), rule]);
    if (
      rule.kind === 'contested' ||
      ((rule.kind === 'score' || rule.kind === 'exclude') && isFramework(rule.candidate))
    ) {
      for (const { requirement, wanted } of rule.when) if (wanted) requirements.add(requirement);
    }
    const key = when.join(' & ');
    const group = groups.get(key);
    if (group) group.rules.push(rule);
    else groups.set(key, { when, rules: [rule] });
  }
  const single = new Map<string, Effect>();
  const combined = new Map<string, CombinedEffect[]>();
  for (const { when, rules } of groups.values()) {
    const [first, ...others] = when;
    if (first === undefined) continue;
    if (others.length === 0) single.set(first, effectOf(rules));
    else combined.set(first, [...(combined.get(first) ?? []), { when, ...effectOf(rules) }]);
  }
  const always = effectOf(groups.get('')?.rules ?? []);
  return { always, single, combined, byCondition, requirements: [...requirements].sort() };
}

/** True for a training framework, false for a deployment runtime. */
export function isFramework(id: CandidateId): id is FrameworkId {
  return (FRAMEWORKS as readonly CandidateId[]).includes(id);
}

function effectOf(rules: readonly ResolvedRule[]): Effect {
  const scores = new Float64Array(CANDIDATES.length);
  let excluded = 0;
  let contested = 0;
  for (const rule of rules) {
    if (rule.kind === 'contested') contested = Math.max(contested, rule.weight);
    else if (rule.kind === 'exclude') excluded |= bitOf(rule.candidate);
    else if (rule.kind === 'score')
      scores[columnOf(rule.candidate)] = (scores[columnOf(rule.candidate)] as number) + rule.weight;
  }
  return { scores, excluded, contested };
}

/**
 * Adds up what the conditions say, for the first `columns` candidates. `conditions` is without repeats; weights are
 * small integers, so the order of addition never shows; moved weights are rounded before they are compared.
 */
export function evaluate(
  table: RuleTable,
  conditions: readonly string[],
  multiplier: Multiplier,
  excludedBefore: number,
  columns = CANDIDATES.length,
): Standing {
  const scores = table.always.scores.slice(0, columns);
  let excluded = excludedBefore | table.always.excluded;
  let contested = table.always.contested;
  const add = (effect: Effect, factor: number): void => {
    excluded |= effect.excluded;
    if (factor > 0) contested = Math.max(contested, effect.contested);
    for (let column = 0; column < columns; column++) {
      scores[column] = (scores[column] as number) + factor * (effect.scores[column] as number);
    }
  };
  for (const condition of conditions) {
    const effect = table.single.get(condition);
    if (effect) add(effect, multiplier(condition));
    for (const together of table.combined.get(condition) ?? []) {
      if (together.when.every((part) => conditions.includes(part)))
        add(together, Math.max(...together.when.map(multiplier)));
    }
  }
  return { scores, excluded, marginNeeded: MARGIN_NEEDED + contested };
}

export interface Outcome {
  readonly winner: FrameworkId | 'depends';
  readonly first: FrameworkId | null;
  readonly second: FrameworkId | null;
  /** Points between the first and the second; the first's own when there is no second. */
  readonly margin: number;
}

/** Who wins among the given frameworks: the first, if it leads by the margin needed or is the only one left. */
export function outcomeOf({ scores, excluded, marginNeeded }: Standing, among: readonly FrameworkId[]): Outcome {
  let first: FrameworkId | null = null;
  let second: FrameworkId | null = null;
  for (const id of among) {
    if (excluded & bitOf(id)) continue;
    const score = scoreOf(scores, id);
    if (first === null || score > scoreOf(scores, first)) {
      second = first;
      first = id;
    } else if (second === null || score > scoreOf(scores, second)) second = id;
  }
  if (first === null) return { winner: 'depends', first, second, margin: 0 };
  if (second === null) return { winner: first, first, second, margin: Math.max(0, scoreOf(scores, first)) };
  const margin = round(scoreOf(scores, first) - scoreOf(scores, second));
  return { winner: margin >= marginNeeded ? first : 'depends', first, second, margin };
}

/** A candidate's score in a score vector. */
export function scoreOf(scores: Float64Array, id: CandidateId): number {
  return scores[columnOf(id)] as number;
}

/** The bit that stands for a candidate in an exclusion mask. */
export function bitOf(id: CandidateId): number {
  return 1 << columnOf(id);
}

/** Six decimals: moved weights must not make two equal sums differ in the last bit. */
export function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

function columnOf(id: CandidateId): number {
  return COLUMN.get(id) as number;
}
