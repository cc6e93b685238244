import type { WebSocket } from 'ws';
import type { Delivery, Kind } from './delivery.ts';
import { isObject, type Json } from './object-rules.ts';
import type { World } from './world.ts';

export interface Connection {
  readonly socket: WebSocket;
  /** Told to go: nothing is delivered over it any more. */
  leaving: boolean;
  frozen: boolean;
}

export interface Acknowledgement {
  readonly envelopeId: string;
  readonly kind: Kind;
  readonly ackMs: number;
}

interface Pending {
  readonly kind: Kind;
  readonly start: number;
  readonly connection: Connection;
  readonly finish: (delivery: Delivery) => void;
}

/** Envelopes on their way to the bot, each waiting for its one acknowledgement. */
export function createEnvelopes(world: World, ackMs: number) {
  const pending = new Map<string, Pending>();
  const settled = new Set<string>();
  const acknowledgements: Acknowledgement[] = [];

  function finish(id: string, waiting: Pending, body: unknown, reason: Delivery['reason']): void {
    pending.delete(id);
    // An answer that comes after the deadline is late, not unknown.
    settled.add(id);
    const took = performance.now() - waiting.start;
    if (reason === null) acknowledgements.push({ envelopeId: id, kind: waiting.kind, ackMs: took });
    const acked = reason === null;
    waiting.finish({ acked, ackMs: took, status: acked ? 200 : 0, body, attempts: 1, reason });
  }

  return {
    acknowledgements: acknowledgements as readonly Acknowledgement[],
    /** Sends an envelope; resolves with its acknowledgement, its deadline, or the end of its connection. */
    send(connection: Connection, kind: Kind, message: Json, accepts: boolean): Promise<Delivery> {
      const id = typeof message.envelope_id === 'string' ? message.envelope_id : crypto.randomUUID();
      return new Promise((resolve) => {
        const timer = setTimeout(
          // Nobody is late whose connection this emulator froze.
          () => finish(id, waiting, null, connection.frozen ? 'connection_failed' : 'timeout'),
          ackMs,
        );
        const waiting: Pending = {
          kind,
          start: performance.now(),
          connection,
          finish(delivery) {
            clearTimeout(timer);
            if (!accepts && isObject(delivery.body) && Object.keys(delivery.body).length > 0)
              world.violation(`socket: envelope of ${kind} accepts no response payload`);
            resolve(delivery);
          },
        };
        pending.set(id, waiting);
        connection.socket.send(JSON.stringify({ envelope_id: id, ...message }));
      });
    },
    /** A text frame from the bot (null for a binary one). */
    received(connection: Connection, text: string | null): void {
      let message: unknown = null;
      try {
        message = JSON.parse(text ?? '');
      } catch {
        world.violation('socket: a frame that is not JSON');
        return;
      }
      const id = isObject(message) && typeof message.envelope_id === 'string' ? message.envelope_id : '';
      const waiting = pending.get(id);
      if (!waiting) {
        world.violation(`socket: ${settled.has(id) ? 'a second or late ack' : 'an ack'} of envelope "${id}"`);
        return;
      }
      if (waiting.connection !== connection) world.violation('socket: acknowledged over another connection');
      finish(id, waiting, isObject(message) ? (message.payload ?? null) : null, null);
    },
    /** A connection ended: what was on its way over it is lost. */
    lost(connection: Connection): void {
      for (const [id, waiting] of pending)
        if (waiting.connection === connection) finish(id, waiting, null, 'connection_failed');
    },
  };
}

export type Envelopes = ReturnType<typeof createEnvelopes>;
