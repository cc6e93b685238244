import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { AnswerQuestion } from '../../answer/answer.ts';
import type { Library } from '../../answer/answer-question.ts';
import { messageOf } from '../../errors.ts';
import type { KnowledgeBase } from '../../knowledge/knowledge-base.ts';
import type { Logger } from '../../logger.ts';
import { listen } from '../listen.ts';
import { readAsked, replyToAction, replyToAsk } from './chat-api.ts';
import { documentPage } from './document-page.ts';

export interface WebOptions {
  readonly port: number;
  readonly pageDirectory: string;
  readonly answerQuestion: AnswerQuestion;
  /** The generation that serves now. */
  readonly library: () => Library;
  /** Where decision records are saved. */
  readonly decisionsDirectory: string;
  readonly logger: Logger;
}

export interface WebServer {
  readonly url: string;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
/** Bytes. A question has at most 2,000 characters. */
const MAX_BODY = 64 * 1024;

/** Nothing from elsewhere, nothing inline, no frame around us. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

const ASSETS: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/app.js': ['app.js', 'text/javascript; charset=utf-8'],
  '/style.css': ['style.css', 'text/css; charset=utf-8'],
  '/icon.svg': ['icon.svg', 'image/svg+xml'],
};

/** The local web chat, on 127.0.0.1 only. Throws PLATFORM_FAILED when the port is taken. */
export async function startWebServer(options: WebOptions): Promise<WebServer> {
  const server = createServer((request, response) => {
    handle(options, request, response).catch((thrown: unknown) => {
      options.logger.error({ error: messageOf(thrown) }, 'web request failed');
      if (!response.headersSent)
        sendJson(response, 500, { error: 'something went wrong on the server; its log says what' });
      else response.destroy();
    });
  });
  server.requestTimeout = 30_000;
  server.headersTimeout = 10_000;
  const { port, close } = await listen(server, { port: options.port, host: HOST }, (cause) => {
    const remedy =
      cause.code === 'EADDRINUSE'
        ? 'the port is in use: set PORT to another one, or 0 for any free one'
        : messageOf(cause);
    return `the web chat cannot listen on ${HOST}:${options.port}: ${remedy}`;
  });
  return { url: `http://${HOST}:${port}`, close };
}

async function handle(options: WebOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
  // Another name that resolves to this machine (DNS rebinding) must not reach the chat from a foreign page.
  if (!/^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(request.headers.host ?? '')) {
    return sendJson(response, 421, { error: 'open the chat as http://127.0.0.1 or http://localhost' });
  }
  const url = URL.canParse(request.url ?? '', `http://${HOST}`) ? new URL(request.url ?? '', `http://${HOST}`) : null;
  if (!url) return sendJson(response, 400, { error: 'not an address' });
  if (url.pathname === '/api/ask' || url.pathname === '/api/action')
    return post(options, url.pathname, request, response);
  if (request.method !== 'GET' && request.method !== 'HEAD') return sendJson(response, 405, { error: 'expected GET' });
  if (url.pathname === '/api/about') return sendJson(response, 200, about(options.library()));
  if (url.pathname === '/document') return sendDocument(options.library().knowledge, url.searchParams, response);
  const asset = ASSETS[url.pathname];
  if (!asset) return sendJson(response, 404, { error: 'there is no such page' });
  const [file, type] = asset;
  response.writeHead(200, { 'content-type': type }).end(await readFile(join(options.pageDirectory, file)));
}

async function post(
  options: WebOptions,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'POST' || !request.headers['content-type']?.startsWith('application/json')) {
    return sendJson(response, 405, { error: 'expected POST with application/json' });
  }
  const body = await readBody(request);
  if (body === null) return sendJson(response, 413, { error: `expected at most ${MAX_BODY} bytes` });
  const asked = readAsked(body, options.library().rules);
  if (typeof asked === 'string') return sendJson(response, 400, { error: asked });
  const reply = path === '/api/ask' ? await replyToAsk(options, asked) : await replyToAction(options, asked);
  sendJson(response, 200, reply);
}

function readBody(request: IncomingMessage): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    request.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes <= MAX_BODY) parts.push(part);
      else {
        request.resume();
        resolve(null);
      }
    });
    request.once('end', () => resolve(Buffer.concat(parts).toString('utf8')));
    request.once('error', reject);
  });
}

function about({ knowledge, rules }: Library): unknown {
  const { manifest, vectorIndex } = knowledge;
  const { documents, passages } = manifest.counts;
  const { generation, model } = manifest;
  const priorities = Object.entries(rules.labels).filter(([id]) => id.startsWith('priority:'));
  return { documents, passages, generation, model: model.id, vectorIndex: vectorIndex.kind, priorities };
}

function sendDocument(knowledge: KnowledgeBase, query: URLSearchParams, response: ServerResponse): void {
  const document = knowledge.documents.get(query.get('path') ?? '');
  const generation = query.get('generation');
  if (!document) {
    sendJson(response, 404, { error: 'the index has no such document' });
    return;
  }
  if (generation && generation !== knowledge.manifest.generation) {
    const now = knowledge.manifest.generation;
    sendJson(response, 410, {
      error: `the index was rebuilt since (${now}); ask again to see the quote in its present place`,
    });
    return;
  }
  const { start, end } = spanOf(document.text, query);
  const page = documentPage(document, start, end);
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
}

/** The span to mark: by offsets, or the first place where a quote stands. */
function spanOf(text: string, query: URLSearchParams): { start: number; end: number } {
  const quote = query.get('quote');
  if (!quote) return { start: Number(query.get('start') ?? 0), end: Number(query.get('end') ?? 0) };
  const start = text.indexOf(quote);
  return start === -1 ? { start: 0, end: 0 } : { start, end: start + quote.length };
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}
