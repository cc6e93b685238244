import type { Decider } from './decider.ts';
import type { ResolvedRules } from './evidence.ts';
import type { Flip, Requirement } from './recommendation.ts';
import { conditionOf } from './rule-table.ts';

/** Flips shown; more would bury the telling ones. */
const MAX_FLIPS = 3;

type Change = Flip['change'][number];

/**
 * The smallest changes of the requirements that give another winner: one dropped, or one added; only when none does,
 * one exchanged for another of its aspect, or two dropped. Each is found by deciding again.
 */
export function findFlips(known: readonly Requirement[], rules: ResolvedRules, decider: Decider): Flip[] {
  const conditions = new Map(known.map(({ id, wanted }) => [id, conditionOf(id, wanted)]));
  const before = decider.outcome([...conditions.values()]).winner;
  const tryAll = (changes: readonly (readonly Change[])[]): Flip[] => {
    const flips: Flip[] = [];
    for (const change of changes) {
      const after = new Map(conditions);
      for (const { kind, requirement } of change) {
        if (kind === 'drop') after.delete(requirement);
        else after.set(requirement, requirement);
      }
      const { winner } = decider.outcome([...after.values()]);
      if (winner !== before) flips.push({ change, winner });
    }
    return choose(flips);
  };

  const drops = known.filter(({ id }) => canChange(id)).map((requirement) => dropOf(requirement, rules));
  const adds = addable(known, rules);
  const single = tryAll([...drops, ...adds].map((change) => [change]));
  if (single.length > 0) return single;
  const exchanged = drops.flatMap((drop) =>
    adds.filter((add) => aspectOf(add.requirement) === aspectOf(drop.requirement)).map((add) => [drop, add]),
  );
  const pairs = drops.flatMap((one, at) => drops.slice(at + 1).map((other) => [one, other]));
  return tryAll([...exchanged, ...pairs]);
}

function dropOf({ id, trigger }: Requirement, rules: ResolvedRules): Change {
  return { kind: 'drop', requirement: id, label: trigger || (rules.labels[id] ?? id) };
}

/** Everything that could be said of each rule set, in the order of the labels: the commonest needs first. */
const sayable = new WeakMap<ResolvedRules, readonly Change[]>();

/** What could be said besides. */
function addable(known: readonly Requirement[], rules: ResolvedRules): Change[] {
  let all = sayable.get(rules);
  if (!all) {
    const matters = new Set(rules.table.requirements);
    all = Object.entries(rules.labels)
      .filter(([id]) => matters.has(id) && canChange(id))
      .map(([requirement, label]) => ({ kind: 'add', requirement, label }));
    sayable.set(rules, all);
  }
  const said = new Set(known.map(({ id }) => id));
  return all.filter(({ requirement }) => !said.has(requirement));
}

/** What a question is about, or rules out by name, is no need that could be otherwise. */
function canChange(id: string): boolean {
  return !/^(?:subject|avoid|framework):/.test(id);
}

function aspectOf(id: string): string {
  return id.slice(0, id.indexOf(':'));
}

/** One change per new winner and kind: drops before additions, a named winner before `depends`, which tells less. */
function choose(flips: readonly Flip[]): Flip[] {
  const chosen = new Map<string, Flip>();
  for (const flip of flips) {
    const key = `${rankOf(flip)} ${flip.winner}`;
    if (!chosen.has(key)) chosen.set(key, flip);
  }
  return [...chosen.values()].sort((a, b) => rankOf(a) - rankOf(b)).slice(0, MAX_FLIPS);
}

function rankOf({ winner, change }: Flip): number {
  return (winner === 'depends' ? 2 : 0) + (change.some(({ kind }) => kind === 'add') ? 1 : 0);
}
