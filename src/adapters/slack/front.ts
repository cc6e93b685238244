import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { messageOf } from '../../errors.ts';
import { type Listening, listen } from '../listen.ts';

/** Bytes of a request: Slack's own are a few kilobytes. */
const BODY_LIMIT = 1_000_000;
/** Seconds by which Slack's clock may be ahead of ours. */
const AHEAD = 60;

/**
 * The HTTP server before Bolt's request listener: refuses what would end or mislead it. Addresses that are no
 * addresses, bodies over 1 MB, bodies that are no object, timestamps from the future (Bolt refuses only old ones) and
 * commands behind an unsigned `ssl_check`. Throws PLATFORM_FAILED when the port is taken.
 */
export async function startFront(
  port: number,
  listener: RequestListener,
  now: () => number = Date.now,
): Promise<Listening> {
  const server = createServer((request, response) => {
    pass(request, response, listener, now).catch(() => refuse(response, 400));
  });
  server.headersTimeout = 5_000;
  server.requestTimeout = 10_000;
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  });
  return listen(
    server,
    { port },
    (cause) =>
      `the server for Slack's requests cannot listen on port ${port}: ${messageOf(cause)}; set SLACK_HTTP_PORT to another one`,
  );
}

async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  listener: RequestListener,
  now: () => number,
): Promise<void> {
  if (!URL.canParse(request.url ?? '', 'http://localhost') || request.url?.startsWith('//'))
    return refuse(response, 400);
  if (request.method === 'POST') {
    const timestamp = Number(request.headers['x-slack-request-timestamp']);
    if (timestamp > now() / 1_000 + AHEAD) return refuse(response, 401);
    const body = await read(request);
    if (body === null) return refuse(response, 413);
    const problem = problemOf(body, request.headers['content-type'] ?? '');
    if (problem !== null) return refuse(response, problem);
    // Bolt takes a request whose body is read already.
    Object.assign(request, { rawBody: body });
  }
  listener(request, response);
}

/** The body, or null when it is too long. */
async function read(request: IncomingMessage): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    // The rest is read and dropped: a response to a request that is still being sent may not arrive.
    if (length <= BODY_LIMIT) parts.push(part);
    if (length > 20 * BODY_LIMIT) return null;
  }
  return length > BODY_LIMIT ? null : Buffer.concat(parts);
}

/** The status to refuse a body with, or null. */
function problemOf(body: Buffer, type: string): number | null {
  const text = body.toString('utf8');
  if (type.includes('application/x-www-form-urlencoded')) {
    const form = new URLSearchParams(text);
    if (form.has('ssl_check'))
      return [...form.keys()].every((key) => key === 'ssl_check' || key === 'token') ? null : 401;
    const payload = form.get('payload');
    return payload === null || isObject(payload) ? null : 400;
  }
  return isObject(text) ? null : 400;
}

function isObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

function refuse(response: ServerResponse, status: number): void {
  if (!response.headersSent) response.writeHead(status).end();
}
