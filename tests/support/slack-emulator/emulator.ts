import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Builders, createBuilders } from './builders.ts';
import { RETRY_DELAYS_MS, type Sender } from './delivery.ts';
import { createFaults, type Faults } from './faults.ts';
import { createHttpSender } from './http-sender.ts';
import { createOauth } from './oauth.ts';
import { createSocketMode, type Sockets } from './socket-mode.ts';
import type { Link, Ping } from './text-rules.ts';
import { createTickets } from './tickets.ts';
import { createWebApi } from './web-api.ts';
import {
  addWorkspace,
  type Call,
  createWorld,
  type OpenedView,
  type Posted,
  type Workspace,
  type WorkspaceOptions,
} from './world.ts';

/** The workspace that is there from the start, and the app's own secrets. None of them is real. */
export const TEAM = 'T0TEAM';
export const CHANNEL = 'C0GENERAL';
export const DIRECT = 'D0ASKER';
export const USER = 'U0ASKER';
export const BOT_USER = 'U0ADVISOR';
export const BOT_TOKEN = 'xoxb-emulator-1';
export const APP_TOKEN = 'xapp-emulator-1';
export const SIGNING_SECRET = 'emulator-signing-secret';

export interface SlackEmulatorOptions {
  /** Clock in milliseconds for expiry, rate limits and time stamps; the real one unless given. */
  readonly now?: () => number;
  /** Slack allows 3,000 ms for an acknowledgement. */
  readonly ackMs?: number;
  /** Waits before the first, second and third retry; Slack's are 0, 1 min and 5 min. */
  readonly retryDelaysMs?: readonly number[];
  /** chat.postMessage per channel after a burst of three; Infinity for load tests that need no pacing. Default 1. */
  readonly messagesPerSecond?: number;
  /** Interval of the pings over Socket Mode. */
  readonly pingMs?: number;
  readonly appToken?: string;
}

export interface SlackEmulator {
  /** What `slackApiUrl` (SLACK_API_URL) is to be. */
  readonly apiUrl: string;
  readonly calls: readonly Call[];
  readonly messages: readonly Posted[];
  readonly views: readonly OpenedView[];
  /** Each rule that was broken, in words. */
  readonly violations: readonly string[];
  readonly pings: readonly Ping[];
  readonly links: readonly Link[];
  readonly faults: Faults;
  readonly sockets: Sockets;
  readonly build: Builders;
  http(url: string, signingSecret?: string): Sender;
  socket(): Sender;
  workspace(teamId: string, options?: WorkspaceOptions): Workspace;
  close(): Promise<void>;
}

/** A loopback Slack: Web API, response URLs, Socket Mode and HTTP deliveries, all held to Slack's rules. */
export async function startSlackEmulator(options: SlackEmulatorOptions = {}): Promise<SlackEmulator> {
  const timing = { ackMs: options.ackMs ?? 3_000, retryDelaysMs: options.retryDelaysMs ?? RETRY_DELAYS_MS };
  const world = createWorld(options.now ?? Date.now, options.messagesPerSecond ?? 1);
  addWorkspace(world, TEAM, {
    token: BOT_TOKEN,
    botUserId: BOT_USER,
    botId: 'B0ADVISOR',
    users: [USER, 'U0OTHER'],
    channels: [CHANNEL, 'C0RANDOM', 'G0PRIVATE'],
  });
  const tickets = createTickets(world);
  const faults = createFaults();
  const appToken = options.appToken ?? APP_TOKEN;
  const socketMode = createSocketMode(world, tickets, { appToken, pingMs: options.pingMs ?? 5_000, ...timing });
  const api = createWebApi(world, tickets, faults, { ...socketMode.appMethods, ...createOauth(world) });
  const senders: { close(): void }[] = [];

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://emulator');
    const refusing = socketMode.refusing();
    if (pathname === '/api/apps.connections.open' && refusing !== null) {
      if (refusing === 'reset') request.socket.destroy();
      else response.writeHead(refusing).end();
      return;
    }
    if (pathname.startsWith('/api/')) return api.call(pathname.slice('/api/'.length), request, response);
    if (pathname.startsWith('/response/')) return api.respond(pathname, request, response);
    world.violation(`request to ${pathname}`);
    response.writeHead(404).end();
  }

  const server = createServer((request, response) => void serve(request, response));
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  server.on('upgrade', (request, socket, head) => socketMode.upgrade(request, socket as Socket, head));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  world.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    apiUrl: `${world.origin}/api/`,
    calls: world.calls,
    messages: world.messages,
    views: world.views,
    violations: world.violations,
    pings: world.pings,
    links: world.links,
    faults,
    sockets: socketMode.sockets,
    build: createBuilders(world, tickets),
    http(url, signingSecret = SIGNING_SECRET) {
      const sender = createHttpSender(world, tickets, { url, signingSecret }, timing);
      senders.push(sender);
      return sender;
    },
    socket: () => socketMode.sender,
    workspace: (teamId, more) => addWorkspace(world, teamId, more),
    async close() {
      for (const sender of senders) sender.close();
      await socketMode.close();
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
