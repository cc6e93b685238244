import type { Json } from './object-rules.ts';
import type { Workspace, World } from './world.ts';

const BY_KIND = { channel: 'channels', group: 'groups', im: 'im', mpim: 'mpim' } as const;

const NEEDED: Readonly<Record<string, string>> = {
  'chat.postMessage': 'chat:write',
  'chat.postEphemeral': 'chat:write',
  'chat.update': 'chat:write',
  'chat.delete': 'chat:write',
  'users.info': 'users:read',
  'reactions.add': 'reactions:write',
  'reactions.remove': 'reactions:write',
  'conversations.open': 'im:write',
  'assistant.threads.setStatus': 'assistant:write',
  'assistant.threads.setSuggestedPrompts': 'assistant:write',
  'assistant.threads.setTitle': 'assistant:write',
};

/** The refusal for a method whose scope a workspace did not grant; null when it may go on. */
export function grants(world: World, workspace: Workspace, method: string, args: Json): Json | null {
  if (workspace.scopes === null) return null;
  const kind = workspace.channels.get(String(args.channel ?? ''))?.kind ?? 'channel';
  const needed =
    method === 'conversations.replies' || method === 'conversations.history'
      ? `${BY_KIND[kind]}:history`
      : method === 'conversations.info'
        ? `${BY_KIND[kind]}:read`
        : NEEDED[method];
  if (needed === undefined || workspace.scopes.includes(needed)) return null;
  world.violation(`${method}: needs the scope ${needed}`);
  return { ok: false, error: 'missing_scope', needed, provided: workspace.scopes.join(',') };
}
