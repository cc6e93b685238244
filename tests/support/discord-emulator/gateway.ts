import type { IncomingMessage, Server } from 'node:http';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { APPLICATION, GUILD_CHANNELS, GUILDS, guildCreate, READY_USER, TOKEN } from './payloads.ts';

interface GatewaySocket {
  send(data: string): void;
  close(code: number): void;
  terminate(): void;
  on(event: 'message', listener: (data: Buffer) => void): void;
  on(event: 'close', listener: (code: number) => void): void;
}
interface GatewayServer {
  handleUpgrade(request: IncomingMessage, socket: Socket, head: Buffer, done: (socket: GatewaySocket) => void): void;
}
// The WebSocket library that discord.js itself brings.
const require = createRequire(createRequire(import.meta.url).resolve('discord.js'));
const { WebSocketServer } = require('ws') as { WebSocketServer: new (options: { noServer: true }) => GatewayServer };

export const INTENTS = { guilds: 1, guildMessages: 512, directMessages: 4096, messageContent: 32768 } as const;

/** What a gateway may do to a connection; `invalid` ends the session, `resumable` does not. */
export const FAULTS = ['reconnect', 'resumable', 'invalid', 'zombie', 'close', 'drop'] as const;
export type Fault = (typeof FAULTS)[number];

interface Session {
  readonly id: string;
  readonly shard: number;
  readonly intents: number;
  sequence: number;
  readonly history: { readonly s: number; readonly frame: string }[];
  socket: GatewaySocket | null;
}

export interface GatewayKnobs {
  closeOnIdentify: number;
  shards: number;
  /** Milliseconds. */
  heartbeat: number;
  /** Whether the bot is in servers, whose channels it then knows. */
  hasGuilds: boolean;
  permissions: bigint;
}

/** The gateway: HELLO, IDENTIFY, RESUME with replay, heartbeats, intents and every fault, by session and shard. */
export function createGateway(server: Server, origin: () => string, knobs: GatewayKnobs, breaches: string[]) {
  const sessions = new Map<string, Session>();
  const identifies: { at: number; intents: number; shard?: readonly [number, number] }[] = [];
  const silent = new WeakSet<GatewaySocket>();
  const counts = { resumes: 0, replayed: 0, refusedResumes: 0 };
  const current: (Session | undefined)[] = [];
  const webSockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) =>
    webSockets.handleUpgrade(request, socket as Socket, head, (opened) => connected(opened)),
  );

  function connected(socket: GatewaySocket): void {
    let session: Session | null = null;
    let sends = 0;
    socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: knobs.heartbeat } }));
    socket.on('message', (data) => {
      const { op, d } = JSON.parse(data.toString());
      sends += 1;
      if (sends > 120) breaches.push('more than 120 sends on one connection');
      if (op === 1 && !silent.has(socket)) socket.send(JSON.stringify({ op: 11 }));
      else if (op === 2) session = identified(socket, d);
      else if (op === 6) session = resumed(socket, d);
    });
    socket.on('close', (code) => {
      if (session?.socket === socket) session.socket = null;
      // A client that closes with these ends its session (docs.discord.com, "Resuming").
      if (session && (code === 1000 || code === 1001)) sessions.delete(session.id);
    });
  }

  function identified(
    socket: GatewaySocket,
    d: { token: string; intents: number; shard?: readonly [number, number] },
  ): Session | null {
    const [shard = 0] = d.shard ?? [];
    identifies.push({ at: performance.now(), intents: d.intents, ...(d.shard && { shard: d.shard }) });
    if (d.token !== TOKEN) {
      socket.close(4004);
      return null;
    }
    if (knobs.closeOnIdentify) {
      socket.close(knobs.closeOnIdentify);
      return null;
    }
    const id = `session-${sessions.size}-${identifies.length}`;
    const session: Session = { id, shard, intents: d.intents, sequence: 0, history: [], socket };
    sessions.set(id, session);
    current[shard] = session;
    const own = knobs.hasGuilds ? GUILDS.filter((guild) => shardOf(guild) === shard) : [];
    emit(session, 'READY', {
      v: 10,
      user: READY_USER,
      guilds: own.map((guild) => ({ id: guild, unavailable: true })),
      session_id: id,
      resume_gateway_url: `ws://${origin()}/gw`,
      application: { id: APPLICATION, flags: 0 },
      shard: d.shard,
    });
    for (const guild of own)
      emit(session, 'GUILD_CREATE', guildCreate(guild, GUILD_CHANNELS[GUILDS.indexOf(guild)]!, knobs.permissions));
    return session;
  }

  function resumed(socket: GatewaySocket, d: { token: string; session_id: string; seq: number }): Session | null {
    const session = sessions.get(d.session_id);
    if (!session || d.token !== TOKEN) {
      counts.refusedResumes += 1;
      socket.send(JSON.stringify({ op: 9, d: false }));
      return null;
    }
    if (d.seq > session.sequence) breaches.push(`resumed from ${d.seq} of ${session.sequence}`);
    counts.resumes += 1;
    session.socket = socket;
    const missed = session.history.filter(({ s }) => s > d.seq);
    counts.replayed += missed.length;
    for (const { frame } of missed) socket.send(frame);
    emit(session, 'RESUMED', {});
    return session;
  }

  function emit(session: Session, t: string, d: unknown): void {
    session.sequence += 1;
    const frame = JSON.stringify({ op: 0, t, s: session.sequence, d });
    if (t !== 'READY' && t !== 'RESUMED') session.history.push({ s: session.sequence, frame });
    session.socket?.send(frame);
  }

  function shardOf(guild: string | undefined): number {
    return guild === undefined ? 0 : Number((BigInt(guild) >> 22n) % BigInt(knobs.shards));
  }

  return {
    identifies,
    counts,
    /** Sends an event on its server's shard, or keeps it for replay while that shard is away. */
    dispatch(t: string, d: unknown, guild?: string): void {
      const session = current[shardOf(guild)];
      if (session && sessions.has(session.id)) emit(session, t, d);
    },
    intents: (guild?: string): number => current[shardOf(guild)]?.intents ?? 0,
    /** Whether the shard's session is connected. */
    isLive: (shard = 0): boolean => current[shard]?.socket != null && sessions.has(current[shard].id),
    fault(kind: Fault, shard = 0): void {
      const session = current[shard];
      const socket = session?.socket;
      if (!session || !socket) throw new Error('a fault needs a connection');
      if (kind === 'zombie') {
        silent.add(socket);
        session.socket = null;
        return;
      }
      session.socket = null;
      if (kind === 'invalid') sessions.delete(session.id);
      if (kind === 'reconnect') socket.send(JSON.stringify({ op: 7, d: null }));
      else if (kind === 'resumable' || kind === 'invalid')
        socket.send(JSON.stringify({ op: 9, d: kind === 'resumable' }));
      else if (kind === 'close') socket.close(4000);
      else socket.terminate();
    },
  };
}
