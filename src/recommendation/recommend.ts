import {
  CANDIDATE_NAMES,
  type CandidateId,
  FRAMEWORKS,
  type FrameworkId,
  RUNTIMES,
  type RuntimeId,
} from './candidate.ts';
import { caseAgainst } from './case-against.ts';
import { createDecider, type Decider } from './decider.ts';
import type { ResolvedRules } from './evidence.ts';
import { fireRules } from './fired-rules.ts';
import { findFlips } from './flips.ts';
import { findNextQuestion } from './next-question.ts';
import { exclusionsOf, type Policy } from './policy.ts';
import type { Contested, Exclusion, Ranked, Reason, Recommendation, Requirement } from './recommendation.ts';
import { bitOf, conditionOf, isFramework, type Multiplier, round, type Standing, scoreOf } from './rule-table.ts';

/** Points that the confidence adds to the points given, so that few points never look like certainty. */
const DOUBT = 4;
/** `avoid:` requirements are the asker's own exclusions and need no rule. */
const AVOID = 'avoid:';
/** Aspects that say where a finished model runs: with one of them, a runtime is recommended too. */
const DEPLOYMENT = ['target:', 'language:'] as const;

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
  const { known, among, factor, forbidden, decider, conditions } = prepare(requirements, rules, options);
  const { standing, outcome } = decider.decide(conditions);
  const { winner } = outcome;

  const deploys = known.some(({ id, wanted }) => wanted && DEPLOYMENT.some((aspect) => id.startsWith(aspect)));
  const fired = fireRules(known, rules, factor, winner);
  const runtime = deploys ? runtimeOf(standing, fired.tieBreaks) : null;
  const isOpen = ({ candidate }: { readonly candidate: CandidateId }): boolean =>
    isFramework(candidate) ? among.includes(candidate) : runtime !== null;
  // A runtime without points is not shown, so what cost it its points says nothing.
  const isTold = ({ candidate }: Reason): boolean =>
    isFramework(candidate)
      ? among.includes(candidate)
      : runtime?.ranking.some(({ framework }) => framework === candidate) === true;
  const isDecisive = ({ candidate }: Reason): boolean => runtime?.isTied === true && candidate === runtime.winner;
  const reasons = [...fired.reasons.filter(isTold), ...fired.tieBreaks.filter(isDecisive)];
  const ranking = rank(among, standing.scores, standing.excluded);
  const nextQuestion = findNextQuestion(known, rules.questions, decider);
  return {
    winner,
    dependsOn: winner === 'depends' ? dependsOn(ranking, fired.contested, nextQuestion?.aspect, rules) : null,
    ranking,
    runtime: runtime && { winner: runtime.winner, ranking: runtime.ranking },
    reasons,
    // The first ground stands: a forbidden candidate is not excluded again by a rule.
    excluded: [
      ...forbidden,
      ...fired.exclusions.filter(({ candidate }) => !forbidden.some((other) => other.candidate === candidate)),
    ].filter(isOpen),
    contested: fired.contested,
    flips: findFlips(known, rules, decider),
    nextQuestion,
    caseAgainst: caseAgainst(outcome, reasons, fired.contested, fired.caveats),
    confidence: round(outcome.margin / (pointsGiven(reasons) + DOUBT)),
    rulesVersion: rules.version,
  };
}

/** The winner alone, at a fraction of the cost: for trying many variants. */
export function winnerOf(
  requirements: readonly Requirement[],
  rules: ResolvedRules,
  options: RecommendOptions,
): Recommendation['winner'] {
  const { decider, conditions } = prepare(requirements, rules, options);
  return decider.outcome(conditions).winner;
}

interface Prepared {
  readonly known: readonly Requirement[];
  readonly conditions: readonly string[];
  readonly among: readonly FrameworkId[];
  readonly factor: Multiplier;
  readonly forbidden: readonly Exclusion[];
  readonly decider: Decider;
}

