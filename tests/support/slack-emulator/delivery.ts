import type { Json } from './object-rules.ts';

/** What became of one delivery to the bot. */
export interface Delivery {
  /** Answered 2xx, or acknowledged over the socket, in time. */
  readonly acked: boolean;
  readonly ackMs: number;
  /** HTTP status; over the socket 200 when acknowledged; 0 without an answer. */
  readonly status: number;
  /** What came with the acknowledgement: parsed JSON, text, or null. */
  readonly body: unknown;
  /** Deliveries made, retries included. */
  readonly attempts: number;
  /** The receiver asked for no retries with `x-slack-no-retry: 1`. */
  readonly noRetry?: boolean;
  /** Why it was not acknowledged. */
  readonly reason: 'timeout' | 'http_error' | 'connection_failed' | 'no_connection' | null;
}

export interface EventOptions {
  readonly eventId?: string;
  /** Marks the first delivery as a retry, as if earlier ones had been lost on the way. */
  readonly retryNum?: number;
  readonly retryReason?: string;
  /** Delivers again up to three times until acknowledged, as Slack does. */
  readonly retry?: boolean;
}

export interface RawOptions {
  /** HTTP only: request line and headers as they are to be sent; a signature is computed unless headers hold one. */
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly contentType?: string;
  /** Seconds added to the time stamp that is signed. */
  readonly skewSeconds?: number;
  readonly secret?: string;
  readonly sign?: boolean;
}

/** Delivers to the bot as Slack does, over HTTP or over Socket Mode. */
export interface Sender {
  event(payload: Json, options?: EventOptions): Promise<Delivery>;
  command(payload: Json): Promise<Delivery>;
  action(payload: Json): Promise<Delivery>;
  shortcut(payload: Json): Promise<Delivery>;
  viewSubmission(payload: Json): Promise<Delivery>;
  viewClosed(payload: Json): Promise<Delivery>;
  /** Anything at all, with no rule applied: an HTTP body or an envelope. */
  raw(what: unknown, options?: RawOptions): Promise<Delivery>;
}

export type Kind = 'event' | 'command' | 'action' | 'shortcut' | 'view_submission' | 'view_closed' | 'raw';

export interface Retry {
  readonly num: number;
  readonly reason: string;
}

/** Slack's schedule: at once, after a minute, after five. */
export const RETRY_DELAYS_MS: readonly number[] = [0, 60_000, 300_000];

const REASONS = { timeout: 'http_timeout', http_error: 'http_error', connection_failed: 'connection_failed' } as const;

/** Delivers an event until it is acknowledged or the schedule ends; the same event id each time. */
export async function withRetries(
  once: (retry: Retry | null) => Promise<Delivery>,
  options: EventOptions,
  delays: readonly number[],
): Promise<Delivery> {
  const first = options.retryNum ?? 0;
  let delivery = await once(first > 0 ? { num: first, reason: options.retryReason ?? 'http_timeout' } : null);
  if (options.retry !== true) return delivery;
  let attempts = 1;
  for (let num = first + 1; num <= delays.length && !delivery.acked && delivery.noRetry !== true; num += 1) {
    await new Promise((resolve) => setTimeout(resolve, delays[num - 1]));
    const reason = REASONS[delivery.reason === 'no_connection' ? 'timeout' : (delivery.reason ?? 'timeout')];
    attempts += 1;
    delivery = { ...(await once({ num, reason })), attempts };
  }
  return delivery;
}
