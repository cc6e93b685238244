import { AdvisorError, messageOf } from '../../errors.ts';

/** Slack takes five messages per address, for 30 minutes; we stop a minute early. */
const USES = 5;
const LIFE = 29 * 60_000;
const TIMEOUT = 10_000;
const MOST = 20_000;

export interface ResponseBody {
  readonly text: string;
  readonly blocks?: readonly unknown[];
  readonly response_type: 'ephemeral' | 'in_channel';
  readonly replace_original: boolean;
}

/**
 * The addresses that come with commands and buttons, with how often each was used and since when it is known. They
 * work without any scope or membership, and whoever has one can post: they are never logged nor stored.
 */
export interface ResponseUrls {
  /** True when the message was taken; false when the address is used up, too old or refused: then use another way. */
  send(url: string, body: ResponseBody): Promise<boolean>;
}

export interface ResponseUrlOptions {
  readonly fetch?: typeof globalThis.fetch;
  readonly now?: () => number;
}

export function createResponseUrls(options: ResponseUrlOptions = {}): ResponseUrls {
  const { fetch = globalThis.fetch, now = Date.now } = options;
  const known = new Map<string, { uses: number; since: number }>();
  return {
    async send(url, body) {
      const entry = known.get(url) ?? { uses: 0, since: now() };
      known.set(url, entry);
      if (known.size > MOST) known.delete(known.keys().next().value as string);
      if (entry.uses >= USES || now() - entry.since > LIFE) return false;
      entry.uses++;
      let response: Response;
      try {
        response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json; charset=utf-8' },
          body: JSON.stringify({ ...body, unfurl_links: false, unfurl_media: false }),
          redirect: 'error',
          signal: AbortSignal.timeout(TIMEOUT),
        });
      } catch (cause) {
        // The message may have arrived: saying it again another way would say it twice.
        throw new AdvisorError('PLATFORM_FAILED', `no response to a reply to a command: ${messageOf(cause)}`, {
          cause,
        });
      }
      await response.body?.cancel();
      return response.ok;
    },
  };
}
