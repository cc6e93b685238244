import type { Settings } from '../../config.ts';
import { AdvisorError } from '../../errors.ts';
import type { SlackMode } from './start.ts';

/**
 * How the settings say that Slack is reached; null when they name nothing of Slack. Throws CONFIG_INVALID that names
 * the missing setting and where its value is found.
 */
export function slackMode(settings: Settings): SlackMode | null {
  const { SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET, SLACK_HTTP_PORT, SLACK_CLIENT_ID } = settings;
  const { SLACK_CLIENT_SECRET, STATE_KEY } = settings;
  const named = [SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET, SLACK_HTTP_PORT, SLACK_CLIENT_ID];
  if (named.every((value) => value === undefined)) return null;
  const problems: string[] = [];
  const isOauth = SLACK_CLIENT_ID !== undefined;
  if (!SLACK_BOT_TOKEN && !isOauth) {
    problems.push('SLACK_BOT_TOKEN is missing: the app\'s page "OAuth & Permissions", "Bot User OAuth Token" (xoxb-)');
  }
  if (!SLACK_APP_TOKEN && SLACK_HTTP_PORT === undefined) {
    problems.push(
      'SLACK_APP_TOKEN is missing: "Basic Information", "App-Level Tokens" (xapp-, scope connections:write), with Socket Mode switched on; or set SLACK_HTTP_PORT and SLACK_SIGNING_SECRET for HTTP',
    );
  }
  if (SLACK_HTTP_PORT !== undefined && !SLACK_SIGNING_SECRET) {
    problems.push('SLACK_SIGNING_SECRET is missing: "Basic Information", "App Credentials"; HTTP mode needs it');
  }
  if (isOauth && (!SLACK_CLIENT_SECRET || !STATE_KEY || SLACK_HTTP_PORT === undefined)) {
    problems.push(
      'SLACK_CLIENT_ID needs SLACK_CLIENT_SECRET ("Basic Information", "App Credentials"), STATE_KEY (any 32 or more characters of your own) and SLACK_HTTP_PORT',
    );
  }
  if (problems.length > 0) throw new AdvisorError('CONFIG_INVALID', `settings for Slack:\n  ${problems.join('\n  ')}`);
  return {
    http:
      SLACK_HTTP_PORT !== undefined && SLACK_SIGNING_SECRET
        ? { port: SLACK_HTTP_PORT, signingSecret: SLACK_SIGNING_SECRET }
        : null,
    appToken: SLACK_APP_TOKEN ?? null,
    botToken: SLACK_BOT_TOKEN ?? null,
    oauth:
      SLACK_CLIENT_ID && SLACK_CLIENT_SECRET && STATE_KEY
        ? { clientId: SLACK_CLIENT_ID, clientSecret: SLACK_CLIENT_SECRET, stateKey: STATE_KEY }
        : null,
  };
}
