import type { Message, Outlet, Turn } from '../../src/conversation/message.ts';
import type { Place } from '../../src/state/state.ts';
import { type ChatOptions, makeChat } from '../support/make-chat.ts';

export const PLACE: Place = { platform: 'slack', workspace: 'T1', channel: 'C1', thread: '100.1' };

/** A conversation on the real answer flow; `turns` is every turn that was delivered, in order. */
export function makeConversation(
  { answerQuestion, library }: Pick<ChatOptions, 'answerQuestion' | 'library'>,
  options: Pick<ChatOptions, 'asksPerMinute' | 'patienceMs' | 'now'> = {},
) {
  const turns: Turn[] = [];
  const outlet: Outlet = {
    deliver: async (turn) => {
      turns.push(turn);
    },
  };
  const chat = makeChat({ asksPerMinute: 1_000, ...options, answerQuestion, library, administrators: ['T1:UADMIN'] });
  return { ...chat, turns, outlet };
}

let keys = 0;

/** A message that mentions the bot, unless told otherwise. */
export function message(text: string, other: Partial<Message> = {}): Message {
  return {
    key: `m${keys++}`,
    place: PLACE,
    user: 'U1',
    text,
    addressed: 'mention',
    isForOthers: false,
    isOwnThread: false,
    ...other,
  };
}
