import type { Inspection } from './inspection.ts';
import { isObject, type Json } from './object-rules.ts';
import type { Link, Ping } from './text-rules.ts';

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly kind: 'channel' | 'group' | 'im' | 'mpim';
  /** The other person of a direct message. */
  readonly user: string | null;
  isMember: boolean;
  isArchived: boolean;
}

export interface WorkspaceOptions {
  readonly token?: string;
  readonly botUserId?: string;
  readonly botId?: string;
  readonly users?: readonly string[];
  /** Ids alone, or ids with properties; D... ids are direct messages, G... ids are private channels. */
  readonly channels?: readonly string[] | Readonly<Record<string, Partial<Omit<Channel, 'id'>>>>;
  /** Granted bot scopes; without this list every method is allowed. */
  readonly scopes?: readonly string[];
}

export interface Workspace {
  readonly teamId: string;
  readonly token: string;
  readonly botUserId: string;
  readonly botId: string;
  readonly users: readonly string[];
  readonly channels: ReadonlyMap<string, Channel>;
  scopes: readonly string[] | null;
  /** True once the app was removed: its token answers `token_revoked`. */
  revoked: boolean;
}

/** A Web API request as it came and as it was answered; status 0 stands for a lost or withheld answer. */
export interface Call {
  readonly method: string;
  readonly team: string | null;
  readonly token: string | null;
  readonly body: Json;
  /** Milliseconds of the emulator's clock. */
  readonly at: number;
  readonly status: number;
  readonly ok: boolean;
  readonly error: string | null;
}

export interface Version {
  readonly at: number;
  readonly text: string;
  readonly blocks: readonly Json[];
  /** What replaced this version: `chat.update` or `response_url`. */
  readonly replacedVia: string;
}

/** A message of the bot, as users see it now; `edits` holds what it said before, oldest first. */
export interface Posted {
  readonly team: string;
  readonly channel: string;
  readonly ts: string;
  readonly threadTs: string | null;
  readonly text: string;
  readonly blocks: readonly Json[];
  readonly ephemeralFor: string | null;
  readonly metadata: unknown;
  readonly edits: readonly Version[];
  readonly deleted: boolean;
  readonly via: string;
  readonly at: number;
  readonly raw: Json;
}

/** A line of a conversation's history, by anyone. */
export interface Line {
  readonly ts: string;
  readonly threadTs: string | null;
  readonly user: string;
  readonly text: string;
  readonly posted: Posted | null;
  readonly event: Json | null;
}

export interface OpenedView {
  readonly id: string;
  readonly team: string;
  readonly user: string;
  readonly kind: 'modal' | 'home';
  readonly view: Json;
  readonly hash: string;
  readonly via: string;
  readonly at: number;
  /** Answered with `clear`, submitted without errors, or closed. */
  readonly closed: boolean;
}

export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Everything that the parts of the emulator share. */
export interface World {
  readonly now: () => number;
  readonly appId: string;
  readonly workspaces: Map<string, Workspace>;
  readonly calls: Call[];
  readonly messages: Mutable<Posted>[];
  /** The same messages by team, channel and ts. */
  readonly posted: Map<string, Mutable<Posted>>;
  readonly messagesPerSecond: number;
  readonly views: Mutable<OpenedView>[];
  readonly violations: string[];
  readonly pings: Ping[];
  readonly links: Link[];
  /** Base address, without a slash at its end. */
  origin: string;
  violation(text: string): void;
  /** Keeps an inspection's pings, links and findings; returns the error to answer, if any. */
  judge(where: string, inspection: Inspection): Json | null;
  /** A fresh message time stamp. */
  timestamp(): string;
  /** A fresh identifier with a Slack prefix. */
  id(prefix: string): string;
  /** Lines by ts. */
  history(team: string, channel: string): Map<string, Line>;
  /** Records what a person wrote, so that it can be answered in its thread and read back. */
  heard(team: string, event: Json): void;
}

const REFUSALS_BY_SCHEMA = new Set(['invalid_blocks', 'invalid_arguments']);

