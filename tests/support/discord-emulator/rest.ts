import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  APPLICATION,
  CHANNEL,
  GUILD_CHANNELS,
  GUILDS,
  message,
  snowflake,
  type Thread,
  TOKEN,
  threadChannel,
} from './payloads.ts';
import { inspectCallback, inspectCommands, inspectMessage, type Json } from './rules.ts';

/** One request that reached the server, with what was answered; status 0 where the response was lost. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
  readonly status: number;
  /** Milliseconds since the process began. */
  readonly at: number;
}

/** A message that a channel shows. */
export interface Shown {
  readonly id: string;
  readonly channel: string;
  readonly body: Json;
  /** The interaction that it answers; null for a message of the bot's own accord. */
  readonly interaction: string | null;
}

export interface KnownInteraction {
  readonly token: string;
  readonly kind: number;
  readonly channel: string;
  readonly at: number;
  /** The type of the first response; 0 before it. */
  acknowledged: number;
  original: string | null;
}

export interface RestKnobs {
  remaining: number;
  shards: number;
  /** The next so many first responses take effect, but their answer is lost. */
  dropCallbacks: number;
  /** The next so many channel messages take effect, but their answer is lost. */
  dropMessages: number;
  gatewayFailures: number;
  /** The next so many sends of messages are answered 429. */
  tooMany: number;
  /** Milliseconds for which an interaction's token is good. */
  tokenLife: number;
  /** Milliseconds before a first response is answered. */
  callbackDelay: number;
  maySpawnThreads: boolean;
}

/** Milliseconds in which an interaction must get its first response. */
const FIRST_RESPONSE = 3_000;

type Reply = (status: number, value?: unknown, headers?: Record<string, string>) => undefined;

type Lose = () => undefined;

