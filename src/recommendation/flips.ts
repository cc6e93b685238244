import type { Decider } from './decider.ts';
import type { Flip, Requirement } from './recommendation.ts';
import { conditionOf, type RuleTable } from './rule-table.ts';

/** Flips shown; more would bury the telling ones. */
const MAX_FLIPS = 3;

type Change = Flip['change'];

/**
 * The smallest changes of the requirements that give another winner: one dropped, or one added; only when none does,
 * one exchanged for another of its aspect, or two dropped. Each is found by deciding again.
 */
export function findFlips(
  known: readonly Requirement[],
  table: RuleTable,
  decider: Decider,
  labelOf: (requirement: string) => string,
): Flip[] {
  const conditions = known.map(({ id, wanted }) => conditionOf(id, wanted));
  const before = decider.decide(conditions).outcome.winner;
  const tryChange = (change: Change): Flip | null => {
    const dropped = new Set(change.filter(({ kind }) => kind === 'drop').map(({ requirement }) => requirement));
    const kept = known.filter(({ id }) => !dropped.has(id)).map(({ id, wanted }) => conditionOf(id, wanted));
    const added = change.filter(({ kind }) => kind === 'add').map(({ requirement }) => requirement);
    const { winner } = decider.decide([...kept, ...added]).outcome;
    return winner === before ? null : { change, winner };
  };
  const drop = ({ id, trigger }: Requirement): Change[number] => ({
    kind: 'drop',
    requirement: id,
    label: trigger || labelOf(id),
  });
  const addable = table.requirements.filter(
    (id) => isAskable(id) && !known.some((requirement) => requirement.id === id),
  );
  const add = (id: string): Change[number] => ({ kind: 'add', requirement: id, label: labelOf(id) });

  const single = [...known.map((requirement) => [drop(requirement)]), ...addable.map((id) => [add(id)])];
  const smallest = select(single.map(tryChange));
  if (smallest.length > 0) return smallest;
  const exchanged = known.flatMap((requirement) =>
    addable.filter((id) => aspectOf(id) === aspectOf(requirement.id)).map((id) => [drop(requirement), add(id)]),
  );
  const pairs = known.flatMap((one, at) => known.slice(at + 1).map((other) => [drop(one), drop(other)]));
  return select([...exchanged, ...pairs].map(tryChange));
}

/** What the asker could say; what a question is about, or what it rules out by name, is no change of needs. */
function isAskable(id: string): boolean {
  return !/^(?:subject|avoid|framework|goal:compare)/.test(id);
}

function aspectOf(id: string): string {
  return id.slice(0, id.indexOf(':'));
}

/** Drops first, then one change per new winner: a named winner tells more than `depends`. */
function select(tried: readonly (Flip | null)[]): Flip[] {
  const flips = tried.filter((flip) => flip !== null);
  const ordered = [...flips].sort((a, b) => rankOf(a) - rankOf(b));
  const chosen: Flip[] = [];
  for (const flip of ordered) {
    if (chosen.length === MAX_FLIPS) break;
    if (chosen.some((other) => other.winner === flip.winner && kindOf(other) === kindOf(flip))) continue;
    chosen.push(flip);
  }
  return chosen;
}

function kindOf({ change }: Flip): string {
  return change.map(({ kind }) => kind).join();
}

function rankOf(flip: Flip): number {
  return (flip.winner === 'depends' ? 2 : 0) + (kindOf(flip).includes('add') ? 1 : 0);
}