export function createWorld(now: () => number, messagesPerSecond: number): World {
  const lines = new Map<string, Map<string, Line>>();
  let counter = 0;
  const world: World = {
    now,
    appId: 'A0ADVISOR',
    workspaces: new Map(),
    calls: [],
    messages: [],
    posted: new Map(),
    messagesPerSecond,
    views: [],
    violations: [],
    pings: [],
    links: [],
    origin: '',
    violation: (text) => world.violations.push(text),
    judge(where, inspection) {
      world.pings.push(...inspection.pings.map((ping) => ({ ...ping, where: `${where} ${ping.where}` })));
      world.links.push(...inspection.links.map((link) => ({ ...link, where: `${where} ${link.where}` })));
      for (const { pointer, message, error } of inspection.findings)
        world.violation(`${where} ${pointer} ${message}${error === null ? '' : ` (${error})`}`);
      const fatal = inspection.findings.filter(({ error }) => error !== null);
      const first = fatal[0]?.error ?? null;
      if (first === null) return null;
      if (!REFUSALS_BY_SCHEMA.has(first)) return { ok: false, error: first };
      const errors = fatal.map(({ pointer, message }) => `${message} [json-pointer:${pointer}]`);
      const messages = errors.map((error) => `[ERROR] ${error}`);
      return { ok: false, error: first, errors, response_metadata: { messages } };
    },
    timestamp() {
      counter += 1;
      return `${Math.floor(now() / 1000)}.${String(counter % 1_000_000).padStart(6, '0')}`;
    },
    id(prefix) {
      counter += 1;
      return `${prefix}0${counter.toString(36).toUpperCase().padStart(8, '0')}`;
    },
    history(team, channel) {
      const key = `${team} ${channel}`;
      const known = lines.get(key) ?? new Map<string, Line>();
      lines.set(key, known);
      return known;
    },
    heard(team, event) {
      if (event.type === 'assistant_thread_started' && isObject(event.assistant_thread)) {
        const { channel_id: channel, thread_ts: ts, user_id: user } = event.assistant_thread;
        keep(world.history(team, String(channel)), String(ts), null, String(user), '', event);
      }
      if (event.type !== 'message' && event.type !== 'app_mention') return;
      const { channel, ts, thread_ts: thread, user, text, subtype } = event;
      if (typeof channel !== 'string' || typeof ts !== 'string') return;
      if (subtype === 'message_changed' || subtype === 'message_deleted') return;
      const threadTs = typeof thread === 'string' ? thread : null;
      keep(world.history(team, channel), ts, threadTs, String(user ?? ''), String(text ?? ''), event);
      // A reply in a thread whose first message was never seen here: the thread exists all the same.
      if (threadTs !== null) keep(world.history(team, channel), threadTs, null, '', '', null);
    },
  };
  return world;
}

function keep(
  lines: Map<string, Line>,
  ts: string,
  threadTs: string | null,
  user: string,
  text: string,
  event: Json | null,
) {
  if (!lines.has(ts)) lines.set(ts, { ts, threadTs, user, text, posted: null, event });
}

/** Adds or replaces a workspace; ids that are not given are derived from the team so that no two workspaces share them. */
export function addWorkspace(world: World, teamId: string, options: WorkspaceOptions = {}): Workspace {
  const tail = teamId.replace(/^T/, '');
  const users = options.users ?? [`U${tail}1`, `U${tail}2`];
  const given = options.channels ?? [`C${tail}1`, `C${tail}2`];
  const channels = new Map<string, Channel>();
  const add = (id: string, more: Partial<Omit<Channel, 'id'>> = {}): void => {
    const kind = more.kind ?? (id.startsWith('D') ? 'im' : id.startsWith('G') ? 'group' : 'channel');
    channels.set(id, {
      name: id.toLowerCase(),
      user: null,
      isMember: true,
      isArchived: false,
      ...more,
      id,
      kind,
    });
  };
  for (const user of users) add(`D${user.slice(1)}`, { kind: 'im', user });
  if (Array.isArray(given)) for (const id of given as readonly string[]) add(id);
  else for (const [id, more] of Object.entries(given as Record<string, Partial<Channel>>)) add(id, more);
  const workspace: Workspace = {
    teamId,
    token: options.token ?? `xoxb-${tail}-emulator`,
    botUserId: options.botUserId ?? `U${tail}BOT`,
    botId: options.botId ?? `B${tail}BOT`,
    users,
    channels,
    scopes: options.scopes ?? null,
    revoked: false,
  };
  world.workspaces.set(teamId, workspace);
  return workspace;
}
