import { setTimeout as wait } from 'node:timers/promises';
import { type App, SocketModeReceiver } from '@slack/bolt';
import { WebAPIPlatformError } from '@slack/web-api';
import { messageOf } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { clientOptions, slackLogger } from './web-clients.ts';

/** While one connection is refreshed the other one listens: Slack refreshes each every few hours. */
const CONNECTIONS = 2;
/** Milliseconds. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 15_000;
/** Milliseconds for which a connection must have held before its next failure counts as the first again. */
const HELD = 200;

const FATAL: Readonly<Record<string, string>> = {
  invalid_auth:
    'Slack refused SLACK_APP_TOKEN (invalid_auth): create one under "Basic Information", "App-Level Tokens", with scope connections:write',
  not_authed: 'Slack got no app token: set SLACK_APP_TOKEN',
  not_allowed_token_type:
    'SLACK_APP_TOKEN is no app-level token: it begins with xapp-, under "Basic Information", "App-Level Tokens"',
  missing_scope: 'SLACK_APP_TOKEN lacks the scope connections:write: create a new one under "App-Level Tokens"',
  account_inactive: 'the app of SLACK_APP_TOKEN was removed from its workspace: install it again',
  token_revoked: 'SLACK_APP_TOKEN was revoked: create a new one under "Basic Information", "App-Level Tokens"',
  socket_mode_not_enabled: 'Socket Mode is off for this app: switch it on under "Socket Mode"',
  apps_connections_disabled: 'Socket Mode is off for this app: switch it on under "Socket Mode"',
};

export interface Sockets {
  /** The receiver that the App is made with; the others are joined by `start`. */
  readonly receiver: SocketModeReceiver;
  /** Connects, and connects again whenever a connection ends, until closed. */
  start(app: App): void;
  /** How many connections are open, and since when there was none, if so. */
  open(): number;
  downSince(): number | null;
  close(): Promise<void>;
}

export interface SocketsOptions {
  readonly appToken: string;
  readonly apiUrl: string | undefined;
  readonly logger: Logger;
  /** Called with what an operator must change when no attempt can succeed. */
  readonly onFatal: (reason: string) => void;
}

/** Two Socket Mode connections, each brought back at once when it ends; the library itself would wait five seconds. */
export function createSockets({ appToken, apiUrl, logger, onFatal }: SocketsOptions): Sockets {
  const stopped = new AbortController();
  const open = new Set<SocketModeReceiver>();
  let downSince: number | null = Date.now();
  const receivers = Array.from(
    { length: CONNECTIONS },
    () =>
      new SocketModeReceiver({
        appToken,
        logger: slackLogger(logger),
        autoReconnectEnabled: false,
        installerOptions: { clientOptions: clientOptions(apiUrl, slackLogger(logger)) },
        processEventErrorHandler: async ({ error }) => {
          logger.error({ error: error.message }, 'a Slack envelope could not be handled');
          return true;
        },
      }),
  );

  async function keep(receiver: SocketModeReceiver): Promise<void> {
    const { client } = receiver;
    for (let pause = FIRST_PAUSE; !stopped.signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      let openedAt = Number.POSITIVE_INFINITY;
      let onEnd = (): void => {};
      const ended = new Promise<void>((resolve) => {
        onEnd = resolve;
      });
      client.once('disconnected', onEnd);
      try {
        await client.start();
        open.add(receiver);
        openedAt = Date.now();
        downSince = null;
        logger.debug({ connections: open.size }, 'a Slack connection is open');
        await ended;
      } catch (thrown) {
        const code = thrown instanceof WebAPIPlatformError ? thrown.data.error : '';
        if (Object.hasOwn(FATAL, code)) return onFatal(FATAL[code] as string);
        if (!stopped.signal.aborted) logger.warn({ error: messageOf(thrown) }, 'Slack cannot be reached: trying again');
      }
      client.off('disconnected', onEnd);
      open.delete(receiver);
      if (open.size === 0) downSince ??= Date.now();
      if (Date.now() - openedAt > HELD) pause = FIRST_PAUSE / 2;
      await wait(Math.max(FIRST_PAUSE, pause), undefined, { signal: stopped.signal }).catch(() => {});
    }
  }

  return {
    receiver: receivers[0] as SocketModeReceiver,
    start(app) {
      for (const receiver of receivers) {
        receiver.init(app);
        // An envelope of a type that the library does not know is an unhandled rejection inside it; see main.ts.
        void keep(receiver);
      }
    },
    open: () => open.size,
    downSince: () => downSince,
    async close() {
      stopped.abort();
      for (const { client } of receivers) await Promise.race([client.disconnect(), wait(1_000)]).catch(() => {});
    },
  };
}
