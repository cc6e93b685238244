import { setTimeout as wait } from 'node:timers/promises';
import { Client, DiscordAPIError, Events, GatewayIntentBits, Partials, Routes } from 'discord.js';
import type { Conversation } from '../../conversation/conversation.ts';
import type { Offers } from '../../conversation/offers.ts';
import { messageOf } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { State } from '../../state/state.ts';
import { handleInteraction } from './interactions.ts';
import { createPost, hearMessage } from './messages.ts';

export interface DiscordOptions {
  readonly token: string;
  /** Where the API is, for instance `https://discord.com/api`; undefined for the real one. */
  readonly apiUrl: string | undefined;
  readonly conversation: Conversation;
  readonly offers: Offers;
  readonly state: State;
  readonly labels: () => Readonly<Record<string, string>>;
  /** Whether the application was given the privileged intent to read all messages. */
  readonly readsContent: boolean;
  readonly logger: Logger;
  /** Called once with what an operator must change when Discord will not let the bot in. */
  readonly onFatal: (reason: string) => void;
  readonly onReady: (inviteLink: string, applicationId: string) => void;
}

/** No privileged intent: Discord passes on the text of mentions, of replies to the bot and of direct messages without one. */
const INTENTS = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages];
/** View Channel, Send Messages, Embed Links, Attach Files, Send Messages in Threads, as in docs/discord.md. */
const PERMISSIONS = 0x400n + 0x800n + 0x4000n + 0x8000n + 0x4000000000n;
/** Create Public Threads: asked for only where threads can be followed. */
const THREADS = 0x800000000n;
/** Discord bans an address after 10,000 refused requests (401, 403, 429) in 10 minutes. */
const TOO_MANY_REFUSED = 5_000;
/** Close codes after which no attempt can succeed, with what to do. */
const FATAL: Readonly<Record<number, string>> = {
  4004: 'Discord refused the token (close code 4004): copy it again from the portal, page Bot, "Reset Token", into DISCORD_TOKEN',
  4010: 'Discord refused the shard (close code 4010): the shard number does not fit the number of shards',
  4011: 'Discord asks for sharding (close code 4011): the bot is in more servers than one connection may serve',
  4012: 'Discord refused the API version (close code 4012): update the product',
  4013: 'Discord refused the intents (close code 4013): they are not valid for this version, update the product',
  4014: 'Discord refused a privileged intent (close code 4014): switch on "Message Content Intent" in the portal, page Bot, section "Privileged Gateway Intents"',
};
/** Milliseconds. */
const FIRST_BACKOFF = 1_000;
const LONGEST_BACKOFF = 60_000;

interface GatewayInfo {
  readonly session_start_limit?: { readonly remaining: number; readonly reset_after: number };
}

/** Connects to Discord and stays connected; a start that fails for a passing reason is repeated with growing pauses. */
export function startDiscord(options: DiscordOptions): { close(): Promise<void> } {
  const { token, apiUrl, conversation, state, labels, logger, onReady } = options;
  const client = new Client({
    intents: [...INTENTS, ...(options.readsContent ? [GatewayIntentBits.MessageContent] : [])],
    // As many connections as Discord asks for, all in this process: one index and one state serve every server.
    shards: 'auto',
    partials: [Partials.Channel],
    allowedMentions: { parse: [], repliedUser: false },
    failIfNotExists: false,
    // The first response is due in 3 s: a hung request must end, and be tried again once, soon.
    rest: { ...(apiUrl && { api: apiUrl }), timeout: 5_000, retries: 1, invalidRequestWarningInterval: 100 },
  });
  options.offers.connect(
    'discord',
    createPost((id) => client.channels.fetch(id)),
  );
  const stopped = new AbortController();
  const underWay = new Set<Promise<void>>();
  const track = (work: Promise<void>): void => {
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  };
  const fail = (reason: string): void => {
    if (stopped.signal.aborted) return;
    stopped.abort();
    options.onFatal(reason);
  };
  client.on(Events.Error, (thrown) => logger.error({ error: messageOf(thrown) }, 'Discord client error'));
  client.on(Events.ShardError, (thrown) => logger.warn({ error: messageOf(thrown) }, 'Discord connection error'));
  client.on(Events.Warn, (text) => logger.warn(text));
  client.rest.on('invalidRequestWarning', ({ count }) => {
    logger.error({ count }, 'Discord refused many requests');
    if (count >= TOO_MANY_REFUSED)
      fail(
        `Discord refused ${count} requests within ten minutes and bans who goes on: look at the log, then start again`,
      );
  });
  client.on(Events.Invalidated, () => fail('Discord ended the session for good: start the program again'));
  client.on(Events.ShardDisconnect, ({ code }) => {
    const reason = FATAL[code];
    if (reason) fail(reason);
  });
  client.once(Events.ClientReady, ({ application }) =>
    onReady(inviteLink(application.id, options.readsContent), application.id),
  );
  client.on(Events.InteractionCreate, (interaction) =>
    track(handleInteraction({ conversation, labels, logger }, interaction)),
  );
  client.on(Events.MessageCreate, (message) =>
    track(
      hearMessage({ conversation, state, readsContent: options.readsContent, logger }, message).catch(
        (thrown: unknown) => {
          logger.error({ error: messageOf(thrown) }, 'a Discord message was not answered');
        },
      ),
    ),
  );
  track(supervise(client, token, stopped.signal, fail, logger));
  return {
    close: async () => {
      stopped.abort();
      // Answers under way have 10 s.
      await Promise.race([Promise.allSettled([...underWay]), wait(10_000, undefined, { ref: false })]);
      await client.destroy();
    },
  };
}

/** The address at which an administrator adds the bot to a server, with no permission that it does not use. */
export function inviteLink(applicationId: string, readsContent: boolean): string {
  const permissions = PERMISSIONS + (readsContent ? THREADS : 0n);
  return `https://discord.com/oauth2/authorize?client_id=${applicationId}&scope=bot+applications.commands&permissions=${permissions}`;
}

async function supervise(
  client: Client,
  token: string,
  signal: AbortSignal,
  fail: (reason: string) => void,
  logger: Logger,
): Promise<void> {
  for (let pause = FIRST_BACKOFF; !signal.aborted; pause = Math.min(pause * 2, LONGEST_BACKOFF)) {
    try {
      client.rest.setToken(token);
      const { session_start_limit: limit } = (await client.rest.get(Routes.gatewayBot())) as GatewayInfo;
      if (limit && limit.remaining <= 0) {
        // Discord resets the token of a bot that identifies more often than it may.
        logger.error({ milliseconds: limit.reset_after }, 'no session starts left at Discord: waiting for new ones');
        await wait(Math.max(FIRST_BACKOFF, limit.reset_after), undefined, { signal, ref: true });
        continue;
      }
      await client.login(token);
      return;
    } catch (thrown) {
      if (signal.aborted) return;
      const code = closeCodeIn(thrown);
      if (code !== null) return fail(FATAL[code] as string);
      logger.warn({ error: messageOf(thrown), milliseconds: pause }, 'Discord cannot be reached yet: trying again');
      await wait(pause, undefined, { signal }).catch(() => {});
    }
  }
}

/** The close code that a failed start amounts to, or null for a passing reason. */
function closeCodeIn(thrown: unknown): number | null {
  if (thrown instanceof DiscordAPIError && thrown.status === 401) return 4004;
  const text = messageOf(thrown);
  if (/disallowed intents/i.test(text)) return 4014;
  if (/invalid intents/i.test(text)) return 4013;
  return /invalid token|authentication failed|token was provided|Unauthorized/i.test(text) ? 4004 : null;
}
