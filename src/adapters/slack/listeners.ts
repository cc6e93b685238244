import type { App, Context } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Conversation } from '../../conversation/conversation.ts';
import { messageOf } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { createOutlet, type DeliveryOptions } from './delivery.ts';
import { readSlackText } from './incoming-text.ts';
import { type MessageEvent, messageEvent } from './payloads.ts';
import type { ClientOf } from './web-clients.ts';

/** Subtypes of messages that people write; all others are Slack's notices of something else. */
const WRITTEN = new Set(['file_share', 'thread_broadcast']);

export interface ListenerOptions extends DeliveryOptions {
  readonly conversation: Conversation;
  readonly clientOf: ClientOf;
  readonly logger: Logger;
}

/** Everything said where the app can read: mentions, direct messages, threads, the assistant pane. */
export function listenToMessages(app: App, options: ListenerOptions): void {
  const { conversation, clientOf, logger } = options;
  const heard = async (event: unknown, context: Context): Promise<void> => {
    const parsed = messageEvent.safeParse(event);
    // Events about messages (edits, joins) have other shapes: they are nothing to answer.
    if (!parsed.success || !isWritten(parsed.data)) return;
    const message = parsed.data;
    const { botUserId = '', botToken, teamId } = context;
    if (!botToken || message.user === botUserId) return;
    const workspace = teamId ?? 'unknown';
    const { text, mentionsBot, isForOthers } = readSlackText(message.text, botUserId);
    const isDirect = message.channel_type === 'im' || (!message.channel_type && message.channel.startsWith('D'));
    const thread = message.thread_ts ?? (isDirect ? null : message.ts);
    const client = clientOf(botToken);
    const key = `slack:${workspace}:${message.channel}:${message.ts}`;
    const origin = { client, workspace, channel: message.channel, thread, user: message.user, key };
    const begin = (): void => showStatus(client, message, isDirect, logger);
    await conversation.hear(
      {
        key,
        place: { platform: 'slack', workspace, channel: message.channel, thread },
        user: message.user,
        text,
        addressed: isDirect ? 'direct' : message.type === 'app_mention' || mentionsBot ? 'mention' : 'none',
        isForOthers,
        isOwnThread: false,
      },
      createOutlet(options, { ...origin, responseUrl: null, ownMessage: null, isDirect, viaResponse: false }, begin),
    );
  };
  app.event('app_mention', ({ event, context }) => heard(event, context));
  app.event('message', ({ event, context }) => heard(event, context));
}

/** Written by a person: no bot (whatever it calls itself), no edit, no notice. */
function isWritten({ subtype, bot_id, bot_profile }: MessageEvent): boolean {
  return !bot_id && !bot_profile && (subtype === undefined || WRITTEN.has(subtype));
}

/** In the assistant pane, Slack shows that an answer is being made; it clears that when the answer is posted. */
function showStatus(client: WebClient, message: MessageEvent, isDirect: boolean, logger: Logger): void {
  if (!isDirect || !message.thread_ts) return;
  client.assistant.threads
    .setStatus({
      channel_id: message.channel,
      thread_ts: message.thread_ts,
      status: 'is looking through the documents',
    })
    .catch((thrown: unknown) => logger.debug({ error: messageOf(thrown) }, 'no status shown'));
}
