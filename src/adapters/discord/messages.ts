import type { Message } from 'discord.js';
import type { Conversation } from '../../conversation/conversation.ts';
import type { Turn } from '../../conversation/message.ts';
import type { Post } from '../../conversation/offers.ts';
import type { State } from '../../state/state.ts';
import { bodyOf, nonceOf } from './delivery.ts';
import { renderReply } from './render-message.ts';

/** Which message a conversation outside of threads began with, by the bot's own messages in it. */
const ROOTS = 'discord-roots';

export interface MessageOptions {
  readonly conversation: Conversation;
  readonly state: State;
}

/**
 * Anything written where the bot can read. A mention, a reply to the bot and a direct message are for it; in a thread
 * that it answered in, so is the rest (Discord shows that text only to bots with the Message Content intent). Outside
 * of threads a chain of replies is what a thread is elsewhere.
 */
export async function hearMessage({ conversation, state }: MessageOptions, message: Message): Promise<void> {
  const self = message.client.user?.id ?? '';
  if (message.author.bot || message.webhookId || message.system) return;
  const { channel } = message;
  const isReply = message.mentions.repliedUser?.id === self;
  const isMention = message.mentions.users.has(self) || isReply;
  const first = /^\s*<@!?(\d+)>/.exec(message.content)?.[1];
  const isDirect = channel.isDMBased();
  const answered = message.reference?.messageId;
  const root = isReply && answered ? ((await state.get(ROOTS, answered).catch(() => null)) ?? answered) : message.id;
  const workspace = message.guildId ?? 'direct';
  const thread = channel.isThread() ? channel.id : isDirect ? null : root;
  await conversation.hear(
    {
      key: `discord:${message.id}`,
      place: { platform: 'discord', workspace, channel: channel.id, thread },
      user: message.author.id,
      text: message.content.replaceAll(new RegExp(`<@!?${self}>`, 'g'), ' ').trim(),
      addressed: isDirect ? 'direct' : isMention ? 'mention' : 'none',
      isForOthers: first !== undefined && first !== self,
    },
    {
      begin: () => void (channel.isSendable() && channel.sendTyping().catch(() => {})),
      deliver: async (turn) => {
        const png = await turn.png?.();
        for (const [at, part] of renderReply(turn.reply).entries()) {
          const body = { ...bodyOf(part, at === 0 ? png : undefined), ...nonceOf(message.id, at) };
          const sent =
            at === 0
              ? await message.reply({ ...body, failIfNotExists: false })
              : channel.isSendable()
                ? await channel.send(body)
                : null;
          if (sent && !isDirect) await state.put(ROOTS, sent.id, root).catch(() => {});
        }
      },
    },
  );
}

/** Posts a late answer where its question was asked: as a reply to it, or in its thread. */
export function createPost(fetchChannel: (id: string) => Promise<unknown>): Post {
  return async ({ channel: id, thread }, turn: Turn) => {
    const channel = (await fetchChannel(id)) as Message['channel'] | null;
    if (!channel?.isSendable()) return;
    const reference =
      thread !== null && thread !== id ? { reply: { messageReference: thread, failIfNotExists: false } } : {};
    for (const [at, part] of renderReply(turn.reply).entries()) {
      await channel.send({
        ...bodyOf(part),
        ...nonceOf(`${turn.reply.id}${thread ?? id}`, at),
        ...(at === 0 && reference),
      });
    }
  };
}
