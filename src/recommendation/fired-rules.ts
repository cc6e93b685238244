import { CANDIDATE_NAMES, type FrameworkId } from './candidate.ts';
import type { ResolvedRule, ResolvedRules } from './evidence.ts';
import type { Contested, Exclusion, Reason, Requirement } from './recommendation.ts';
import { conditionOf, isFramework, type Multiplier, round } from './rule-table.ts';

/** What the rules that fire say, in the order in which it is shown: frameworks first, the weightiest first. */
export interface FiredRules {
  readonly reasons: readonly Reason[];
  readonly contested: readonly Contested[];
  readonly exclusions: readonly Exclusion[];
  /** What decides between runtimes with equal points; as reasons, of weight 0. */
  readonly tieBreaks: readonly Reason[];
  /** Drawbacks without points; those that rest on a requirement first. */
  readonly caveats: readonly Extract<ResolvedRule, { kind: 'caveat' }>[];
}

/** The rules that fire on the requirements and, for the runtimes' tie, on the framework that won. */
export function fireRules(
  known: readonly Requirement[],
  rules: ResolvedRules,
  factor: Multiplier,
  winner: FrameworkId | 'depends',
): FiredRules {
  const triggers = new Map(known.map(({ id, wanted, trigger }) => [conditionOf(id, wanted), trigger]));
  if (winner !== 'depends') triggers.set(`framework:${winner}`, CANDIDATE_NAMES[winner]);
  const reasons: Reason[] = [];
  const contested: Contested[] = [];
  const exclusions: Exclusion[] = [];
  const tieBreaks: Reason[] = [];
  const caveats: FiredRules['caveats'][number][] = [];
  for (const first of ['', ...triggers.keys()]) {
    for (const rule of rules.table.byCondition.get(first) ?? []) {
      const conditions = rule.when.map(({ requirement, wanted }) => conditionOf(requirement, wanted));
      if (!conditions.every((condition) => triggers.has(condition))) continue;
      const requirement = conditions.join(' + ') || 'always';
      const trigger = conditions.flatMap((condition) => triggers.get(condition) || []).join(' + ');
      const factorOfRule = conditions.length > 0 ? Math.max(...conditions.map(factor)) : 1;
      switch (rule.kind) {
        case 'score': {
          const weight = round(rule.weight * factorOfRule);
          const { id, candidate, reason, citation } = rule;
          if (weight !== 0) reasons.push({ rule: id, candidate, weight, requirement, trigger, reason, citation });
          break;
        }
        case 'contested': {
          const { id, dependsOn, resolvedSides: sides } = rule;
          if (factorOfRule > 0) contested.push({ rule: id, requirement, trigger, dependsOn, sides });
          break;
        }
        case 'exclude': {
          const { id, candidate, reason, citation } = rule;
          exclusions.push({ candidate, by: id, reason, trigger, citation });
          break;
        }
        case 'tie-break': {
          const { id, candidate, reason, citation } = rule;
          tieBreaks.push({ rule: id, candidate, weight: 0, requirement, trigger, reason, citation });
          break;
        }
        case 'caveat':
          caveats.push(rule);
          break;
        default:
          rule satisfies never;
      }
    }
  }
  reasons.sort(
    (a, b) =>
      Number(isFramework(b.candidate)) - Number(isFramework(a.candidate)) ||
      Math.abs(b.weight) - Math.abs(a.weight) ||
      (a.rule < b.rule ? -1 : 1),
  );
  contested.sort((a, b) => (a.rule < b.rule ? -1 : 1));
  exclusions.sort((a, b) => (a.by < b.by ? -1 : 1));
  caveats.sort((a, b) => b.when.length - a.when.length || (a.id < b.id ? -1 : 1));
  return { reasons, contested, exclusions, tieBreaks, caveats };
}
