import {
  type APIActionRowComponent,
  type APIButtonComponentWithCustomId,
  type APIMessageTopLevelComponent,
  ButtonStyle,
  ComponentType,
  MessageFlags,
} from 'discord.js';
import { placeOf, visible } from '../../reply/plain-text.ts';
import type { Block, Choice, Reply } from '../../reply/reply.ts';
import { LIMITS } from './limits.ts';
import { bareLink, escapeMarkdown, pieces, shorten } from './markdown.ts';

/** One message as its body. `allowedMentions` pings nobody, whatever the text says. */
export interface RenderedMessage {
  readonly flags: number;
  readonly components: APIMessageTopLevelComponent[];
  readonly allowedMentions: { readonly parse: []; readonly repliedUser: false };
}

type Row = APIActionRowComponent<APIButtonComponentWithCustomId>;

/**
 * A reply as one or more messages of text displays (components v2) within Discord's limits, in the reply's order.
 * Blocks are kept whole: what does not fit goes to the next message, and only a block that is longer than a
 * whole message is cut. Buttons stand under the last message.
 */
export function renderReply(reply: Reply): readonly RenderedMessage[] {
  const texts = [`## ${oneLine(reply.title)}`, ...reply.blocks.map(blockMarkdown)]
    .filter((text) => text.trim() !== '')
    .flatMap((text) => splitBlock(text));
  const rows = rowsOf(reply);
  // One place is kept for a picture.
  const maxTexts = LIMITS.components - 1 - rows.reduce((sum, { components }) => sum + 1 + components.length, 0);
  const messages: string[][] = [[]];
  let length = 0;
  for (const text of texts) {
    let current = messages.at(-1) as string[];
    if (length + text.length > LIMITS.messageText || current.length === maxTexts) {
      current = [];
      messages.push(current);
      length = 0;
    }
    current.push(text);
    length += text.length;
  }
  return messages.map((parts, at) => ({
    flags: MessageFlags.IsComponentsV2 | MessageFlags.SuppressEmbeds,
    components: [
      ...parts.map((content) => ({ type: ComponentType.TextDisplay as const, content })),
      ...(at === messages.length - 1 ? rows : []),
    ],
    allowedMentions: { parse: [], repliedUser: false },
  }));
}

/** The pieces of one block; a quote that had to be cut goes on as a quote. */
function splitBlock(text: string): string[] {
  const parts = pieces(text, LIMITS.messageText - 2);
  return text.startsWith('> ') ? parts.map((part, at) => (at === 0 ? part : `> ${part}`)) : parts;
}

function blockMarkdown(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `**${oneLine(block.text)}**`;
    case 'text':
      return escapeMarkdown(block.text);
    case 'note':
      return `-# ${oneLine(block.text)}`;
    case 'list':
      return block.items.map((item) => `- ${oneLine(item)}`).join('\n');
    case 'quote': {
      const link = block.url ? bareLink(block.url) : '';
      const quote = escapeMarkdown(block.quote).replace(/\r?\n/g, '\n> ');
      return `> ${quote}\n-# \\[${block.n}\\] ${oneLine(placeOf(block))}${link ? ` ${link}` : ''}`;
    }
    case 'table':
      return [
        escapeMarkdown(block.caption),
        ...block.rows.map(
          (row) => `- ${row.map((cell, at) => oneLine(`${block.columns[at] ?? ''}: ${cell}`)).join('; ')}`,
        ),
      ].join('\n');
    default:
      return block satisfies never;
  }
}

function oneLine(text: string): string {
  return escapeMarkdown(text.replace(/\s+/g, ' ').trim());
}

function rowsOf({ id, choices }: Reply): Row[] {
  const seen = new Set<string>();
  const buttons = choices
    .map((choice) => buttonOf(id, choice))
    .filter(
      (button) =>
        button.custom_id.length <= LIMITS.customId &&
        button.custom_id.isWellFormed() &&
        !seen.has(button.custom_id) &&
        seen.add(button.custom_id),
    )
    .slice(0, LIMITS.choices);
  const rows: Row[] = [];
  for (let at = 0; at < buttons.length; at += LIMITS.buttonsPerRow) {
    rows.push({ type: ComponentType.ActionRow, components: buttons.slice(at, at + LIMITS.buttonsPerRow) });
  }
  return rows;
}

function buttonOf(id: string, { label, action, value }: Choice): APIButtonComponentWithCustomId {
  return {
    type: ComponentType.Button,
    style: action === 'refine' ? ButtonStyle.Primary : ButtonStyle.Secondary,
    label: shorten(visible(label).replace(/\s+/g, ' ').trim() || action, LIMITS.buttonLabel),
    custom_id: `${action}|${id}|${value}`,
  };
}
