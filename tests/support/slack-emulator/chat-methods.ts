import { checkThread, edit, find, messageJson, post } from './messages.ts';
import { channelOf, isRefusal, type Method, type MethodCall, missing, refuse } from './method.ts';
import { isObject, type Json } from './object-rules.ts';
import { inspectMessage } from './payload-rules.ts';
import type { Channel, World } from './world.ts';

/** Slack: about one message a second in a channel, short bursts tolerated (docs.slack.dev/apis/web-api/rate-limits). */
const BURST = 3;

interface Bucket {
  tokens: number;
  at: number;
}
const buckets = new WeakMap<World, Map<string, Bucket>>();

/** Seconds to wait before the next post to a channel, or null when one may be posted now. */
function overRate({ world, workspace }: MethodCall, channel: Channel): number | null {
  const rate = world.messagesPerSecond;
  if (rate === Number.POSITIVE_INFINITY) return null;
  const all = buckets.get(world) ?? new Map<string, Bucket>();
  buckets.set(world, all);
  const key = `${workspace.teamId} ${channel.id}`;
  const now = world.now();
  const bucket = all.get(key) ?? { tokens: BURST, at: now };
  all.set(key, bucket);
  bucket.tokens = Math.min(BURST, bucket.tokens + ((now - bucket.at) / 1000) * rate);
  bucket.at = now;
  if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / rate));
  bucket.tokens -= 1;
  return null;
}

function checkMetadata(call: MethodCall): Json | null {
  const { metadata } = call.args;
  if (metadata === undefined) return null;
  if (isObject(metadata) && typeof metadata.event_type === 'string' && isObject(metadata.event_payload)) return null;
  call.world.violation(`${call.name}: metadata needs event_type and event_payload`);
  return refuse('invalid_metadata_format');
}

function checkPlace({ world, name }: MethodCall, channel: Channel): Json | null {
  if (channel.isArchived) return refuse('is_archived');
  if (channel.isMember) return null;
  world.violation(`${name}: the bot is no member of ${channel.id}`);
  return refuse('not_in_channel');
}

const postMessage: Method = (call) => {
  const { world, workspace, name, args } = call;
  const channel = channelOf(call);
  if (isRefusal(channel)) return channel;
  const refusal = checkPlace(call, channel) ?? world.judge(name, inspectMessage(args, { unfurls: true }));
  const metadata = checkMetadata(call);
  if (refusal ?? metadata) return (refusal ?? metadata) as Json;
  if (args.reply_broadcast === true) world.violation(`${name}: reply_broadcast shows a thread's reply to everyone`);
  checkThread(world, workspace.teamId, channel.id, args.thread_ts, name);
  const seconds = overRate(call, channel);
  if (seconds !== null) return { retryAfterSeconds: seconds };
  const threadTs = typeof args.thread_ts === 'string' ? args.thread_ts : null;
  const posted = post(world, workspace, channel, { args, via: name, ephemeralFor: null, threadTs });
  const message = messageJson(world, workspace, posted);
  return { ok: true, channel: channel.id, ts: posted.ts, message, ...textWarning(args) };
};

function textWarning(args: Json): Json {
  if (typeof args.text === 'string' && args.text !== '') return {};
  return { warning: 'missing_text_in_message', response_metadata: { warnings: ['missing_text_in_message'] } };
}

const postEphemeral: Method = (call) => {
  const { world, workspace, name, args } = call;
  const channel = channelOf(call);
  if (isRefusal(channel)) return channel;
  if (typeof args.user !== 'string') return missing('user');
  if (!workspace.users.includes(args.user)) {
    world.violation(`${name}: ${args.user} is not in ${channel.id}`);
    return refuse('user_not_in_channel');
  }
  const refusal = checkPlace(call, channel) ?? world.judge(name, inspectMessage(args, { unfurls: false }));
  if (refusal) return refusal;
  checkThread(world, workspace.teamId, channel.id, args.thread_ts, name);
  const threadTs = typeof args.thread_ts === 'string' ? args.thread_ts : null;
  const posted = post(world, workspace, channel, { args, via: name, ephemeralFor: args.user, threadTs });
  return { ok: true, message_ts: posted.ts };
};

const update: Method = (call) => {
  const { world, workspace, name, args } = call;
  const channel = channelOf(call);
  if (isRefusal(channel)) return channel;
  if (typeof args.ts !== 'string') return missing('ts');
  const posted = find(world, workspace.teamId, channel.id, args.ts);
  if (!posted || posted.ephemeralFor !== null) {
    const foreign = world.history(workspace.teamId, channel.id).has(args.ts);
    if (foreign || posted) world.violation(`${name}: ${args.ts} is not a message that the bot may change`);
    return refuse(foreign ? 'cant_update_message' : 'message_not_found');
  }
  const refusal = world.judge(name, inspectMessage(args, { unfurls: false })) ?? checkMetadata(call);
  if (refusal) return refusal;
  edit(world, posted, args, name);
  const message = messageJson(world, workspace, posted);
  return { ok: true, channel: channel.id, ts: posted.ts, text: posted.text, message };
};

const remove: Method = (call) => {
  const { world, workspace, name, args } = call;
  const channel = channelOf(call);
  if (isRefusal(channel)) return channel;
  if (typeof args.ts !== 'string') return missing('ts');
  const posted = find(world, workspace.teamId, channel.id, args.ts);
  if (!posted || posted.ephemeralFor !== null) {
    const foreign = world.history(workspace.teamId, channel.id).get(args.ts)?.posted === null;
    if (foreign) world.violation(`${name}: ${args.ts} is not a message of the bot`);
    return refuse(foreign ? 'cant_delete_message' : 'message_not_found');
  }
  posted.deleted = true;
  return { ok: true, channel: channel.id, ts: posted.ts };
};

const getPermalink: Method = (call) => {
  const { world, workspace, args } = call;
  const channel = channelOf(call);
  if (isRefusal(channel)) return channel;
  const line = world.history(workspace.teamId, channel.id).get(String(args.message_ts));
  if (!line) return refuse('message_not_found');
  const path = `archives/${channel.id}/p${line.ts.replace('.', '')}`;
  const query = line.threadTs === null ? '' : `?thread_ts=${line.threadTs}&cid=${channel.id}`;
  const permalink = `https://${workspace.teamId.toLowerCase()}.slack.com/${path}${query}`;
  return { ok: true, channel: channel.id, permalink };
};

export const CHAT_METHODS: Readonly<Record<string, Method>> = {
  'chat.postMessage': postMessage,
  'chat.postEphemeral': postEphemeral,
  'chat.update': update,
  'chat.delete': remove,
  'chat.getPermalink': getPermalink,
};
