import type { FrameworkId } from './candidate.ts';
import type { ResolvedRules } from './evidence.ts';
import { type RecommendOptions, winnerOf } from './recommend.ts';
import type { Requirement } from './recommendation.ts';

/** Factors under which each requirement is tried: ignored, half, double, triple. */
const FACTORS = [0, 0.5, 2, 3] as const;

/** How a recommendation stands when one requirement counts less or more. */
export interface Stability {
  readonly winner: FrameworkId | 'depends';
  /** 0-1: the share of trials that kept the winner; 1 when there was nothing to vary. */
  readonly share: number;
  /** The trials that changed the winner, by requirement. */
  readonly changes: readonly {
    readonly requirement: string;
    readonly factor: number;
    readonly winner: FrameworkId | 'depends';
  }[];
}

/** Tries each requirement at other priorities, one at a time, and reports which change the winner. */
export function stability(
  requirements: readonly Requirement[],
  rules: ResolvedRules,
  options: RecommendOptions = {},
): Stability {
  const winner = winnerOf(requirements, rules, options);
  const ids = [...new Set(requirements.map(({ id }) => id))].sort();
  const changes: { requirement: string; factor: number; winner: FrameworkId | 'depends' }[] = [];
  for (const requirement of ids) {
    for (const factor of FACTORS) {
      const moved = winnerOf(requirements, rules, {
        ...options,
        priorities: { ...options.priorities, [requirement]: factor },
      });
      if (moved !== winner) changes.push({ requirement, factor, winner: moved });
    }
  }
  const trials = ids.length * FACTORS.length;
  return { winner, share: trials === 0 ? 1 : (trials - changes.length) / trials, changes };
}
