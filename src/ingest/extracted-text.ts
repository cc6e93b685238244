import type { Block } from '../knowledge/block.ts';
import type { Place } from '../knowledge/document.ts';
import { cleanText, type Removed } from './clean-text.ts';

/** The text of a file that is not text itself, with its structure and where each part was. */
export interface ExtractedText {
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly places: readonly Place[];
  readonly title: string | null;
  readonly removed: Removed;
  /** What the file itself says, or null. */
  readonly language: string | null;
  readonly encoding: string | null;
}

export interface TextBuilder {
  readonly removed: Removed;
  /** Where the blocks that follow were: "page 3". */
  at(label: string): void;
  /** Adds a block; empty ones are passed over. */
  add(kind: Block['kind'], text: string, depth?: number): void;
  /** Adds text whose own blocks are known; their offsets are of `text` after cleaning. */
  addParsed(text: string, parse: (clean: string) => readonly Block[]): void;
  build(facts?: { title?: string | null; language?: string | null; encoding?: string | null }): ExtractedText;
}

/** Collects blocks into one text with a blank line between any two, so that offsets are right by construction. */
export function createTextBuilder(): TextBuilder {
  const parts: string[] = [];
  const blocks: Block[] = [];
  const places: Place[] = [];
  const removed: Removed = {};
  let length = 0;
  let label: string | null = null;
  const append = (text: string): number => {
    if (length > 0) {
      parts.push('\n\n');
      length += 2;
    }
    if (label !== null && places.at(-1)?.label !== label) places.push({ start: length, label });
    const start = length;
    parts.push(text);
    length += text.length;
    return start;
  };
  return {
    removed,
    at: (next) => {
      label = next;
    },
    add(kind, text, depth = 0) {
      const isLaidOut = kind === 'code' || kind === 'table';
      const cleaned = cleanText(text, removed);
      const clean = isLaidOut ? cleaned.replace(/^\n+/, '').trimEnd() : cleaned.replace(/\s+/g, ' ').trim();
      if (clean.trim() === '') return;
      const start = append(clean);
      blocks.push({
        kind,
        depth: kind === 'heading' ? Math.min(6, Math.max(1, depth)) : 0,
        start,
        end: start + clean.length,
      });
    },
    addParsed(text, parse) {
      const clean = cleanText(text, removed).trim();
      if (clean === '') return;
      const start = append(clean);
      for (const block of parse(clean)) blocks.push({ ...block, start: block.start + start, end: block.end + start });
    },
    build: ({ title = null, language = null, encoding = null } = {}) => ({
      text: `${parts.join('')}\n`,
      blocks,
      places,
      title: title === null ? null : cleanText(title, {}).replace(/\s+/g, ' ').trim() || null,
      removed,
      language,
      encoding,
    }),
  };
}
