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
      return `${block.text}:`;
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
      return [
        block.caption,
        ...block.rows.map((row) => `- ${row.map((cell, at) => `${block.columns[at]}: ${cell}`).join('; ')}`),
      ].join('\n');
    default:
      return block satisfies never;
  }
}

/** Where a quote stands, in words: title, heading, lines, date. */
export function placeOf(quote: {
  readonly title: string;
  readonly heading: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly place?: string | null;
  readonly date: string | null;
}): string {
  const numbers =
    quote.startLine === quote.endLine ? `line ${quote.startLine}` : `lines ${quote.startLine}-${quote.endLine}`;
  // Lines of a text that was extracted mean nothing to who opens the file; its page or cell does.
  const lines = quote.place ?? numbers;
  const heading = quote.heading ? ` › ${quote.heading}` : '';
  return `${quote.title}${heading}, ${lines}${quote.date ? `, checked ${quote.date}` : ''}`;
}

/** Joins emoji into one; anywhere else it only hides. */
const JOINER_IN_EMOJI =
  '(?<=[\\p{Extended_Pictographic}\\ufe0f\\u{1f3fb}-\\u{1f3ff}])\\u200d(?=\\p{Extended_Pictographic})';
/** Control (but tab and line feed), bidirectional, zero-width, line-separator and tag characters, by their classes. */
const INVISIBLE = new RegExp(
  `(?![\\t\\n])(?!${JOINER_IN_EMOJI})[\\p{Cc}\\p{Zl}\\p{Zp}\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff\\u{e0000}-\\u{e007f}]`,
  'gu',
);

/** A text without characters that a reader cannot see or that reorder what is seen; lone surrogates become U+FFFD. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, '').toWellFormed();
}
