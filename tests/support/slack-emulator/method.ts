import type { Json } from './object-rules.ts';
import type { Tickets } from './tickets.ts';
import type { Channel, Workspace, World } from './world.ts';

/** One Web API call after its token was recognised. */
export interface MethodCall {
  readonly world: World;
  readonly tickets: Tickets;
  readonly workspace: Workspace;
  readonly name: string;
  readonly args: Json;
}

export interface RateLimited {
  readonly retryAfterSeconds: number;
}

export type Method = (call: MethodCall) => Json | RateLimited;

export function refuse(error: string, more: Json = {}): Json {
  return { ok: false, error, ...more };
}

/** A missing argument, as Slack words it. */
export function missing(name: string): Json {
  return refuse('invalid_arguments', {
    response_metadata: { messages: [`[ERROR] missing required field: ${name}`] },
  });
}

/** The channel of a call, or the answer that refuses it. A person's id stands for the direct message with them. */
export function channelOf({ world, workspace, name, args }: MethodCall, key = 'channel'): Channel | Json {
  const id = args[key];
  if (typeof id !== 'string' || id === '') return missing(key);
  for (const channel of workspace.channels.values())
    if (channel.id === id || (channel.kind === 'im' && channel.user === id)) return channel;
  const owner = [...world.workspaces.values()].find((other) => other.channels.has(id) || other.users.includes(id));
  world.violation(
    owner
      ? `${name}: the token of ${workspace.teamId} was used for ${id} of ${owner.teamId}`
      : `${name}: no channel ${id} in ${workspace.teamId}`,
  );
  return refuse('channel_not_found');
}

export function isRefusal(value: Channel | Json): value is Json {
  return 'ok' in value;
}
