import type { Reply } from './reply.ts';

const NOTICES = {
  failed: ['That did not work', 'Something went wrong on my side; its log says what. Please try again.'],
  forgotten: [
    'That answer is too old',
    'I no longer hold the question behind this button. Ask it again and use the new one.',
  ],
  empty: ['No question', 'Write a question after my name, for instance: PyTorch or TensorFlow for an Android app?'],
  unsaid: ['Nothing to go by', 'Choose at least one option, for instance a target or a goal.'],
  unknown: ['Not a candidate', 'Choose two different frameworks or runtimes from the suggestions.'],
  busy: ['One moment', 'You asked very often just now. Please wait a minute before the next question.'],
  unsaved: ['Nothing to save', 'This answer has no recommendation.'],
  saved: ['Decision saved', 'The decision record is stored with its evidence.'],
  denied: ['Not allowed', 'This is for the administrators named in ADMIN_USERS. You are, for that setting:'],
  index: ['Index', 'The index reports:'],
  thanks: ['Thank you', 'Your feedback is stored for the person who looks after the documents.'],
} as const;

export type Notice = keyof typeof NOTICES;

/** A short message that is no answer: what happened and what to do. */
export function composeNotice(notice: Notice, detail = ''): Reply {
  const [title, text] = NOTICES[notice];
  const blocks = [text, detail].filter((line) => line !== '').map((line) => ({ kind: 'text' as const, text: line }));
  return { kind: notice === 'failed' ? 'failure' : 'help', id: '', title, blocks, choices: [] };
}
