import { visible } from '../../reply/plain-text.ts';

/** The three characters that begin anything special: https://docs.slack.dev/messaging/formatting-message-text. */
const SPECIAL: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Text for a field that Slack reads as markup: no mention, link or date in it comes alive. */
export function escapeMrkdwn(text: string): string {
  return visible(text).replace(/[&<>]/g, (character) => SPECIAL[character] as string);
}
