import { announce, settle } from './acknowledgement.ts';
import { type Delivery, type Kind, type Retry, type Sender, withRetries } from './delivery.ts';
import type { Connection, Envelopes } from './envelopes.ts';
import { isObject, type Json } from './object-rules.ts';
import type { Tickets } from './tickets.ts';
import type { World } from './world.ts';

const NOWHERE: Delivery = { acked: false, ackMs: 0, status: 0, body: null, attempts: 1, reason: 'no_connection' };

/** Delivers over whichever connection `choose` names: one envelope goes to one connection only. */
export function createSocketSender(
  world: World,
  tickets: Tickets,
  envelopes: Envelopes,
  choose: () => Connection | undefined,
  retryDelaysMs: readonly number[],
): Sender {
  async function send(kind: Kind, type: string, payload: Json, accepts: boolean, more: Json = {}): Promise<Delivery> {
    announce(world, tickets, payload);
    const connection = choose();
    if (!connection) return NOWHERE;
    const message = { type, accepts_response_payload: accepts, payload, ...more };
    const delivery = await envelopes.send(connection, kind, message, accepts);
    settle(world, kind, payload, delivery);
    return delivery;
  }

  const interactive = (kind: Kind) => (payload: Json) => send(kind, 'interactive', payload, true);
  return {
    event(payload, options = {}) {
      const body = options.eventId === undefined ? payload : { ...payload, event_id: options.eventId };
      const once = (retry: Retry | null): Promise<Delivery> =>
        send('event', 'events_api', body, false, {
          retry_attempt: retry?.num ?? 0,
          retry_reason: retry?.reason.replace('http_', '') ?? '',
        });
      return withRetries(once, options, retryDelaysMs);
    },
    command: (payload) => send('command', 'slash_commands', payload, true),
    action: interactive('action'),
    shortcut: interactive('shortcut'),
    viewSubmission: interactive('view_submission'),
    viewClosed: interactive('view_closed'),
    async raw(what) {
      if (isObject(what) && isObject(what.payload)) announce(world, tickets, what.payload);
      const connection = choose();
      if (!connection) return NOWHERE;
      if (isObject(what) && 'envelope_id' in what) return envelopes.send(connection, 'raw', what, true);
      connection.socket.send(typeof what === 'string' || Buffer.isBuffer(what) ? what : JSON.stringify(what));
      return { ...NOWHERE, reason: null };
    },
  };
}
