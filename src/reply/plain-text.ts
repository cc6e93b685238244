import type { Block, Reply } from './reply.ts';

/**
 * The whole reply as plain text: for terminals, notifications, screen readers and logs. Nothing is said by layout
 * alone. Control characters, bidirectional marks and invisible tags of outside text are dropped.
 */
export function plainTextOf(reply: Reply): string {
  const parts = [reply.title, ...reply.blocks.map(blockText)].filter((part) => part !== '');
  return visible(parts.join('\n\n'));
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'heading':
      // A question, or a heading that has its colon, needs none.
      return /[.?!:]$/.test(block.text) ? block.text : `${block.text}:`;
    case 'text':
      return block.text;
    case 'note':
      return `Note: ${block.text}`;
    case 'list':
      return block.items.map((item) => `- ${item}`).join('\n');
    case 'quote': {
      const quote = block.quote.replace(/\s+/g, ' ');
      return `[${block.n}] "${quote}"\n    ${placeOf(block)}${block.url ? `\n    ${block.url}` : ''}`;
    }
    case 'table':
      // As a list: a table read aloud, or in a proportional font, is no table.
      return [block.caption, ...block.rows.map((row) => `- ${rowText(block.columns, row)}`)].join('\n');
    default:
      return block satisfies never;
  }
}

/** Where a quote stands, in words: title, heading, lines, file, date. */
export function placeOf(quote: {
  readonly title: string;
  readonly heading: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly place?: string | null;
  readonly file?: string | null;
  readonly date: string | null;
}): string {
  const numbers =
    quote.startLine === quote.endLine ? `line ${quote.startLine}` : `lines ${quote.startLine}-${quote.endLine}`;
  // Lines of a text that was extracted mean nothing to who opens the file; its page or cell does.
  const lines = quote.place ?? numbers;
  const heading = quote.heading ? ` › ${quote.heading}` : '';
  const file = quote.file ? `, in ${quote.file}` : '';
  return `${quote.title}${heading}, ${lines}${file}${quote.date ? `, checked ${quote.date}` : ''}`;
}

/** A row of a table as a line that stands by itself: each cell after the name of its column. */
export function rowText(columns: readonly string[], row: readonly string[]): string {
  return row.map((cell, at) => (columns[at] ? `${columns[at]}: ${cell}` : cell)).join('; ');
}

/** Joins emoji into one; anywhere else it only hides. */
const JOINER_IN_EMOJI =
  '(?<=\\p{Extended_Pictographic}\\ufe0f?|[\\u{1f3fb}-\\u{1f3ff}])\\u200d(?=\\p{Extended_Pictographic})';
/** Chooses the look of what stands before it; rows of selectors spell hidden words. */
const SELECTOR_OF_EMOJI = '(?<=\\p{Emoji})[\\ufe0e\\ufe0f]';
/** Control (but tab and line feed), direction, zero-width, annotation and tag characters, and selectors without an emoji. */
const INVISIBLE = new RegExp(
  `(?![\\t\\n])(?!${JOINER_IN_EMOJI})(?!${SELECTOR_OF_EMOJI})` +
    '[\\p{Cc}\\u061c\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufe00-\\ufe0f\\ufeff\\ufff9-\\ufffb\\u{e0000}-\\u{e01ef}]',
  'gu',
);
/** What ends a line, however it is written. */
const LINE_END = /\r\n?|[\v\f\u0085\u2028\u2029]/g;

/** A text without characters that a reader cannot see or that reorder what is seen; lone surrogates become U+FFFD. */
export function visible(text: string): string {
  return text.replace(LINE_END, '\n').replace(INVISIBLE, '').toWellFormed();
}
