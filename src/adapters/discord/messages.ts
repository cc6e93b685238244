import {
  ChannelType,
  type Message,
  type MessageCreateOptions,
  type SendableChannels,
  type ThreadChannel,
} from 'discord.js';
import type { Conversation } from '../../conversation/conversation.ts';
import type { Turn } from '../../conversation/message.ts';
import type { Post } from '../../conversation/offers.ts';
import { messageOf } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { visible } from '../../reply/plain-text.ts';
import type { State } from '../../state/state.ts';
import { bodyOf, nonceOf } from './delivery.ts';
import { LIMITS } from './limits.ts';
import { shorten } from './markdown.ts';
import { placeOf } from './place.ts';
import { renderReply } from './render-message.ts';

/** Which message a conversation outside of threads began with, by the bot's own messages in it. */
const ROOTS = 'discord-roots';

export interface MessageOptions {
  readonly conversation: Conversation;
  readonly state: State;
  /** Whether the text of messages that do not mention the bot can be read: only then is a thread followed. */
  readonly readsContent: boolean;
  readonly logger: Logger;
}

/**
 * Anything written where the bot can read. A mention, a reply to the bot and a direct message are for it; in a thread
 * that it opened or answered in, so is the rest (Discord shows that text only to bots with the Message Content
 * intent). Outside of threads a chain of replies is what a thread is elsewhere.
 */
export async function hearMessage(options: MessageOptions, message: Message): Promise<void> {
  const { conversation, state } = options;
  const self = message.client.user?.id ?? '';
  if (message.author.bot || message.webhookId || message.system) return;
  const { channel } = message;
  const isReply = message.mentions.repliedUser?.id === self;
  const isMention = message.mentions.users.has(self) || isReply;
  const first = /^\s*<@!?(\d+)>/.exec(message.content)?.[1];
  const isDirect = channel.isDMBased();
  const answered = message.reference?.messageId;
  const root = isReply && answered ? ((await state.get(ROOTS, answered).catch(() => null)) ?? answered) : message.id;
  const place = placeOf(message.guildId, channel, channel.id);
  const text = message.content.replaceAll(new RegExp(`<@!?${self}>`, 'g'), ' ').trim();
  await conversation.hear(
    {
      key: `discord:${message.id}`,
      // A thread that is opened from a message has that message's id.
      place: isDirect || place.thread ? place : { ...place, thread: root },
      user: message.author.id,
      text,
      addressed: isDirect ? 'direct' : isMention ? 'mention' : 'none',
      isForOthers: first !== undefined && first !== self,
      isOwnThread: channel.isThread() && channel.ownerId === self,
    },
    {
      begin: () => void (channel.isSendable() && channel.sendTyping().catch(() => {})),
      deliver: async (turn) => {
        const thread = turn.reply.kind === 'answer' && !isReply ? await openThread(options, message, text) : null;
        const png = await turn.png?.();
        for (const [at, part] of renderReply(turn.reply).entries()) {
          const body = { ...bodyOf(part, at === 0 ? png : undefined), ...nonceOf(message.id, at) };
          const sent = await post(thread, message, body, at);
          if (sent && !isDirect) await state.put(ROOTS, sent.id, root).catch(() => {});
        }
      },
    },
  );
}

async function post(
  thread: ThreadChannel | null,
  message: Message,
  body: MessageCreateOptions,
  at: number,
): Promise<Message | null> {
  const { channel } = message;
  if (thread) return thread.send(body);
  if (!channel.isSendable()) return null;
  return at === 0 ? message.reply({ ...body, failIfNotExists: false }) : channel.send(body);
}

/**
 * A thread for the answer to a mention in a server's channel, where the bot may open one and can read what is said in
 * it; null anywhere else.
 */
async function openThread({ readsContent, logger }: MessageOptions, message: Message, question: string) {
  const { channel, client } = message;
  if (!readsContent || message.hasThread) return null;
  if (channel.type !== ChannelType.GuildText && channel.type !== ChannelType.GuildAnnouncement) return null;
  const may = channel.permissionsFor(client.user?.id ?? '');
  if (!may?.has(['CreatePublicThreads', 'SendMessagesInThreads'])) return null;
  try {
    const name = shorten(visible(question).replace(/\s+/g, ' ').trim(), LIMITS.threadName);
    return await message.startThread({ name });
  } catch (thrown) {
    logger.warn({ error: messageOf(thrown) }, 'a thread could not be opened: the answer goes to the channel');
    return null;
  }
}

/** Posts a late answer where its question was asked: in its thread, or as a reply to it. */
export function createPost(fetchChannel: (id: string) => Promise<unknown>): Post {
  return async ({ channel, thread }, turn: Turn) => {
    const isSendable = (found: unknown): found is SendableChannels =>
      (found as Message['channel'] | null)?.isSendable() === true;
    // Outside of threads `thread` is the message that a chain of replies began with, and no channel.
    const opened = thread === null ? null : await fetchChannel(thread).catch(() => null);
    const target = isSendable(opened) ? opened : await fetchChannel(channel);
    if (!isSendable(target)) return;
    const reference =
      thread !== null && target !== opened ? { reply: { messageReference: thread, failIfNotExists: false } } : {};
    for (const [at, part] of renderReply(turn.reply).entries()) {
      await target.send({
        ...bodyOf(part),
        ...nonceOf(`${turn.reply.id}${thread ?? channel}`, at),
        ...(at === 0 && reference),
      });
    }
  };
}
