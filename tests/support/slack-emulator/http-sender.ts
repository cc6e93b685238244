import { createHmac } from 'node:crypto';
import { Agent, type OutgoingHttpHeaders, request } from 'node:http';
import { announce, settle } from './acknowledgement.ts';
import { type Delivery, type Kind, type RawOptions, type Retry, type Sender, withRetries } from './delivery.ts';
import { isObject, type Json } from './object-rules.ts';
import type { Tickets } from './tickets.ts';
import type { World } from './world.ts';

export interface HttpSender extends Sender {
  close(): void;
}

/** Posts to the bot's HTTP receiver with Slack's signature and encodings. */
export function createHttpSender(
  world: World,
  tickets: Tickets,
  target: { readonly url: string; readonly signingSecret: string },
  timing: { readonly ackMs: number; readonly retryDelaysMs: readonly number[] },
): HttpSender {
  const agent = new Agent({ keepAlive: true });
  const base = new URL(target.url);

  function post(body: string | Buffer, options: RawOptions): Promise<Delivery> {
    const stamp = String(Math.floor(Date.now() / 1000) + (options.skewSeconds ?? 0));
    const hmac = createHmac('sha256', options.secret ?? target.signingSecret);
    const signature = `v0=${hmac.update(`v0:${stamp}:`).update(body).digest('hex')}`;
    const headers: OutgoingHttpHeaders = {
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      'content-type': options.contentType ?? 'application/json',
      'content-length': Buffer.byteLength(body),
      ...(options.sign !== false && { 'x-slack-request-timestamp': stamp, 'x-slack-signature': signature }),
    };
    for (const [name, value] of Object.entries(options.headers ?? {}))
      headers[name.toLowerCase()] = typeof value === 'string' ? value : [...value];
    const start = performance.now();
    return new Promise((resolve) => {
      let settled = false;
      const done = (status: number, text: string, reason: Delivery['reason'], noRetry = false): void => {
        clearTimeout(timer);
        settled = true;
        const acked = reason === null && status >= 200 && status < 300;
        const why = reason ?? (acked ? null : 'http_error');
        const ackMs = performance.now() - start;
        resolve({ acked, ackMs, status, body: parse(text), attempts: 1, reason: why, noRetry });
      };
      const outgoing = request(
        {
          agent,
          host: base.hostname,
          port: base.port,
          method: options.method ?? 'POST',
          path: options.path ?? base.pathname + base.search,
          headers,
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          const noRetry = response.headers['x-slack-no-retry'] === '1';
          response.on('end', () =>
            done(response.statusCode ?? 0, Buffer.concat(parts).toString('utf8'), null, noRetry),
          );
          response.on('error', () => done(0, '', 'connection_failed'));
        },
      );
      const timer = setTimeout(() => {
        done(0, '', 'timeout');
        outgoing.destroy();
      }, timing.ackMs);
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        // The receiver closed an idle connection just as it was used again: Slack opens a new one.
        if (outgoing.reusedSocket && error.code === 'ECONNRESET' && !settled) {
          clearTimeout(timer);
          void post(body, options).then(resolve);
        } else done(0, '', 'connection_failed');
      });
      outgoing.end(body);
    });
  }

  async function send(kind: Kind, payload: Json, body: string, options: RawOptions): Promise<Delivery> {
    announce(world, tickets, payload);
    const delivery = await post(body, options);
    settle(world, kind, payload, delivery);
    return delivery;
  }

  const form = 'application/x-www-form-urlencoded';
  const interactive = (kind: Kind) => (payload: Json) =>
    send(kind, payload, new URLSearchParams({ payload: JSON.stringify(payload) }).toString(), { contentType: form });
  return {
    event(payload, options = {}) {
      const body = options.eventId === undefined ? payload : { ...payload, event_id: options.eventId };
      const once = (retry: Retry | null): Promise<Delivery> =>
        send('event', body, JSON.stringify(body), {
          headers: retry ? { 'x-slack-retry-num': String(retry.num), 'x-slack-retry-reason': retry.reason } : {},
        });
      return withRetries(once, options, timing.retryDelaysMs);
    },
    command: (payload) =>
      send('command', payload, new URLSearchParams(payload as Record<string, string>).toString(), {
        contentType: form,
      }),
    action: interactive('action'),
    shortcut: interactive('shortcut'),
    viewSubmission: interactive('view_submission'),
    viewClosed: interactive('view_closed'),
    raw(what, options = {}) {
      const payload = typeof what === 'string' ? parse(what) : what;
      if (isObject(payload)) announce(world, tickets, payload);
      return post(typeof what === 'string' || Buffer.isBuffer(what) ? what : JSON.stringify(what), options);
    },
    close: () => agent.destroy(),
  };
}

function parse(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
