import { setTimeout as wait } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import { messageOf } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { isDeadToken } from './failures.ts';
import type { Credentials } from './installations.ts';
import { SCOPES } from './scopes.ts';

/** Milliseconds. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 15_000;

export interface Identity extends Credentials {
  readonly workspace: string;
}

/**
 * Who the bot is, asked once: Bolt would ask again with every event. Tries until Slack answers; resolves to null when
 * stopped. `onFatal` gets what to change when the token is not valid.
 */
export async function identify(
  client: WebClient,
  botToken: string,
  options: { readonly logger: Logger; readonly signal: AbortSignal; readonly onFatal: (reason: string) => void },
): Promise<Identity | null> {
  const { logger, signal, onFatal } = options;
  for (let pause = FIRST_PAUSE; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    try {
      const { team_id = '', user_id = '', bot_id = '', response_metadata } = await client.auth.test();
      warnOfScopes((response_metadata as { scopes?: readonly string[] } | undefined)?.scopes, logger);
      return { botToken, botId: bot_id, botUserId: user_id, workspace: team_id };
    } catch (thrown) {
      if (isDeadToken(thrown)) {
        onFatal(
          `Slack refused SLACK_BOT_TOKEN (${messageOf(thrown)}): copy the "Bot User OAuth Token" again from "OAuth & Permissions"`,
        );
        return null;
      }
      logger.warn({ error: messageOf(thrown), milliseconds: pause }, 'Slack cannot be reached yet: trying again');
      await wait(pause, undefined, { signal }).catch(() => {});
    }
  }
  return null;
}

function warnOfScopes(granted: readonly string[] | undefined, logger: Logger): void {
  if (!granted || granted.length === 0) return;
  for (const [scope, why] of Object.entries(SCOPES)) {
    if (granted.includes(scope)) continue;
    logger.error(
      `Slack: the scope ${scope} is missing, ${why}: add it under "OAuth & Permissions", "Bot Token Scopes", and install the app again`,
    );
  }
}