function prepare(requirements: readonly Requirement[], rules: ResolvedRules, options: RecommendOptions): Prepared {
  const known = normalize(requirements);
  const conditions = known.map(({ id, wanted }) => conditionOf(id, wanted));
  const among = options.among?.length ? FRAMEWORKS.filter((id) => options.among?.includes(id)) : FRAMEWORKS;
  const factor = createMultiplier(options.priorities ?? {});
  const forbidden = forbid(known, options.policy ?? []);
  const decider = createDecider(rules.table, among, factor, maskOf(forbidden));
  return { known, conditions, among, factor, forbidden, decider };
}

/** By id, each once; wanted wins over ruled out: who needs a thing somewhere needs it. */
function normalize(requirements: readonly Requirement[]): Requirement[] {
  const byId = new Map<string, Requirement>();
  for (const requirement of requirements) {
    const other = byId.get(requirement.id);
    const isEqual = other?.wanted === requirement.wanted;
    const isFirst = !other || (isEqual ? requirement.trigger < other.trigger : requirement.wanted);
    if (isFirst) byId.set(requirement.id, requirement);
  }
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Exclusions that hold whatever the rules say: the policy's, then the asker's own. */
function forbid(known: readonly Requirement[], policy: Policy): Exclusion[] {
  const exclusions = exclusionsOf(policy);
  for (const { id, wanted, trigger } of known) {
    if (!wanted || !id.startsWith(AVOID)) continue;
    const candidate = id.slice(AVOID.length);
    if (!isCandidate(candidate) || exclusions.some((other) => other.candidate === candidate)) continue;
    const reason = `The question rules ${CANDIDATE_NAMES[candidate]} out.`;
    exclusions.push({ candidate, by: 'asker', reason, trigger, citation: null });
  }
  return exclusions;
}

function isCandidate(text: string): text is CandidateId {
  return Object.hasOwn(CANDIDATE_NAMES, text);
}

function maskOf(exclusions: readonly Exclusion[]): number {
  return exclusions.reduce((mask, { candidate }) => mask | bitOf(candidate), 0);
}

function rank<Id extends CandidateId>(ids: readonly Id[], scores: Float64Array, excluded: number): Ranked<Id>[] {
  return ids
    .filter((id) => (excluded & bitOf(id)) === 0)
    .map((framework) => ({ framework, score: round(scoreOf(scores, framework)) }))
    .sort((a, b) => b.score - a.score || ids.indexOf(a.framework) - ids.indexOf(b.framework));
}

interface RankedRuntimes {
  readonly winner: RuntimeId | 'depends';
  readonly ranking: readonly Ranked<RuntimeId>[];
  /** True when several have the most points. */
  readonly isTied: boolean;
}

/** Runtimes with points, best first, or null without any; of equal ones the winning framework's own is named. */
function runtimeOf({ scores, excluded }: Standing, tieBreaks: readonly Reason[]): RankedRuntimes | null {
  const ranking = rank(RUNTIMES, scores, excluded).filter(({ score }) => score > 0);
  const best = ranking.filter(({ score }) => score === ranking[0]?.score).map(({ framework }) => framework);
  const [first] = best;
  if (!first) return null;
  if (best.length === 1) return { winner: first, ranking, isTied: false };
  const [own, ...others] = best.filter((id) => tieBreaks.some(({ candidate }) => candidate === id));
  return { winner: own && others.length === 0 ? own : 'depends', ranking, isTied: true };
}

function dependsOn(
  ranking: readonly Ranked<FrameworkId>[],
  contested: readonly Contested[],
  aspect: string | undefined,
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
function createMultiplier(priorities: Readonly<Record<string, number>>): Multiplier {
  const factors = new Map<string, number>();
  for (const [key, value] of Object.entries(priorities)) {
    if (Number.isFinite(value)) factors.set(key, Math.min(5, Math.max(0, value)));
  }
  if (factors.size === 0) return () => 1;
  return (condition) => {
    const id = condition.startsWith('not ') ? condition.slice(4) : condition;
    return factors.get(id) ?? factors.get(id.slice(0, id.indexOf(':'))) ?? 1;
  };
}

function pointsGiven(reasons: readonly Reason[]): number {
  return reasons.reduce((sum, { candidate, weight }) => sum + (isFramework(candidate) ? Math.abs(weight) : 0), 0);
}
