import { createHash } from 'node:crypto';
import type { Block } from './block.ts';
import type { Document } from './document.ts';
import { type Span, splitIntoSentences } from './sentence.ts';

/**
 * A stretch of one section of one document: the unit that is embedded, ranked and shown. Offsets are of the
 * document's stored text. Passages never overlap; neighbours are widened at answer time.
 */
export interface Passage extends Span {
  /** Stable: changes only when path, heading or text change. 16 hex digits. */
  readonly id: string;
  readonly path: string;
  readonly title: string;
  /** Headings from the outermost in, " › " between; empty above the first heading. The title is not repeated. */
  readonly heading: string;
  /** Quotable units in reading order: sentences, or a whole short code block or table. */
  readonly sentences: readonly Span[];
}

/** Words. Sections up to MAX stay whole; longer ones are cut into even parts near TARGET (notes: docs/retrieval.md). */
const TARGET_WORDS = 140;
const MAX_WORDS = 180;
/** A "word" longer than this many characters (no spaces: CJK, tables, identifiers) counts as several. */
const CHARACTERS_PER_WORD = 12;

interface Unit extends Span {
  readonly words: number;
}

/** Splits a document along its headings, then at sentence ends, into passages of at most 180 words. */
export function splitIntoPassages(document: Document): Passage[] {
  const passages: Passage[] = [];
  const seen = new Map<string, number>();
  for (const section of sectionsOf(document)) {
    const units = section.blocks.flatMap((block) => unitsOf(document.text, block));
    for (const group of pack(units)) {
      const start = (group[0] as Unit).start;
      const end = (group.at(-1) as Unit).end;
      const identity = `${document.path}\0${section.heading}\0${document.text.slice(start, end)}`;
      const repeat = seen.get(identity) ?? 0;
      seen.set(identity, repeat + 1);
      const id = createHash('sha256').update(`${identity}\0${repeat}`).digest('hex').slice(0, 16);
      const sentences = group.map(({ start, end }) => ({ start, end }));
      passages.push({
        id,
        path: document.path,
        title: document.title,
        heading: section.heading,
        start,
        end,
        sentences,
      });
    }
  }
  return passages;
}

interface Section {
  readonly heading: string;
  readonly blocks: Block[];
}

function sectionsOf(document: Document): Section[] {
  const sections: Section[] = [];
  const open: { depth: number; text: string }[] = [];
  let current: Section = { heading: '', blocks: [] };
  for (const block of document.blocks) {
    if (block.kind !== 'heading') {
      if (current.blocks.length === 0) sections.push(current);
      current.blocks.push(block);
      continue;
    }
    while (open.length > 0 && (open.at(-1)?.depth ?? 0) >= block.depth) open.pop();
    open.push({ depth: block.depth, text: document.text.slice(block.start, block.end).replace(/\s+/g, ' ') });
    const path = open.map(({ text }) => text);
    if (path[0] === document.title) path.shift();
    current = { heading: path.join(' › '), blocks: [] };
  }
  return sections;
}

function unitsOf(text: string, block: Block): Unit[] {
  const spans = block.kind === 'code' || block.kind === 'table' ? [block] : splitIntoSentences(text, block);
  return spans.flatMap((span) => cut(text, { start: span.start, end: span.end }));
}

/** An over-long unit is cut between words (or anywhere, where there are none) into parts of at most MAX_WORDS. */
function cut(text: string, span: Span): Unit[] {
  const words = countWords(text.slice(span.start, span.end));
  if (words <= MAX_WORDS) return [{ start: span.start, end: span.end, words }];
  const units: Unit[] = [];
  const pattern = new RegExp(`\\S{1,${CHARACTERS_PER_WORD}}`, 'gu');
  const slice = text.slice(span.start, span.end);
  let start = -1;
  let end = 0;
  let held = 0;
  for (const match of slice.matchAll(pattern)) {
    if (held === MAX_WORDS) {
      units.push({ start: span.start + start, end: span.start + end, words: held });
      start = -1;
      held = 0;
    }
    if (start === -1) start = match.index;
    end = match.index + match[0].length;
    held++;
  }
  if (start !== -1) units.push({ start: span.start + start, end: span.start + end, words: held });
  return units;
}

/** Words as the length limit counts them: runs of non-space, long runs as several. */
export function countWords(text: string): number {
  let words = 0;
  for (const run of text.split(/\s+/)) if (run !== '') words += Math.ceil(run.length / CHARACTERS_PER_WORD);
  return words;
}

/** Packs units in order into the fewest groups of at most MAX_WORDS, as even as the units allow. */
function pack(units: readonly Unit[]): Unit[][] {
  const total = units.reduce((sum, unit) => sum + unit.words, 0);
  if (total === 0) return [];
  const goal = total <= MAX_WORDS ? MAX_WORDS : Math.min(MAX_WORDS, total / Math.ceil(total / TARGET_WORDS));
  const groups: Unit[][] = [];
  let group: Unit[] = [];
  let held = 0;
  for (const unit of units) {
    const over = held + unit.words > MAX_WORDS || (held >= goal * 0.85 && held + unit.words > goal * 1.1);
    if (group.length > 0 && over) {
      groups.push(group);
      group = [];
      held = 0;
    }
    group.push(unit);
    held += unit.words;
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

/** What is embedded and searched: markup that carries no meaning for search is dropped, white space folded. */
export function plainText(text: string): string {
  return text
    .replace(/!?\[([^[\]\n]*)\]\([^)\n]{0,500}\)/g, '$1')
    .replace(/`{1,3}|\*\*|__|~~/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
