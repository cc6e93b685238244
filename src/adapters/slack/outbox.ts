import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import { AdvisorError, messageOf } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { classify, isDeadToken } from './failures.ts';
import type { RenderedMessage } from './render-blocks.ts';

/** Milliseconds between two messages to one channel: Slack allows about one per second. */
const SPACING = 1_050;
/** Milliseconds for which a message waits for Slack to come back before it is given up. */
const GIVE_UP = 10 * 60_000;
/** Seconds of a thread that are read back: what is looked for was posted a moment ago. */
const READ_BACK = 120;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;
/** Messages that wait for one channel; more are refused, so that memory stays bounded. */
const MOST_WAITING = 1_000;

export interface Target {
  readonly client: WebClient;
  readonly workspace: string;
  readonly channel: string;
  readonly thread: string | null;
}

export interface OutboxCounts {
  posted: number;
  /** Posts whose response was lost and that could not be looked up: they were not repeated. */
  ambiguous: number;
  failed: number;
}

/**
 * Posts each message at most once, at the pace that Slack allows, in order per channel, whatever the other channels
 * do. What surely was not sent is tried again; where the response was lost, the thread is read back to see whether the
 * message stands there; when it cannot be read, the message is not repeated, but logged and counted.
 */
export interface Outbox {
  /** `key` names the message for good: the read-back looks for it. Throws PLATFORM_FAILED when it is not posted. */
  post(target: Target, message: RenderedMessage, key: string): Promise<void>;
  /** Shows a message to one user alone. Throws PLATFORM_FAILED. */
  postTo(target: Target, user: string, message: RenderedMessage): Promise<void>;
  /** Replaces a message of the bot's own. Throws PLATFORM_FAILED. */
  update(target: Target, ts: string, message: RenderedMessage): Promise<void>;
  readonly counts: Readonly<OutboxCounts>;
}

export interface OutboxOptions {
  readonly logger: Logger;
  /** Called when Slack says that a workspace's token is dead. */
  readonly onDeadToken: (workspace: string) => void;
  readonly signal: AbortSignal;
  readonly spacingMs?: number;
}