/** The REST half: interaction deadlines and tokens, nonces, rate limits, and the rules for every body. */
export function createRest(origin: () => string, knobs: RestKnobs, breaches: string[]) {
  const sent: Sent[] = [];
  const shown: Shown[] = [];
  const interactions = new Map<string, KnownInteraction>();
  const nonces = new Map<string, string>();
  const threads: Thread[] = [];
  const commands: unknown[] = [];
  let gatewayCalls = 0;
  let onThread: (thread: Thread) => void = () => {};

  const note = (where: string, problems: readonly string[]): void => {
    for (const problem of problems) breaches.push(`${where}: ${problem}`);
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<undefined> {
    let raw = '';
    for await (const part of request) raw += String(part);
    const path = (request.url ?? '').replace(/^\/api\/v\d+/, '').replace(/\?.*$/, '');
    const text = raw.startsWith('--')
      ? (/name="payload_json"\r\n(?:[^\r\n]+\r\n)*\r\n(.*?)\r\n--/s.exec(raw)?.[1] ?? '{}')
      : raw;
    const body = (text ? JSON.parse(text) : {}) as Record<string, unknown>;
    const method = request.method ?? '';
    const reply: Reply = (status, value, headers = {}) => {
      sent.push({ method, path, body, status, at: performance.now() });
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(value === undefined ? '' : JSON.stringify(value));
      return undefined;
    };
    const lose = (): undefined => {
      sent.push({ method, path, body, status: 0, at: performance.now() });
      request.socket.destroy();
      return undefined;
    };
    const callback = /^\/interactions\/(\d+)\/([^/]+)\/callback$/.exec(path);
    if (callback) return respond(callback[1]!, callback[2]!, body, reply, lose);
    const webhook = /^\/webhooks\/\d+\/([^/]+)(?:\/messages\/(.+))?$/.exec(path);
    if (webhook) return followUp(method, webhook[1]!, body, reply);
    if (request.headers.authorization !== `Bot ${TOKEN}`) return reply(401, { code: 0, message: '401: Unauthorized' });
    return asBot(method, path, body, reply, lose);
  }

  async function respond(id: string, token: string, body: Json, reply: Reply, lose: Lose): Promise<undefined> {
    if (knobs.callbackDelay > 0) await new Promise((resolve) => setTimeout(resolve, knobs.callbackDelay));
    const known = interactions.get(id);
    if (!known || known.token !== token || performance.now() - known.at > FIRST_RESPONSE)
      return reply(404, { code: 10062, message: 'Unknown interaction' });
    if (known.acknowledged) return reply(400, { code: 40060, message: 'Interaction has already been acknowledged.' });
    known.acknowledged = Number(body.type);
    note('first response', inspectCallback(known.kind, body));
    if (knobs.dropCallbacks-- > 0) return lose();
    return reply(204);
  }

  function followUp(method: string, token: string, body: Json, reply: Reply): undefined {
    const [id, known] = [...interactions].find(([, one]) => one.token === token) ?? ['', undefined];
    if (!known?.acknowledged) return reply(404, { code: 10015, message: 'Unknown Webhook' });
    if (performance.now() - known.at > knobs.tokenLife)
      return reply(401, { code: 50027, message: 'Invalid Webhook Token' });
    if (method === 'DELETE') return reply(204);
    if (method === 'GET') return reply(200, message({ channel: known.channel, author: APPLICATION }));
    if (tooMany(reply)) return;
    note(`${method} webhook`, inspectMessage(body));
    const isOriginal = method === 'PATCH';
    const made = message({
      channel: known.channel,
      author: APPLICATION,
      ...(known.original && isOriginal && { id: known.original }),
    });
    if (isOriginal) known.original = made.id;
    shown.push({ id: made.id, channel: known.channel, body, interaction: id });
    return reply(200, made);
  }

  function tooMany(reply: Reply): boolean {
    if (knobs.tooMany <= 0) return false;
    knobs.tooMany -= 1;
    reply(
      429,
      { message: 'You are being rate limited.', retry_after: 0.2, global: false },
      {
        'retry-after': '0.2',
        'x-ratelimit-reset-after': '0.2',
        'x-ratelimit-limit': '5',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-scope': 'user',
      },
    );
    return true;
  }

  function asBot(method: string, path: string, body: Record<string, unknown>, reply: Reply, lose: Lose): undefined {
    if (path === '/gateway/bot') {
      gatewayCalls += 1;
      if (knobs.gatewayFailures-- > 0) return reply(503, {});
      const { remaining, shards } = knobs;
      const session_start_limit = { total: 1000, remaining, reset_after: 1500, max_concurrency: shards };
      return reply(200, { url: `ws://${origin()}/gw`, shards, session_start_limit });
    }
    if (path === '/applications/@me' || path === '/oauth2/applications/@me') return reply(200, { id: APPLICATION });
    if (path.endsWith('/typing')) return reply(204);
    const posts = /^\/channels\/(\d+)\/messages$/.exec(path);
    if (posts && method === 'POST') return post(posts[1]!, body, reply, lose);
    const spawns = /^\/channels\/(\d+)\/messages\/(\d+)\/threads$/.exec(path);
    if (spawns && method === 'POST') return spawn(spawns[1]!, spawns[2]!, body, reply);
    const channel = /^\/channels\/(\d+)$/.exec(path);
    if (channel) {
      const thread = threads.find(({ id }) => id === channel[1]);
      return reply(200, thread ? threadChannel(thread) : { id: channel[1], type: 1, recipients: [] });
    }
    if (method === 'PUT' && path.endsWith('/commands')) {
      const definitions = body as unknown as Json[];
      note('commands', inspectCommands(definitions));
      commands.splice(0, commands.length, ...definitions);
      return reply(200, definitions);
    }
    return reply(404, { code: 0, message: `no such path ${path}` });
  }

  function post(channel: string, body: Record<string, unknown>, reply: Reply, lose: Lose): undefined {
    if (tooMany(reply)) return;
    note('message', inspectMessage(body));
    const key = body.enforce_nonce ? `${channel} ${String(body.nonce)}` : null;
    if (key === null) breaches.push('a channel message without an enforced nonce');
    const earlier = key ? nonces.get(key) : undefined;
    const made = message({ channel, author: APPLICATION, ...(earlier && { id: earlier }) });
    if (!earlier) {
      if (key) nonces.set(key, made.id);
      shown.push({ id: made.id, channel, body, interaction: null });
    }
    if (knobs.dropMessages-- > 0) return lose();
    return reply(200, made);
  }

  function spawn(parent: string, id: string, body: Record<string, unknown>, reply: Reply): undefined {
    if (!knobs.maySpawnThreads) return reply(403, { code: 50013, message: 'Missing Permissions' });
    if (threads.some((thread) => thread.id === id))
      return reply(400, { code: 160004, message: 'A thread has already been created for this message' });
    const name = String(body.name ?? '');
    if (name.length < 1 || name.length > 100) breaches.push(`thread name of ${name.length} characters`);
    const guild = GUILDS[GUILD_CHANNELS.indexOf(parent as (typeof GUILD_CHANNELS)[number])] ?? GUILDS[0];
    const thread = { id, guild, parent, owner: APPLICATION };
    threads.push(thread);
    onThread(thread);
    return reply(201, { ...threadChannel(thread), name });
  }

  return {
    serve,
    sent,
    shown,
    threads,
    commands,
    interactions,
    gatewayCalls: () => gatewayCalls,
    onThread: (listener: (thread: Thread) => void): void => {
      onThread = listener;
    },
    /** A new interaction, whose deadline begins now. */
    expect(kind: number, channel = CHANNEL, millisecondsAgo = 0): { id: string; token: string } {
      const id = snowflake(millisecondsAgo);
      const token = `token-${createHash('sha256').update(id).digest('hex')}`;
      interactions.set(id, { token, kind, channel, at: performance.now(), acknowledged: 0, original: null });
      return { id, token };
    },
  };
}
