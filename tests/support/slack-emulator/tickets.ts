import { edit, find, post } from './messages.ts';
import type { Json } from './object-rules.ts';
import { inspectMessage } from './payload-rules.ts';
import type { World } from './world.ts';

/** Slack documents five posts within 30 minutes for a response_url, and three seconds for a trigger_id. */
const RESPONSE_USES = 5;
const RESPONSE_LIFETIME_MS = 30 * 60_000;
const TRIGGER_LIFETIME_MS = 3_000;

/** Where an interaction came from, which its response_url and trigger_id point back to. */
export interface Origin {
  readonly team: string;
  readonly channel: string | null;
  readonly user: string;
  /** The message whose button was pressed. */
  readonly messageTs: string | null;
}

export interface Tickets {
  responseUrl(origin: Origin): string;
  trigger(origin: Origin): string;
  /** The clock of a payload's tickets starts when Slack sends it, not when a test built it. */
  sent(payload: Json): void;
  /** Spends a trigger: who pressed, or the error that Slack answers. */
  spend(triggerId: unknown): Origin | string;
  /** A post to a response_url: HTTP status and body. */
  respond(path: string, args: Json): { readonly status: number; readonly body: Json | 'ok' };
}

export function createTickets(world: World): Tickets {
  const urls = new Map<string, { origin: Origin; at: number; uses: number }>();
  const triggers = new Map<string, { origin: Origin; at: number; used: boolean }>();
  return {
    responseUrl(origin) {
      const path = `/response/${origin.team}/${world.id('R')}`;
      urls.set(path, { origin, at: world.now(), uses: 0 });
      return world.origin + path;
    },
    trigger(origin) {
      const id = `${world.id('1')}.${world.id('2')}.${origin.team.toLowerCase()}`;
      triggers.set(id, { origin, at: world.now(), used: false });
      return id;
    },
    sent(payload) {
      const trigger = triggers.get(String(payload.trigger_id));
      if (trigger && !trigger.used) trigger.at = world.now();
      const url = urls.get(String(payload.response_url).replace(world.origin, ''));
      if (url && url.uses === 0) url.at = world.now();
    },
    spend(triggerId) {
      const trigger = triggers.get(String(triggerId));
      if (!trigger) return 'invalid_trigger_id';
      if (trigger.used) return 'exchanged_trigger_id';
      if (world.now() - trigger.at > TRIGGER_LIFETIME_MS) return 'expired_trigger_id';
      trigger.used = true;
      return trigger.origin;
    },
    respond(path, args) {
      const url = urls.get(path);
      if (!url) return { status: 404, body: { ok: false, error: 'invalid_url' } };
      if (world.now() - url.at > RESPONSE_LIFETIME_MS)
        return { status: 404, body: { ok: false, error: 'expired_url' } };
      if (url.uses >= RESPONSE_USES) return { status: 404, body: { ok: false, error: 'used_url' } };
      const answer = deliver(world, url.origin, args, 'response_url');
      if (answer === null) url.uses += 1;
      return answer === null ? { status: 200, body: 'ok' } : { status: 400, body: answer };
    },
  };
}

/**
 * Carries out a message given as the answer to an interaction, by response_url or in the acknowledgement itself.
 * Returns what Slack answers when it refuses.
 */
export function deliver(world: World, origin: Origin, args: Json, via: string): Json | null {
  const workspace = world.workspaces.get(origin.team);
  const channel = workspace?.channels.get(origin.channel ?? '');
  if (!workspace || !channel) {
    world.violation(`${via}: ${origin.channel} is no channel of ${origin.team}`);
    return { ok: false, error: 'channel_not_found' };
  }
  const source = origin.messageTs === null ? null : find(world, origin.team, channel.id, origin.messageTs);
  if (args.delete_original === true) {
    if (source) source.deleted = true;
    else world.violation(`${via}: delete_original without an original message of the bot`);
    return null;
  }
  const refusal = world.judge(via, inspectMessage(args, { unfurls: false }));
  if (refusal) return refusal;
  const type = args.response_type ?? 'ephemeral';
  if (type !== 'ephemeral' && type !== 'in_channel') world.violation(`${via}: response_type ${String(type)}`);
  if (args.replace_original === true) {
    if (source) edit(world, source, args, via);
    else world.violation(`${via}: replace_original without an original message of the bot`);
    if (source) return null;
  }
  post(world, workspace, channel, {
    args,
    via,
    ephemeralFor: type === 'in_channel' ? null : origin.user,
    threadTs: typeof args.thread_ts === 'string' ? args.thread_ts : null,
  });
  return null;
}
