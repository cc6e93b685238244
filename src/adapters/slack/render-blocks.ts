import { NEXT_STEPS, NOTHING_TO_SHOW } from '../../reply/choice-wording.ts';
import { cutText } from '../../reply/graphemes.ts';
import { placeOf, plainTextOf, rowText } from '../../reply/plain-text.ts';
import type { Block, Reply } from '../../reply/reply.ts';
import { shownReply } from '../../reply/shown-reply.ts';
import { type PartBudget, splitReply } from '../../reply/split-reply.ts';
import { LIMITS } from './limits.ts';
import { escapeMrkdwn } from './mrkdwn.ts';
import { renderChoices } from './render-choices.ts';
import { bold, link, plain, plainText, richText, type SlackBlock, section } from './rich-text.ts';

export interface RenderedMessage {
  /** The whole of this message as text, for notifications and screen readers. */
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}

/**
 * A reply as messages within Slack's limits. Text of documents and askers stands in rich text and plain text only,
 * where Slack reads no markup. Pure.
 */
export function renderReply(reply: Reply): readonly RenderedMessage[] {
  const parts = splitReply(prepared(reply), BUDGET);
  const choices = reply.kind === 'failure' ? [] : renderChoices(reply);
  const last = parts.at(-1) as Reply;
  if (!fits([...renderPart(last.title, last.blocks), ...choices])) {
    parts.push({ ...last, title: '', blocks: [{ kind: 'heading', text: NEXT_STEPS }] });
  }
  return parts.map((part, at) => ({
    text: escapeMrkdwn(plainTextOf(part)),
    blocks: [...renderPart(part.title, part.blocks), ...(at === parts.length - 1 ? choices : [])],
  }));
}

/** A reply's blocks without splitting or choices, for a page that holds a hundred. */
export function renderPage(reply: Reply): readonly SlackBlock[] {
  const { title, blocks } = prepared(reply);
  return renderPart(title, blocks).slice(0, LIMITS.homeBlocks);
}

/** The reply in the blocks that Slack has: no tables, and a title that fits a header. */
function prepared(reply: Reply): Reply {
  const shown = shownReply(reply);
  const blocks = shown.blocks.flatMap(withoutTable);
  if (shown.title.length > LIMITS.header) {
    return { ...shown, title: '', blocks: [{ kind: 'heading', text: shown.title }, ...blocks] };
  }
  if (shown.title === '' && blocks.length === 0) return { ...shown, title: NOTHING_TO_SHOW };
  return { ...shown, blocks };
}

/** A table as a list: a table read aloud, or on a phone, is no table. */
function withoutTable(block: Block): Block[] {
  if (block.kind !== 'table') return [block];
  const { caption, columns, rows } = block;
  return [
    ...(caption === '' ? [] : [{ kind: 'heading' as const, text: caption }]),
    ...(rows.length === 0 ? [] : [{ kind: 'list' as const, items: rows.map((row) => rowText(columns, row)) }]),
  ];
}

const BUDGET: PartBudget = {
  fill: LIMITS.textBytes,
  sizeOf: (block) => sizeOfText(textOf('', [block])) + 2,
  sizeOfText,
  // The header, the question's controls and the row of details.
  blocks: LIMITS.blocks - 4,
  holds: (title, blocks) =>
    fits(renderPart(title, blocks)) && escapeMrkdwn(textOf(title, blocks)).length <= LIMITS.text,
  // The rest is left to the quote's place and address.
  piece: LIMITS.message * 0.6,
  sizeOfPiece: (text) => Math.max(text.length, escapeMrkdwn(text).length * (LIMITS.message / LIMITS.text)),
};

function sizeOfText(text: string): number {
  return Buffer.byteLength(escapeMrkdwn(text));
}

function textOf(title: string, blocks: readonly Block[]): string {
  return plainTextOf({ kind: 'help', id: '', title, blocks, choices: [] });
}

function renderPart(title: string, blocks: readonly Block[]): SlackBlock[] {
  const header = title === '' ? [] : [{ type: 'header', text: plainText(title) }];
  return [...header, ...blocks.flatMap(renderBlock)];
}

function renderBlock(block: Block): SlackBlock[] {
  switch (block.kind) {
    case 'heading':
      return [richText([section([bold(block.text)])])];
    case 'text':
      return [richText([section([plain(block.text)])])];
    case 'note': {
      const pieces = cutText(block.text, LIMITS.contextText).slice(0, LIMITS.contextElements);
      return [{ type: 'context', elements: pieces.map(plainText) }];
    }
    case 'list': {
      const elements = block.items.map((item) => section([plain(item)]));
      return [richText([{ type: 'rich_text_list', style: 'bullet', elements }])];
    }
    case 'table':
      return withoutTable(block).flatMap(renderBlock);
    case 'quote': {
      const place = placeOf(block);
      return [
        richText([
          { type: 'rich_text_quote', elements: [bold(`[${block.n}] `), plain(`"${block.quote}"`)] },
          section([block.url === null ? plain(place) : link(block.url, place)]),
        ]),
      ];
    }
    default:
      return block satisfies never;
  }
}

/** Whether Slack takes these blocks as one message. */
function fits(blocks: readonly SlackBlock[]): boolean {
  return blocks.length <= LIMITS.blocks && charactersOf(blocks) + blocks.length * LIMITS.perBlock <= LIMITS.message;
}

/** Strings that nobody sees. */
const UNSEEN = new Set(['type', 'style', 'value', 'action_id', 'block_id']);

/** Characters of everything that is shown, read out or linked in some blocks. */
function charactersOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + charactersOf(item), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce((sum, [key, item]) => sum + (UNSEEN.has(key) ? 0 : charactersOf(item)), 0);
}
