/** A block of Block Kit, or a part of one, as it is sent. */
export type SlackBlock = Readonly<Record<string, unknown>>;

/**
 * Rich text and plain text are the two forms in which Slack reads no markup: whatever a document or an asker wrote, no
 * mention, link or formatting in it comes alive. Text for them is never escaped.
 */
export function richText(elements: readonly SlackBlock[]): SlackBlock {
  return { type: 'rich_text', elements };
}

export function section(elements: readonly SlackBlock[]): SlackBlock {
  return { type: 'rich_text_section', elements };
}

export function plain(text: string): SlackBlock {
  return { type: 'text', text };
}

export function bold(text: string): SlackBlock {
  return { type: 'text', text, style: { bold: true } };
}

export function link(url: string, text: string): SlackBlock {
  return { type: 'link', url, text };
}

/** A plain text object; without `emoji`, `:smile:` stays what it is. */
export function plainText(text: string): SlackBlock {
  return { type: 'plain_text', text, emoji: false };
}
