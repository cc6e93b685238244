import { messageJson } from './messages.ts';
import { channelOf, isRefusal, type Method, type MethodCall, missing, refuse } from './method.ts';
import type { Json } from './object-rules.ts';
import type { Line } from './world.ts';

const MOST_PER_PAGE = 999;

function lineJson({ world, workspace, args }: MethodCall, line: Line): Json {
  const metadata =
    args.include_all_metadata === true && line.posted?.metadata ? { metadata: line.posted.metadata } : {};
  if (line.posted) return { ...messageJson(world, workspace, line.posted), ...metadata };
  const thread = line.threadTs === null ? {} : { thread_ts: line.threadTs };
  return { type: 'message', user: line.user, text: line.text, ts: line.ts, team: workspace.teamId, ...thread };
}

/** One page of messages; the cursor is the ts to go on after. */
function page(call: MethodCall, lines: readonly Line[], limit: number): Json {
  const { args } = call;
  const cursor = typeof args.cursor === 'string' && args.cursor !== '' ? args.cursor : null;
  const oldest = Number(args.oldest ?? 0);
  const latest = Number(args.latest ?? Number.POSITIVE_INFINITY);
  const within = lines.filter(({ ts, posted }) => {
    if (posted?.deleted) return false;
    const at = Number(ts);
    return args.inclusive === true ? at >= oldest && at <= latest : at > oldest && at < latest;
  });
  const start = cursor === null ? 0 : within.findIndex(({ ts }) => ts === cursor) + 1;
  const some = within.slice(start, start + limit);
  const more = start + limit < within.length;
  const messages = some.map((line) => lineJson(call, line));
  return { ok: true, messages, has_more: more, response_metadata: { next_cursor: more ? some.at(-1)?.ts : '' } };
}

function limitOf(args: Json): number | null {
  const limit = args.limit === undefined || args.limit === '' ? 100 : Number(args.limit);
  return Number.isInteger(limit) && limit >= 1 && limit <= MOST_PER_PAGE ? limit : null;
}

const replies: Method = (call) => {
  const { world, workspace, name, args } = call;
  const channel = channelOf(call);
  if (isRefusal(channel)) return channel;
  if (typeof args.ts !== 'string') return missing('ts');
  const limit = limitOf(args);
  if (limit === null) {
    world.violation(`${name}: limit ${String(args.limit)}`);
    return refuse('invalid_limit');
  }
  const lines = world.history(workspace.teamId, channel.id);
  const root = lines.get(args.ts);
  if (!root) return refuse('thread_not_found');
  const thread = root.threadTs ?? root.ts;
  const members = [...lines.values()].filter(({ ts, threadTs }) => ts === thread || threadTs === thread);
  return page(
    call,
    members.toSorted((a, b) => Number(a.ts) - Number(b.ts)),
    limit,
  );
};

const history: Method = (call) => {
  const { world, workspace, name, args } = call;
  const channel = channelOf(call);
  if (isRefusal(channel)) return channel;
  const limit = limitOf(args);
  if (limit === null) {
    world.violation(`${name}: limit ${String(args.limit)}`);
    return refuse('invalid_limit');
  }
  const top = [...world.history(workspace.teamId, channel.id).values()].filter(
    ({ ts, threadTs }) => threadTs === null || threadTs === ts,
  );
  return page(
    call,
    top.toSorted((a, b) => Number(b.ts) - Number(a.ts)),
    limit,
  );
};

const info: Method = (call) => {
  const channel = channelOf(call);
  if (isRefusal(channel)) return channel;
  const { id, name, kind, isMember, isArchived, user } = channel;
  return {
    ok: true,
    channel: {
      id,
      name,
      is_channel: kind === 'channel',
      is_group: kind === 'group',
      is_im: kind === 'im',
      is_mpim: kind === 'mpim',
      is_private: kind !== 'channel',
      is_member: isMember,
      is_archived: isArchived,
      ...(user !== null && { user }),
      context_team_id: call.workspace.teamId,
    },
  };
};

const open: Method = ({ world, workspace, name, args }) => {
  const user = String(args.users ?? '');
  const channel = [...workspace.channels.values()].find((one) => one.kind === 'im' && one.user === user);
  if (channel) return { ok: true, channel: { id: channel.id } };
  world.violation(`${name}: no user ${user} in ${workspace.teamId}`);
  return refuse('user_not_found');
};

const usersInfo: Method = ({ workspace, args }) => {
  const id = String(args.user ?? '');
  if (!workspace.users.includes(id) && id !== workspace.botUserId) return refuse('user_not_found');
  const bot = id === workspace.botUserId;
  const name = id.toLowerCase();
  const profile = { display_name: name, real_name: name, ...(bot && { bot_id: workspace.botId }) };
  return {
    ok: true,
    user: { id, team_id: workspace.teamId, name, is_bot: bot, deleted: false, is_admin: false, tz: 'Etc/UTC', profile },
  };
};

const react: Method = (call) => {
  const channel = channelOf(call);
  if (isRefusal(channel)) return channel;
  const { world, workspace, args } = call;
  if (typeof args.name !== 'string' || !/^[a-z0-9_+'-]+$/.test(args.name)) return refuse('invalid_name');
  const known = world.history(workspace.teamId, channel.id).has(String(args.timestamp));
  return known ? { ok: true } : refuse('message_not_found');
};

export const CONVERSATION_METHODS: Readonly<Record<string, Method>> = {
  'conversations.replies': replies,
  'conversations.history': history,
  'conversations.info': info,
  'conversations.open': open,
  'users.info': usersInfo,
  'reactions.add': react,
  'reactions.remove': react,
};
