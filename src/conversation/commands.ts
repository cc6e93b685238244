import { parseQuestion } from '../question/parse-question.ts';
import { CANDIDATE_NAMES, type CandidateId } from '../recommendation/candidate.ts';

export const COMMAND_NAMES = ['ask', 'recommend', 'compare', 'index'] as const;
export type CommandName = (typeof COMMAND_NAMES)[number];

export const INDEX_ACTIONS = ['status', 'rebuild', 'rollback', 'diff', 'follow-ups'] as const;
export type IndexAction = (typeof INDEX_ACTIONS)[number];

/** A command as typed, understood. `help` names the command that it is about, or null for all of them. */
export type Command =
  | { readonly name: 'ask'; readonly question: string }
  | { readonly name: 'recommend'; readonly requirements: readonly string[]; readonly text: string }
  | { readonly name: 'compare'; readonly candidates: readonly CandidateId[] }
  | { readonly name: 'index'; readonly action: IndexAction; readonly value: string }
  | { readonly name: 'help'; readonly about: CommandName | null };

/** Reads what was typed after a command; what says nothing, and the word help, lead to that command's help. */
export function readCommand(name: CommandName, text: string): Command {
  const typed = text.trim();
  const help: Command = { name: 'help', about: name };
  if (/^(?:help|-h|--help|\?)?$/i.test(typed)) return help;
  switch (name) {
    case 'ask':
      return { name, question: typed };
    case 'recommend':
      return { name, requirements: [], text: typed };
    case 'compare': {
      const candidates = candidatesIn(typed);
      return candidates.length < 2 ? help : { name, candidates };
    }
    case 'index': {
      const [action = '', value = ''] = typed.toLowerCase().split(/\s+/);
      return isIndexAction(action) ? { name, action, value } : help;
    }
    default:
      return name satisfies never;
  }
}

export function isIndexAction(action: string): action is IndexAction {
  return (INDEX_ACTIONS as readonly string[]).includes(action);
}

/** The candidates that a text names, by id or as people write them ("torch vs tf"), six at most, in their order. */
export function candidatesIn(text: string): CandidateId[] {
  const ids = text
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => Object.hasOwn(CANDIDATE_NAMES, word)) as CandidateId[];
  const named = parseQuestion(text).names.flatMap(({ candidate, family }) => candidate ?? family ?? []);
  return [...new Set([...(ids.length > 1 ? ids : named), ...ids])].slice(0, 6);
}
