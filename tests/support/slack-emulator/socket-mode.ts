import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Acknowledgement, type Connection, createEnvelopes } from './envelopes.ts';
import { createGapClock } from './gap-clock.ts';
import { createSocketSender } from './socket-sender.ts';
import type { Tickets } from './tickets.ts';
import type { AppMethod } from './web-api.ts';
import type { World } from './world.ts';

/** Slack lets one app hold ten connections, and lets a ticket of `apps.connections.open` live for seconds. */
const MOST_CONNECTIONS = 10;
const TICKET_LIFETIME_MS = 30_000;

export interface Sockets {
  /** Connections that Slack would deliver to. */
  count(): number;
  /** Connections made so far. */
  opened(): number;
  readonly acknowledgements: readonly Acknowledgement[];
  /** `disconnect` with reason `refresh_requested`; Slack closes after `graceMs` when the client has not. */
  refresh(index?: number, graceMs?: number): void;
  /** `disconnect` with reason `warning`: the connection ends soon, and still delivers. */
  warning(index?: number): void;
  /** `disconnect` with reason `link_disabled`: Socket Mode was switched off; opening answers so from now on. */
  linkDisabled(): void;
  /** Breaks a connection without a close frame. */
  closeAbruptly(index?: number): void;
  /** Leaves new connections without their hello while on, so that they never become ready. */
  withholdHello(on: boolean): void;
  /** Stops reading and pinging a connection while it stays open: a frozen peer. */
  freeze(index?: number): void;
  /** Refuses every connection and every `apps.connections.open` until a time of Date.now, or until it resolves. */
  refuse(until: number | Promise<unknown>, how?: 'reset' | 503): void;
  /** Sends any text or binary frame down one connection. */
  frame(data: string | Buffer, index?: number): void;
  /** Longest time without any connection to deliver to, since the first one. */
  largestGapMs(): number;
}

/** The Socket Mode side: tickets, connections, envelopes and their acknowledgements. */
export function createSocketMode(
  world: World,
  tickets: Tickets,
  settings: {
    readonly appToken: string;
    readonly pingMs: number;
    readonly ackMs: number;
    readonly retryDelaysMs: readonly number[];
  },
) {
  const server = new WebSocketServer({ noServer: true });
  const links = new Map<string, number>();
  const gaps = createGapClock();
  const envelopes = createEnvelopes(world, settings.ackMs);
  let connections: Connection[] = [];
  let opened = 0;
  let next = 0;
  let disabled = false;
  let silent = false;
  let refusing: 'reset' | 503 | null = null;
  const usable = (): Connection[] => connections.filter(({ leaving }) => !leaving);

  const open: AppMethod = (_args, token) => {
    if (token === null) return { ok: false, error: 'not_authed' };
    if (!token.startsWith('xapp-')) {
      world.violation('apps.connections.open: needs an app-level token');
      return { ok: false, error: 'not_allowed_token_type' };
    }
    if (token !== settings.appToken) {
      world.violation('apps.connections.open: unknown app-level token');
      return { ok: false, error: 'invalid_auth' };
    }
    if (disabled) return { ok: false, error: 'link_disabled' };
    const ticket = world.id('t');
    links.set(ticket, Date.now());
    const host = world.origin.replace('http:', 'ws:');
    return { ok: true, url: `${host}/link/?ticket=${ticket}&app_id=${world.appId}` };
  };

  function upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    if (refusing === 'reset') return void socket.destroy();
    const ticket = new URL(request.url ?? '/', 'http://emulator').searchParams.get('ticket') ?? '';
    const issued = links.get(ticket);
    links.delete(ticket);
    const status = refusing === 503 ? '503 Service Unavailable' : '401 Unauthorized';
    if (refusing === 503 || issued === undefined || Date.now() - issued > TICKET_LIFETIME_MS) {
      if (refusing === null) world.violation('socket: a ticket of apps.connections.open is good for one connection');
      return void socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    }
    server.handleUpgrade(request, socket, head, welcome);
  }

  function welcome(socket: WebSocket): void {
    const connection: Connection = { socket, leaving: false, frozen: false };
    socket.on('error', () => {});
    const host = `applink-${opened}`;
    opened += 1;
    if (usable().length >= MOST_CONNECTIONS) {
      world.violation(`socket: more than ${MOST_CONNECTIONS} connections`);
      socket.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets', debug_info: { host } }));
      return void socket.close(1000);
    }
    if (silent) return;
    connections.push(connection);
    gaps.update(usable().length);
    const pings = setInterval(
      () => socket.readyState === socket.OPEN && !connection.frozen && socket.ping('Ping from Slack'),
      settings.pingMs,
    );
    socket.on('message', (data, binary) => envelopes.received(connection, binary ? null : data.toString()));
    socket.on('close', () => {
      clearInterval(pings);
      connections = connections.filter((one) => one !== connection);
      gaps.update(usable().length);
      envelopes.lost(connection);
    });
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: usable().length,
        debug_info: { host, build_number: 10, approximate_connection_time: 18_060 },
        connection_info: { app_id: world.appId },
      }),
    );
  }

  function leave(connection: Connection | undefined, reason: string, graceMs: number | null): void {
    if (!connection) return;
    if (graceMs !== null) connection.leaving = true;
    gaps.update(usable().length);
    connection.socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'applink' } }));
    if (graceMs !== null) setTimeout(() => connection.socket.close(1000), graceMs).unref();
  }

  const choose = (): Connection | undefined => {
    const ready = usable();
    return ready[next++ % Math.max(1, ready.length)];
  };
  const sender = createSocketSender(world, tickets, envelopes, choose, settings.retryDelaysMs);

  const sockets: Sockets = {
    count: () => usable().length,
    opened: () => opened,
    acknowledgements: envelopes.acknowledgements,
    refresh: (index = 0, graceMs = 10_000) => leave(usable()[index], 'refresh_requested', graceMs),
    warning: (index = 0) => leave(usable()[index], 'warning', null),
    linkDisabled() {
      disabled = true;
      for (const connection of usable()) leave(connection, 'link_disabled', 1_000);
    },
    closeAbruptly: (index = 0) => usable()[index]?.socket.terminate(),
    withholdHello(on) {
      silent = on;
    },
    freeze(index = 0) {
      const connection = usable()[index];
      if (!connection) return;
      connection.frozen = true;
      connection.socket.pause();
    },
    refuse(until, how = 'reset') {
      refusing = how;
      const end = (): void => {
        refusing = null;
      };
      if (typeof until === 'number') setTimeout(end, Math.max(0, until - Date.now())).unref();
      else void until.then(end, end);
    },
    frame: (data, index = 0) => usable()[index]?.socket.send(data),
    largestGapMs: () => gaps.largestMs(),
  };

  return {
    sender,
    sockets,
    upgrade,
    appMethods: { 'apps.connections.open': open },
    /** How HTTP calls to the API are refused at the moment. */
    refusing: () => refusing,
    async close() {
      const closed = connections.map(({ socket }) => new Promise((resolve) => socket.once('close', resolve)));
      for (const { socket } of connections) socket.close(1001);
      await Promise.race([Promise.all(closed), new Promise((resolve) => setTimeout(resolve, 200))]);
      for (const { socket } of connections) socket.terminate();
      server.close();
    },
  };
}
