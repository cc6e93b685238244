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
  denied: ['Not allowed', 'This is for the administrators named in ADMIN_USERS. You are, for that setting:'],
  slow: ['That took too long', 'I found no answer in time. Please try again in a moment.'],
  running: ['Already running', 'Another change of the index is under way. Try again when it is done.'],
  cooling: ['One moment', 'The index was changed a few seconds ago. Please wait a little.'],
  noted: ['Noted', 'I will answer here when the documents do.'],
  'follow-ups-on': ['Follow-ups on', 'In threads of this channel that I answered in, I answer without a mention.'],
  'follow-ups-off': ['Follow-ups off', 'In this channel I answer only when I am mentioned.'],
  'follow-ups-usage': ['How to use it', 'Write /index follow-ups on, or /index follow-ups off.'],
  thanks: ['Thank you', 'Your feedback is stored for the person who looks after the documents.'],
} as const;

export type Notice = keyof typeof NOTICES;

/** A short message that is no answer: what happened and what to do. */
export function composeNotice(notice: Notice, detail = ''): Reply {
  const [title, text] = NOTICES[notice];
  const blocks = [text, detail].filter((line) => line !== '').map((line) => ({ kind: 'text' as const, text: line }));
  return { kind: notice === 'failed' ? 'failure' : 'help', id: '', title, blocks, choices: [] };
}

/** An answer that comes later than its question: says what it answers, then answers. */
export function composeOffer(reply: Reply, question: string): Reply {
  const text = `You asked: "${question}". The documents answer this now.`;
  return { ...reply, blocks: [{ kind: 'text', text }, ...reply.blocks] };
}
