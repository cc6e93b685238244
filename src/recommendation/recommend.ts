import { CANDIDATE_NAMES, type CandidateId, FRAMEWORKS, type FrameworkId, RUNTIMES } from './candidate.ts';
import { caseAgainst } from './case-against.ts';
import { createDecider } from './decider.ts';
import type { ResolvedRules } from './evidence.ts';
import { findFlips } from './flips.ts';
import { findNextQuestion } from './next-question.ts';
import { exclusionsOf, type Policy } from './policy.ts';
import type { Contested, Exclusion, Ranked, Reason, Recommendation, Requirement } from './recommendation.ts';
import { bitOf, conditionOf, type Multiplier, RUNTIME_MARGIN_NEEDED, round, scoreOf } from './rule-table.ts';

/** Points that the confidence adds to the points given, so that few points never look like certainty. */
const DOUBT = 4;
/** `avoid:` requirements are the asker's own exclusions and need no rule. */
const AVOID = 'avoid:';

export interface RecommendOptions {
  /**
   * Factors (0 to 5; 1 changes nothing) by which rules count more or less: by requirement id (`priority:ease`) or by
   * aspect (`target`); the id wins over its aspect.
   */
  readonly priorities?: Readonly<Record<string, number>>;
  readonly policy?: Policy;
  /** The frameworks that the asker chooses between; all of them when absent or empty. */
  readonly among?: readonly FrameworkId[];
}

/**
 * Weighs the frameworks, and the runtimes when a deployment target is required, by the rules that the requirements
 * fire. Pure; the order of requirements never matters; the same input gives the same bytes (docs/rules.md).
 */
export function recommend(
  requirements: readonly Requirement[],
  rules: ResolvedRules,
  options: RecommendOptions = {},
): Recommendation {
  const known = normalized(requirements);
  const exclusions = exclude(known, rules, options.policy ?? []);
  const among =
    options.among && options.among.length > 0 ? FRAMEWORKS.filter((id) => options.among?.includes(id)) : FRAMEWORKS;
  const factor = multiplierOf(options.priorities ?? {});
  const decider = createDecider(rules.table, among, factor, maskOf(exclusions.filter(({ by }) => !isRule(by, rules))));
  const conditions = known.map(({ id, wanted }) => conditionOf(id, wanted));
  const { standing, outcome } = decider.decide(conditions);
  const winner = outcome.winner;
  const hasTarget = known.some(({ id, wanted }) => wanted && id.startsWith('target:'));
  const reasons = reasonsOf(known, rules, factor, winner).filter(({ candidate }) => {
    if (isFramework(candidate)) return among.includes(candidate);
    return hasTarget;
  });
  const contested = contestedOf(known, rules, factor);
  const nextQuestion = findNextQuestion(known, rules.questions, decider);
  const ranking = rank(among, standing.scores, standing.excluded);
  const shown = exclusions.filter(({ candidate }) => (isFramework(candidate) ? among.includes(candidate) : hasTarget));
  return {
    winner,
    dependsOn: winner === 'depends' ? dependsOn(ranking, contested, nextQuestion?.aspect ?? null, rules) : null,
    ranking,
    runtime: hasTarget ? runtimeOf(standing.scores, standing.excluded, rules, winner) : null,
    reasons,
    excluded: shown,
    contested,
    flips: findFlips(known, rules.table, decider, labelsOf(rules)),
    nextQuestion,
    caseAgainst: caseAgainst(winner, outcome.second, reasons, contested, known, rules),
    confidence: round(outcome.margin / (pointsGiven(reasons) + DOUBT)),
    rulesVersion: rules.version,
  };
}

/** By id, each once; wanted wins over ruled out: who needs a thing somewhere needs it. */
function normalized(requirements: readonly Requirement[]): Requirement[] {
  const byId = new Map<string, Requirement>();
  for (const requirement of requirements) {
    const other = byId.get(requirement.id);
    const isBetter =
      !other ||
      (requirement.wanted && !other.wanted) ||
      (requirement.wanted === other.wanted && requirement.trigger < other.trigger);
    if (isBetter) byId.set(requirement.id, requirement);
  }
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function exclude(known: readonly Requirement[], rules: ResolvedRules, policy: Policy): Exclusion[] {
  const exclusions: Exclusion[] = exclusionsOf(policy);
  const isKnown = (candidate: CandidateId): boolean => exclusions.some((other) => other.candidate === candidate);
  for (const { id, wanted, trigger } of known) {
    const candidate = id.slice(AVOID.length) as CandidateId;
    if (!wanted || !id.startsWith(AVOID) || !(candidate in CANDIDATE_NAMES) || isKnown(candidate)) continue;
    exclusions.push({
      candidate,
      by: 'asker',
      reason: `The question rules ${CANDIDATE_NAMES[candidate]} out.`,
      trigger,
      citation: null,
    });
  }
  for (const rule of rules.rules) {
    if (rule.kind !== 'exclude' || isKnown(rule.candidate) || !fires(rule, known)) continue;
    exclusions.push({
      candidate: rule.candidate,
      by: rule.id,
      reason: rule.reason,
      trigger: triggerOf(rule, known),
      citation: rule.citation,
    });
  }
  return exclusions;
}

function isRule(by: string, rules: ResolvedRules): boolean {
  return rules.rules.some(({ id }) => id === by);
}

function maskOf(exclusions: readonly Exclusion[]): number {
  return exclusions.reduce((mask, { candidate }) => mask | bitOf(candidate), 0);
}

interface Conditional {
  readonly when: readonly { readonly requirement: string; readonly wanted: boolean }[];
}

function fires(rule: Conditional, known: readonly Requirement[]): boolean {
  return rule.when.every((condition) =>
    known.some(({ id, wanted }) => id === condition.requirement && wanted === condition.wanted),
  );
}

function triggerOf(rule: Conditional, known: readonly Requirement[]): string {
  const triggers = rule.when.map((condition) => known.find(({ id }) => id === condition.requirement)?.trigger ?? '');
  return triggers.filter(Boolean).join(' + ');
}

function reasonsOf(
  known: readonly Requirement[],
  rules: ResolvedRules,
  factor: Multiplier,
  winner: FrameworkId | 'depends',
): Reason[] {
  const derived: Requirement[] =
    winner === 'depends' ? [] : [{ id: `framework:${winner}`, trigger: CANDIDATE_NAMES[winner], wanted: true }];
  const all = [...known, ...derived];
  const reasons: Reason[] = [];
  for (const rule of rules.rules) {
    if (rule.kind !== 'score' || !fires(rule, all)) continue;
    const conditions = rule.when.map(({ requirement, wanted }) => conditionOf(requirement, wanted));
    const weight = round(rule.weight * (conditions.length > 0 ? Math.max(...conditions.map(factor)) : 1));
    if (weight === 0) continue;
    const requirement = conditions.length > 0 ? conditions.join(' + ') : 'always';
    reasons.push({
      rule: rule.id,
      candidate: rule.candidate,
      weight,
      requirement,
      trigger: triggerOf(rule, all),
      reason: rule.reason,
      citation: rule.citation,
    });
  }
  return reasons.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight) || (a.rule < b.rule ? -1 : 1));
}

