import { channelOf, isRefusal, type Method, missing, refuse } from './method.ts';
import { isObject } from './object-rules.ts';

/** docs.slack.dev/reference/methods/assistant.threads.setStatus and .setSuggestedPrompts. */
const LOADING_MESSAGES = 10;
const PROMPTS = 4;

/** Common to all three: a direct message with the bot, and a thread in it. */
function inThread(own: Method): Method {
  return (call) => {
    const channel = channelOf(call, 'channel_id');
    if (isRefusal(channel)) return channel;
    const { world, workspace, name, args } = call;
    if (typeof args.thread_ts !== 'string') return missing('thread_ts');
    if (!world.history(workspace.teamId, channel.id).has(args.thread_ts)) {
      world.violation(`${name}: thread_ts ${args.thread_ts} names no thread of ${channel.id}`);
      return refuse('invalid_thread_ts');
    }
    return own(call);
  };
}

const setStatus: Method = ({ world, name, args }) => {
  if (typeof args.status !== 'string') return missing('status');
  const { loading_messages: loading } = args;
  if (loading === undefined) return { ok: true };
  if (Array.isArray(loading) && loading.length <= LOADING_MESSAGES && loading.every((one) => typeof one === 'string'))
    return { ok: true };
  world.violation(`${name}: loading_messages holds at most ${LOADING_MESSAGES} strings`);
  return refuse('invalid_arguments');
};

const setSuggestedPrompts: Method = ({ world, name, args }) => {
  const { prompts } = args;
  const good =
    Array.isArray(prompts) &&
    prompts.length >= 1 &&
    prompts.length <= PROMPTS &&
    prompts.every((one) => isObject(one) && typeof one.title === 'string' && typeof one.message === 'string');
  if (good) return { ok: true };
  world.violation(`${name}: prompts holds 1 to ${PROMPTS} objects of title and message`);
  return refuse('invalid_arguments');
};

const setTitle: Method = ({ args }) =>
  typeof args.title === 'string' && args.title !== '' ? { ok: true } : missing('title');

export const ASSISTANT_METHODS: Readonly<Record<string, Method>> = {
  'assistant.threads.setStatus': inThread(setStatus),
  'assistant.threads.setSuggestedPrompts': inThread(setSuggestedPrompts),
  'assistant.threads.setTitle': inThread(setTitle),
};
