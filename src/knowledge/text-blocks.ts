import type { Block } from './block.ts';

/** Limits of what may pass for a heading in plain text: a longer line is prose without a full stop. */
const HEADING_MAX_WORDS = 12;
const HEADING_MAX_CHARACTERS = 90;
/** A line of at least this many words, or one that ends like a sentence, is prose. */
const PROSE_MIN_WORDS = 13;

interface Line {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The blocks of a plain text: paragraphs are runs of lines between blank lines; a short line that stands alone, does
 * not end like a sentence and is followed by prose is a heading; lines that begin with a bullet or number are items.
 */
export function textBlocks(text: string, from = 0): Block[] {
  const blocks: Block[] = [];
  const lines = linesOf(text, from);
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as Line;
    if (line.text === '') continue;
    if (isHeading(lines, at)) {
      blocks.push({ kind: 'heading', depth: blocks.length === 0 ? 1 : 2, start: line.start, end: line.end });
      continue;
    }
    if (isItem(line.text)) {
      blocks.push({ kind: 'item', depth: 0, start: line.start, end: line.end });
      continue;
    }
    let last = at;
    while (last + 1 < lines.length && continues(lines, last + 1)) last++;
    blocks.push({ kind: 'paragraph', depth: 0, start: line.start, end: (lines[last] as Line).end });
    at = last;
  }
  return blocks;
}

/** Trimmed lines with the offsets of what is left; blank lines are kept as empty ones. */
function linesOf(text: string, from: number): Line[] {
  const lines: Line[] = [];
  let start = from;
  while (start <= text.length) {
    const newline = text.indexOf('\n', start);
    const stop = newline === -1 ? text.length : newline;
    const raw = text.slice(start, stop);
    const trimmed = raw.trim();
    const lead = trimmed === '' ? 0 : raw.indexOf(trimmed);
    lines.push({ start: start + lead, end: start + lead + trimmed.length, text: trimmed });
    if (newline === -1) break;
    start = newline + 1;
  }
  return lines;
}

function continues(lines: readonly Line[], at: number): boolean {
  const text = (lines[at] as Line).text;
  return text !== '' && !isItem(text) && !isHeading(lines, at);
}

function isItem(text: string): boolean {
  return /^(?:[-*\u2022\u25e6\u2013]|\d{1,3}[.)])\s+\S/.test(text);
}

function isHeading(lines: readonly Line[], at: number): boolean {
  const { text } = lines[at] as Line;
  if (text.length > HEADING_MAX_CHARACTERS || countWords(text) > HEADING_MAX_WORDS) return false;
  if (!/^[\p{Lu}\p{N}\p{Lo}#"'(]/u.test(text) || /[.,;:!\u3002]$/.test(text)) return false;
  const before = lines[at - 1]?.text ?? '';
  // A wrapped paragraph's short last line is preceded by prose that does not end a sentence.
  if (before !== '' && !/[.!?:\u3002"')]$/.test(before)) return false;
  const next = lines.slice(at + 1, at + 4).find((line) => line.text !== '')?.text;
  return next !== undefined && (countWords(next) >= PROSE_MIN_WORDS || /[.!?:\u3002]$/.test(next) || isItem(next));
}

function countWords(text: string): number {
  return text.split(/\s+/).filter(Boolean).length;
}