export function createOutbox({ logger, onDeadToken, signal, spacingMs = SPACING }: OutboxOptions): Outbox {
  const channels = new Map<string, { tail: Promise<unknown>; waiting: number; freeAt: number }>();
  /** Kinds of channels that the granted scopes do not let the app read. */
  const unreadable = new Set<string>();
  const counts: OutboxCounts = { posted: 0, ambiguous: 0, failed: 0 };

  /** One after the other per channel. */
  function inTurn<Result>(target: Target, work: (slot: { freeAt: number }) => Promise<Result>): Promise<Result> {
    const name = `${target.workspace}:${target.channel}`;
    const slot = channels.get(name) ?? { tail: Promise.resolve(), waiting: 0, freeAt: 0 };
    channels.set(name, slot);
    if (slot.waiting >= MOST_WAITING)
      throw failed(`${MOST_WAITING} messages already wait for channel ${target.channel}`);
    slot.waiting++;
    const result = slot.tail.then(() => work(slot));
    slot.tail = result
      .catch(() => {})
      .finally(() => {
        slot.waiting--;
        if (slot.waiting === 0 && slot.freeAt < Date.now()) channels.delete(name);
      });
    return result;
  }

  /** Repeats a call while it surely had no effect. `lookUp` decides after a lost response; without it, it is given up. */
  async function persist(target: Target, call: () => Promise<unknown>, lookUp?: () => Promise<boolean | null>) {
    const began = Date.now();
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      try {
        await call();
        return;
      } catch (thrown) {
        if (isDeadToken(thrown)) onDeadToken(target.workspace);
        const failure = classify(thrown);
        if (failure.kind === 'refused') throw refused(failure.code, thrown);
        if (failure.kind === 'unknown') {
          const isThere = lookUp ? await lookUp() : null;
          if (isThere === true) return;
          if (isThere === null) {
            counts.ambiguous++;
            throw failed(`the response to a message was lost (${messageOf(thrown)}): it is not posted again`, thrown);
          }
        }
        const waitMs = failure.kind === 'not-sent' ? (failure.waitMs ?? pause) : pause;
        if (Date.now() + waitMs - began > GIVE_UP)
          throw failed(`Slack did not take a message: ${messageOf(thrown)}`, thrown);
        logger.warn({ error: messageOf(thrown), milliseconds: waitMs }, 'Slack did not take a message yet');
        await wait(waitMs, undefined, { signal });
      }
    }
  }

  /** Whether the message of this key stands in its thread; null when that cannot be read. */
  async function standsThere({ client, workspace, channel, thread }: Target, key: string): Promise<boolean | null> {
    const began = Date.now();
    // Public, private and direct channels have scopes of their own; the first letter of an id tells them apart.
    const kind = `${workspace}:${channel[0]}`;
    if (unreadable.has(kind)) return null;
    // What Slack has taken shows up in a moment, not at once.
    await wait(FIRST_PAUSE, undefined, { signal });
    for (let pause = FIRST_PAUSE; Date.now() - began < GIVE_UP; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      try {
        const page = { channel, oldest: String(began / 1_000 - READ_BACK), limit: 200, include_all_metadata: true };
        const { messages = [] } =
          thread === null
            ? await client.conversations.history(page)
            : await client.conversations.replies({ ...page, ts: thread });
        return messages.some(({ metadata }) => (metadata?.event_payload as { key?: unknown } | undefined)?.key === key);
      } catch (thrown) {
        const failure = classify(thrown);
        if (failure.kind === 'refused') {
          if (failure.code === 'missing_scope') unreadable.add(kind);
          logger.warn({ code: failure.code }, 'a thread could not be read back (scope channels:history)');
          return null;
        }
        await wait(failure.kind === 'not-sent' ? (failure.waitMs ?? pause) : pause, undefined, { signal });
      }
    }
    return null;
  }

  async function posting(target: Target, message: RenderedMessage, key: string): Promise<void> {
    const { client, channel, thread } = target;
    const id = createHash('sha256').update(key).digest('hex').slice(0, 24);
    const body = {
      channel,
      ...(thread !== null && { thread_ts: thread }),
      unfurl_links: false,
      unfurl_media: false,
      metadata: { event_type: 'framework_advisor_reply', event_payload: { key: id } },
    };
    const lookUp = (): Promise<boolean | null> => standsThere(target, id);
    const send = (content: { text: string; blocks?: RenderedMessage['blocks'] }) =>
      persist(target, () => client.chat.postMessage({ ...body, ...content } as never), lookUp);
    try {
      await send(message);
    } catch (thrown) {
      // Should Slack ever refuse our blocks, the whole reply still stands in its text.
      if (!(thrown instanceof AdvisorError) || !/blocks|msg_too_long/.test(thrown.message)) throw thrown;
      logger.error({ error: thrown.message }, 'Slack refused the blocks of a message: its text is posted alone');
      await send({ text: message.text });
    }
    counts.posted++;
  }

  const counting = async (work: Promise<void>): Promise<void> => {
    await work.catch((thrown: unknown) => {
      counts.failed++;
      throw thrown;
    });
  };
  return {
    counts,
    post: (target, message, key) =>
      counting(
        inTurn(target, async (slot) => {
          await wait(Math.max(0, slot.freeAt - Date.now()), undefined, { signal });
          try {
            await posting(target, message, key);
          } finally {
            slot.freeAt = Date.now() + spacingMs;
          }
        }),
      ),
    postTo: (target, user, { text, blocks }) => {
      const { client, channel, thread } = target;
      const body = { channel, user, text, blocks, ...(thread !== null && { thread_ts: thread }) };
      return counting(persist(target, () => client.chat.postEphemeral(body as never)));
    },
    update: (target, ts, { text, blocks }) =>
      // The same update twice is one update: a lost response is simply repeated.
      counting(
        persist(
          target,
          () => target.client.chat.update({ channel: target.channel, ts, text, blocks } as never),
          async () => false,
        ),
      ),
  };
}

function failed(message: string, cause?: unknown): AdvisorError {
  return new AdvisorError('PLATFORM_FAILED', message, { cause });
}

function refused(code: string, cause: unknown): AdvisorError {
  return failed(`Slack refused a message: ${code}${HINTS[code] ? ` (${HINTS[code]})` : ''}`, cause);
}

const HINTS: Readonly<Record<string, string>> = {
  not_in_channel: 'invite the app to the channel: /invite @Framework Advisor',
  channel_not_found: 'the app is not a member of that channel: invite it',
  missing_scope: 'add the scope under "OAuth & Permissions" and install the app again',
  is_archived: 'the channel is archived',
  invalid_auth: 'the bot token is not valid: copy it again from "OAuth & Permissions" into SLACK_BOT_TOKEN',
};
