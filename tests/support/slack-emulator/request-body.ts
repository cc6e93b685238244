import type { IncomingMessage } from 'node:http';
import { isObject, type Json } from './object-rules.ts';

/** Arguments that the Web API takes as JSON inside a form field. */
const JSON_FIELDS = ['blocks', 'attachments', 'metadata', 'view', 'prompts', 'loading_messages', 'unfurls'];
const BOOLEAN_FIELDS = [
  'unfurl_links',
  'unfurl_media',
  'mrkdwn',
  'link_names',
  'reply_broadcast',
  'as_user',
  'inclusive',
  'include_all_metadata',
  'include_num_members',
  'include_locale',
  'replace_original',
  'delete_original',
];

/** Reads a body to its end; a request that breaks off gives what came. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  try {
    for await (const part of request) parts.push(part as Buffer);
  } catch {
    // The client went away; whoever answers notices.
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Arguments of a Web API call from its query, and its form or JSON body; null when JSON is malformed. */
export function parseArguments(request: IncomingMessage, body: string): Json | null {
  const args: Json = {};
  const query = new URL(request.url ?? '/', 'http://emulator').searchParams;
  for (const [name, value] of query) args[name] = value;
  if (String(request.headers['content-type'] ?? '').startsWith('application/json')) {
    try {
      const parsed: unknown = JSON.parse(body === '' ? '{}' : body);
      return isObject(parsed) ? { ...args, ...parsed } : null;
    } catch {
      return null;
    }
  }
  for (const [name, value] of new URLSearchParams(body)) args[name] = value;
  for (const name of BOOLEAN_FIELDS)
    if (args[name] === 'true' || args[name] === 'false') args[name] = args[name] === 'true';
  for (const name of JSON_FIELDS) {
    const value = args[name];
    if (typeof value !== 'string') continue;
    try {
      args[name] = JSON.parse(value);
    } catch {
      return null;
    }
  }
  return args;
}
