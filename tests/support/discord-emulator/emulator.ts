import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo, Socket } from 'node:net';

interface GatewaySocket {
  send(data: string): void;
  close(code: number): void;
  terminate(): void;
  on(event: 'message', listener: (data: Buffer) => void): void;
}
interface GatewayServer {
  on(event: 'connection', listener: (socket: GatewaySocket) => void): void;
  handleUpgrade(request: IncomingMessage, socket: Socket, head: Buffer, done: (socket: GatewaySocket) => void): void;
}
// The WebSocket library that discord.js itself brings.
const require = createRequire(createRequire(import.meta.url).resolve('discord.js'));
const { WebSocketServer } = require('ws') as { WebSocketServer: new (options: { noServer: true }) => GatewayServer };

export const APPLICATION = '100000000000000001';
export const CHANNEL = '100000000000000002';
const USER = { id: '100000000000000009', username: 'asker', discriminator: '0', avatar: null, global_name: null };

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
  readonly status: number;
  /** Milliseconds since the emulator started. */
  readonly at: number;
}

/** A gateway and REST server on loopback which enforces Discord's rules; every breach is kept in `breaches`. */
export async function startDiscordEmulator() {
  const sent: Sent[] = [];
  const breaches: string[] = [];
  const identifies: { intents: number }[] = [];
  const interactions = new Map<string, { token: string; at: number; acknowledged: boolean }>();
  const history: { s: number; frame: string }[] = [];
  const knobs = { closeOnIdentify: 0, remaining: 1000, dropCallbacks: 0, gatewayFailures: 0, shards: 1 };
  let resumes = 0;
  let gatewayCalls = 0;
  let sequence = 0;
  let ids = 200000000000000000n;
  let live: GatewaySocket | null = null;
  const snowflake = (): string => String(((BigInt(Date.now()) - 1420070400000n) << 22n) + (ids++ & 0xfffn));

  const server = createServer((request, response) => void serve(request, response));
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const gateway = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) =>
    gateway.handleUpgrade(request, socket as Socket, head, (opened) => connected(opened)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  function connected(socket: GatewaySocket): void {
    socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: 5000 } }));
    socket.on('message', (data) => {
      const { op, d } = JSON.parse(data.toString());
      if (op === 1) socket.send(JSON.stringify({ op: 11 }));
      if (op === 2) {
        identifies.push(d);
        if (knobs.closeOnIdentify) return socket.close(knobs.closeOnIdentify);
        live = socket;
        const bot = { id: APPLICATION, username: 'advisor', discriminator: '0', avatar: null, bot: true };
        const resume_gateway_url = `ws://${origin}/gw`;
        const application = { id: APPLICATION, flags: 0 };
        const { shard } = d;
        dispatch('READY', {
          v: 10,
          user: bot,
          guilds: [],
          session_id: 'session',
          resume_gateway_url,
          application,
          shard,
        });
      }
      if (op === 6) {
        resumes += 1;
        live = socket;
        for (const { s, frame } of history) if (s > d.seq) socket.send(frame);
        dispatch('RESUMED', {});
      }
    });
  }

  function dispatch(t: string, d: unknown): void {
    sequence += 1;
    const frame = JSON.stringify({ op: 0, t, s: sequence, d });
    if (t !== 'READY' && t !== 'RESUMED') history.push({ s: sequence, frame });
    live?.send(frame);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let raw = '';
    for await (const part of request) raw += String(part);
    const path = (request.url ?? '').replace(/^\/api\/v\d+/, '').replace(/\?.*$/, '');
    const text = raw.startsWith('--')
      ? (/name="payload_json"\r\n(?:[^\r\n]+\r\n)*\r\n(.*?)\r\n--/s.exec(raw)?.[1] ?? '{}')
      : raw;
    const body = text ? JSON.parse(text) : {};
    const method = request.method ?? '';
    const reply = (status: number, value?: unknown): void => {
      sent.push({ method, path, body, status, at: performance.now() });
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(value === undefined ? '' : JSON.stringify(value));
    };
    if (path === '/gateway/bot') {
      gatewayCalls += 1;
      if (knobs.gatewayFailures-- > 0) return reply(503, {});
      const session_start_limit = {
        total: 1000,
        remaining: knobs.remaining,
        reset_after: 1500,
        max_concurrency: knobs.shards,
      };
      return reply(200, { url: `ws://${origin}/gw`, shards: knobs.shards, session_start_limit });
    }
    const callback = /^\/interactions\/(\d+)\/([^/]+)\/callback$/.exec(path);
    if (callback) {
      const known = interactions.get(callback[1] as string);
      if (!known || performance.now() - known.at > 3000)
        return reply(404, { code: 10062, message: 'Unknown interaction' });
      if (known.acknowledged) return reply(400, { code: 40060, message: 'Interaction has already been acknowledged.' });
      known.acknowledged = true;
      if (knobs.dropCallbacks-- > 0) {
        sent.push({ method, path, body, status: 0, at: performance.now() });
        request.socket.destroy();
        return;
      }
      return reply(204);
    }
    if (path.startsWith('/webhooks/') || /^\/channels\/\d+\/messages$/.test(path)) {
      check(body);
      return reply(200, {
        id: snowflake(),
        channel_id: CHANNEL,
        author: USER,
        content: '',
        timestamp: new Date().toISOString(),
        edited_timestamp: null,
        tts: false,
        mention_everyone: false,
        mentions: [],
        mention_roles: [],
        attachments: [],
        embeds: [],
        components: [],
        pinned: false,
        type: 0,
      });
    }
    if (path.endsWith('/typing')) return reply(204);
    if (method === 'PUT' && path.endsWith('/commands')) return reply(200, []);
    reply(404, { code: 0, message: `no such path ${path}` });
  }

  function check(body: Record<string, unknown>): void {
    const mentions = body.allowed_mentions as { parse?: unknown[] } | undefined;
    if (mentions?.parse?.length !== 0) breaches.push('allowed_mentions.parse is not empty');
    let count = 0;
    let length = 0;
    const walk = (part: unknown): void => {
      if (Array.isArray(part)) {
        for (const one of part) walk(one);
        return;
      }
      if (!part || typeof part !== 'object') return;
      const { type, content, components } = part as { type?: number; content?: string; components?: unknown };
      if (type) count += 1;
      if (content) length += content.length;
      walk(components);
    };
    walk(body.components);
    if (count > 40) breaches.push(`${count} components`);
    if (length > 4000) breaches.push(`${length} characters`);
    if (!(Number(body.flags ?? 0) & (1 << 15))) breaches.push('components v2 without its flag');
    if (body.content || body.embeds) breaches.push('content or embeds beside components v2');
  }

  /** Sends an interaction; the same object given again is delivered again, as a duplicate. */
  function interact(type: number, data: unknown, again?: { id: string; token: string }): { id: string; token: string } {
    const id = again?.id ?? snowflake();
    const token = again?.token ?? `token-${id}-${'x'.repeat(30)}`;
    if (!again) interactions.set(id, { token, at: performance.now(), acknowledged: false });
    const message = {
      id: snowflake(),
      channel_id: CHANNEL,
      author: USER,
      content: '',
      attachments: [],
      embeds: [],
      mentions: [],
      mention_roles: [],
      components: [],
      type: 0,
      timestamp: new Date().toISOString(),
    };
    dispatch('INTERACTION_CREATE', {
      id,
      token,
      type,
      data,
      application_id: APPLICATION,
      version: 1,
      locale: 'en-US',
      user: USER,
      channel_id: CHANNEL,
      channel: { id: CHANNEL, type: 1 },
      authorizing_integration_owners: {},
      entitlements: [],
      app_permissions: '0',
      attachment_size_limit: 1,
      ...(type === 3 && { message }),
    });
    return { id, token };
  }

  return {
    apiUrl: `http://${origin}/api`,
    sent,
    breaches,
    identifies,
    knobs,
    resumes: () => resumes,
    gatewayCalls: () => gatewayCalls,
    interact,
    ask: (question: string, again?: { id: string; token: string }) =>
      interact(2, { id: '1', name: 'ask', type: 1, options: [{ type: 3, name: 'question', value: question }] }, again),
    directMessage: (content: string, id = snowflake()) => {
      dispatch('MESSAGE_CREATE', {
        id,
        channel_id: CHANNEL,
        author: USER,
        content,
        timestamp: new Date().toISOString(),
        edited_timestamp: null,
        tts: false,
        mention_everyone: false,
        mentions: [],
        mention_roles: [],
        attachments: [],
        embeds: [],
        pinned: false,
        type: 0,
      });
      return id;
    },
    /** An order of the gateway: op 7 (reconnect) or a closed or broken connection. */
    fault: (kind: 'reconnect' | 'close' | 'drop') => {
      const socket = live;
      live = null;
      if (kind === 'reconnect') socket?.send(JSON.stringify({ op: 7, d: null }));
      else if (kind === 'close') socket?.close(4000);
      else socket?.terminate();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