function contestedOf(known: readonly Requirement[], rules: ResolvedRules, factor: Multiplier): Contested[] {
  const contested: Contested[] = [];
  for (const rule of rules.rules) {
    if (rule.kind !== 'contested' || !fires(rule, known)) continue;
    const conditions = rule.when.map(({ requirement, wanted }) => conditionOf(requirement, wanted));
    if (conditions.every((condition) => factor(condition) === 0)) continue;
    contested.push({
      rule: rule.id,
      requirement: conditions.join(' + '),
      trigger: triggerOf(rule, known),
      dependsOn: rule.dependsOn,
      sides: rule.resolvedSides,
    });
  }
  return contested;
}

function rank<Id extends CandidateId>(ids: readonly Id[], scores: Float64Array, excluded: number): Ranked<Id>[] {
  return ids
    .filter((id) => (excluded & bitOf(id)) === 0)
    .map((framework) => ({ framework, score: round(scoreOf(scores, framework)) }))
    .sort((a, b) => b.score - a.score || ids.indexOf(a.framework) - ids.indexOf(b.framework));
}

/** Runtimes with points, best first. The runtime that belongs to the winning framework gets its half point here. */
function runtimeOf(
  scores: Float64Array,
  excluded: number,
  rules: ResolvedRules,
  winner: FrameworkId | 'depends',
): Recommendation['runtime'] {
  const partner = rules.table.single.get(`framework:${winner}`)?.scores;
  const sums = partner ? scores.map((score, column) => score + (partner[column] as number)) : scores;
  const ranking = rank(RUNTIMES, sums, excluded).filter(({ score }) => score > 0);
  const [first, second] = ranking;
  const leads = first !== undefined && first.score - (second?.score ?? 0) >= RUNTIME_MARGIN_NEEDED;
  return { winner: leads ? first.framework : 'depends', ranking };
}

function dependsOn(
  ranking: readonly Ranked<FrameworkId>[],
  contested: readonly Contested[],
  aspect: string | null,
  rules: ResolvedRules,
): string {
  if (ranking.length === 0) return 'No framework is left: every one is excluded, for the reasons listed.';
  const stated = contested[0];
  if (stated) return stated.dependsOn;
  const close = ranking.slice(0, 2).map(({ framework }) => CANDIDATE_NAMES[framework]);
  const settles = rules.questions.find((question) => question.aspect === aspect)?.settles;
  return `${close.join(' and ')} are too close to call on what the question says; it depends on ${settles ?? 'needs that the question does not name'}.`;
}

/** Factor per condition: the requirement's own, else its aspect's, else 1; out-of-range values are brought into range. */
function multiplierOf(priorities: Readonly<Record<string, number>>): Multiplier {
  const entries = new Map(
    Object.entries(priorities).map(([key, value]) => [
      key,
      Math.min(5, Math.max(0, Number.isFinite(value) ? value : 1)),
    ]),
  );
  if (entries.size === 0) return () => 1;
  return (condition) => {
    const id = condition.startsWith('not ') ? condition.slice(4) : condition;
    return entries.get(id) ?? entries.get(id.slice(0, id.indexOf(':'))) ?? 1;
  };
}

function pointsGiven(reasons: readonly Reason[]): number {
  return reasons.reduce((sum, { candidate, weight }) => sum + (isFramework(candidate) ? Math.abs(weight) : 0), 0);
}

function isFramework(id: CandidateId): id is FrameworkId {
  return (FRAMEWORKS as readonly CandidateId[]).includes(id);
}

/** Labels of requirements, from the clarifying questions; a requirement without one is shown by its id. */
function labelsOf(rules: ResolvedRules): (requirement: string) => string {
  return (requirement) => {
    for (const { options } of rules.questions) {
      const option = options.find((option) => option.requirement === requirement);
      if (option) return option.label;
    }
    return requirement;
  };
}
