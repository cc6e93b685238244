/** What somebody wrote, without Slack's markup. */
export interface IncomingText {
  readonly text: string;
  /** True when it names the bot. */
  readonly mentionsBot: boolean;
  /** True when it begins by naming somebody who is not the bot. */
  readonly isForOthers: boolean;
}

/** `<@U1>`, `<#C1|general>`, `<!here>`, `<https://x|label>`: https://docs.slack.dev/messaging/formatting-message-text */
const MARKUP = /<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>/g;
const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };

/** Reads a message's text as its writer saw it: mentions of the bot removed, links as their labels, entities undone. */
export function readSlackText(raw: string, botUserId: string): IncomingText {
  let mentionsBot = false;
  const first = /^\s*<@([A-Z0-9]+)(?:\|[^<>]*)?>/.exec(raw)?.[1];
  const text = raw
    .replace(MARKUP, (_all, sign: string, target: string, label: string | undefined) => {
      if (sign === '@') {
        if (target === botUserId) mentionsBot = true;
        return ' ';
      }
      if (sign === '#') return ` #${label || target} `;
      if (sign === '!') return ' ';
      return label || target;
    })
    .replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity] as string)
    .replace(/[ \t]+/g, ' ')
    .trim();
  return { text, mentionsBot, isForOthers: first !== undefined && first !== botUserId };
}
