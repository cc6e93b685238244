import { LogLevel, type Logger as SlackLogger } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import type { Logger } from '../../logger.ts';

/** Milliseconds for one call; the library's own default is none at all. */
const CALL_TIMEOUT = 10_000;
/** Clients held at most, one per workspace. */
const MOST = 10_000;

/**
 * Options of every client: no retries, because a repeated post is a second message; a rate limit is an error to us,
 * because the library would hold up every other channel meanwhile. Made anew each time: the library writes into them.
 */
export function clientOptions(apiUrl: string | undefined, logger: SlackLogger) {
  return {
    ...(apiUrl && { slackApiUrl: apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/` }),
    timeout: CALL_TIMEOUT,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger,
  };
}

/** The client of a token, made once. */
export type ClientOf = (token: string) => WebClient;

export function createClients(apiUrl: string | undefined, logger: SlackLogger): ClientOf {
  const clients = new Map<string, WebClient>();
  return (token) => {
    let client = clients.get(token);
    if (!client) {
      client = new WebClient(token, clientOptions(apiUrl, logger));
      clients.set(token, client);
      if (clients.size > MOST) clients.delete(clients.keys().next().value as string);
    }
    return client;
  };
}

/**
 * Slack's libraries log through ours. Their debug lines hold whole payloads (questions, response addresses), so they
 * are never asked for.
 */
export function slackLogger(logger: Logger): SlackLogger {
  const line = (parts: readonly unknown[]): string =>
    parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' ');
  return {
    debug: () => {},
    info: (...parts: unknown[]) => logger.debug(line(parts)),
    warn: (...parts: unknown[]) => logger.warn(line(parts)),
    error: (...parts: unknown[]) => logger.error(line(parts)),
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  };
}
