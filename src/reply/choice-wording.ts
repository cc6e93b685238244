import type { Choice } from './reply.ts';

/** What a button does, for those who hear it read out. */
export const ACTION_DESCRIPTIONS: Readonly<Record<Choice['action'], string>> = {
  refine: 'Answer the question above with this',
  'case-against': 'Show the passages that speak against it',
  compare: 'Compare the two best side by side',
  why: 'Show the rules that fired and their evidence',
  retrieval: 'Show which passages were found, to me alone',
  save: 'Save this as a decision record',
  share: 'Post this answer for everybody in the channel',
  notify: 'Answer here once the documents can',
  feedback: 'Say what is wrong with this answer',
};

/** What stands in a select before anything is chosen. */
export const CHOOSE = 'Choose an answer';
/** What stands above buttons that need a message of their own. */
export const NEXT_STEPS = 'What you can do next';
/** Stands for a reply in which nothing can be seen. */
export const NOTHING_TO_SHOW = 'There is nothing to show.';

/** The action that a platform sent back, or null for anything else. */
export function actionNamed(name: string): Choice['action'] | null {
  return Object.hasOwn(ACTION_DESCRIPTIONS, name) ? (name as Choice['action']) : null;
}
