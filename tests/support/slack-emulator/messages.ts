import type { Json } from './object-rules.ts';
import type { Channel, Mutable, Posted, Workspace, World } from './world.ts';

/** Puts a message of the bot before its readers. */
export function post(
  world: World,
  workspace: Workspace,
  channel: Channel,
  message: {
    readonly args: Json;
    readonly via: string;
    readonly ephemeralFor: string | null;
    readonly threadTs: string | null;
  },
): Mutable<Posted> {
  const { args, via, ephemeralFor, threadTs } = message;
  const posted: Mutable<Posted> = {
    team: workspace.teamId,
    channel: channel.id,
    ts: world.timestamp(),
    threadTs,
    text: textOf(args),
    blocks: blocksOf(args),
    ephemeralFor,
    metadata: args.metadata ?? null,
    edits: [],
    deleted: false,
    via,
    at: world.now(),
    raw: args,
  };
  world.messages.push(posted);
  world.posted.set(key(posted.team, posted.channel, posted.ts), posted);
  if (ephemeralFor === null)
    world
      .history(workspace.teamId, channel.id)
      .set(posted.ts, { ts: posted.ts, threadTs, user: workspace.botUserId, text: posted.text, posted, event: null });
  return posted;
}

/** Replaces what a message says and keeps what it said. */
export function edit(world: World, posted: Mutable<Posted>, args: Json, via: string): void {
  const before = { at: posted.at, text: posted.text, blocks: posted.blocks, replacedVia: via };
  posted.edits = [...posted.edits, before];
  if (args.text !== undefined) posted.text = textOf(args);
  // Slack drops the blocks when an update carries text alone.
  posted.blocks = blocksOf(args);
  if (args.metadata !== undefined) posted.metadata = args.metadata;
  posted.raw = args;
  posted.at = world.now();
}

/** The message that a ts names, unless it was deleted. */
export function find(world: World, team: string, channel: string, ts: unknown): Mutable<Posted> | null {
  const posted = world.posted.get(key(team, channel, String(ts)));
  return posted && !posted.deleted ? posted : null;
}

function key(team: string, channel: string, ts: string): string {
  return `${team} ${channel} ${ts}`;
}

/** A message as the API returns it. */
export function messageJson(world: World, workspace: Workspace, posted: Posted): Json {
  return {
    type: 'message',
    user: workspace.botUserId,
    bot_id: workspace.botId,
    app_id: world.appId,
    team: workspace.teamId,
    ts: posted.ts,
    text: posted.text,
    ...(posted.threadTs !== null && { thread_ts: posted.threadTs }),
    ...(posted.blocks.length > 0 && { blocks: posted.blocks }),
    ...(posted.edits.length > 0 && {
      edited: { user: workspace.botUserId, ts: `${Math.floor(posted.at / 1000)}.000000` },
    }),
  };
}

/** Warns of threads that a post would miss: a reply's own ts, or a ts that nobody wrote. */
export function checkThread(world: World, team: string, channel: string, threadTs: unknown, where: string): void {
  if (threadTs === undefined || threadTs === null) return;
  const line = world.history(team, channel).get(String(threadTs));
  if (!line) world.violation(`${where} thread_ts ${String(threadTs)} names no message of ${channel}`);
  else if (line.threadTs !== null && line.threadTs !== line.ts)
    world.violation(`${where} thread_ts ${String(threadTs)} is a reply, not the first message of its thread`);
}

function textOf(args: Json): string {
  return typeof args.text === 'string' ? args.text : '';
}

/** Slack gives every block an id; so do we, because what comes back from a click names it. */
function blocksOf(args: Json): readonly Json[] {
  if (!Array.isArray(args.blocks)) return [];
  return (args.blocks as Json[]).map((block, index) => ({ ...block, block_id: block.block_id ?? `b${index}` }));
}
