import type { Block, Reply } from './reply.ts';

/** What each command does, as help shows it: usage, then what comes of it. */
const COMMANDS = {
  ask: [
    '/ask PyTorch or TensorFlow for an Android app?',
    'Answers with word-for-word quotes; a button shares with the channel what was answered to you alone.',
  ],
  recommend: [
    '/recommend research on TPUs, the team knows Keras',
    'Recommends by what you need: in words or in a form on Slack, by options on Discord.',
  ],
  compare: [
    '/compare pytorch jax',
    'Puts two to six frameworks or runtimes beside each other, every cell with its quote.',
  ],
  index: [
    '/index status | rebuild | rollback | diff | follow-ups on | follow-ups off',
    "For administrators (ADMIN_USERS): the index that answers come from, and whether this channel's threads are followed without a mention.",
  ],
} as const;

/** How to use one command, or the whole bot. */
export function composeHelp(about: keyof typeof COMMANDS | null): Reply {
  if (about) {
    const [usage, text] = COMMANDS[about];
    return helpReply(`How to use /${about}`, [
      { kind: 'text', text },
      { kind: 'list', items: [usage] },
    ]);
  }
  return helpReply('What I can do', [
    {
      kind: 'text',
      text: 'I answer which deep-learning framework or runtime to use. Every answer is made of sentences quoted word for word from indexed documents, with a link to their place, and of a recommendation by rules that you can read. No language model writes anything.',
    },
    { kind: 'heading', text: 'Ask' },
    {
      kind: 'list',
      items: [
        'Mention me with a question, or write to me directly.',
        'In a thread that I answered in, just go on: what you said before still counts.',
        'Use "Ask about this" on anybody\'s message.',
      ],
    },
    { kind: 'heading', text: 'Commands' },
    { kind: 'list', items: Object.values(COMMANDS).map(([usage, text]) => `${usage} - ${text}`) },
  ]);
}

/** Questions offered where a conversation begins: title and message. */
export const STARTERS: readonly { readonly title: string; readonly message: string }[] = [
  { title: 'Research prototype', message: 'Which framework should we use for a research prototype?' },
  { title: 'Phone app', message: 'PyTorch or TensorFlow for an Android app?' },
  { title: 'Existing TensorFlow code', message: 'We have TensorFlow 2 code. Should we move to PyTorch?' },
  { title: 'Model in the browser', message: 'What should we use to run a model in the browser?' },
];

function helpReply(title: string, blocks: readonly Block[]): Reply {
  return { kind: 'help', id: '', title, blocks, choices: [] };
}
