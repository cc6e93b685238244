import { createHash } from 'node:crypto';
import type { Block } from './block.ts';

/** Where a statement of a document comes from. `date` is ISO (YYYY-MM-DD); `undated` means it is the day of reading. */
export interface Source {
  readonly title: string;
  readonly url: string;
  readonly date: string;
  readonly undated: boolean;
}

export type Stance = 'vendor' | 'independent' | 'community';

/** What front matter says of a document; documents without front matter have a title and nothing else. */
export interface DocumentFacts {
  readonly title: string;
  readonly frameworks: readonly string[];
  readonly topics: readonly string[];
  readonly sources: readonly Source[];
  /** ISO date on which the statements were last checked, or null. */
  readonly checked: string | null;
  readonly stance: Stance | null;
  /** Heading text -> framework id, for the sections that argue for one side. */
  readonly favours: Readonly<Record<string, string>>;
}

/** From `start` on (to the next place) the text was at `label` in the file: "page 3", "cell 5". */
export interface Place {
  readonly start: number;
  readonly label: string;
}

/** Where an offset was in the original file, for formats whose stored text has no lines of its own; else null. */
export function placeAt(places: readonly Place[] | undefined, offset: number): string | null {
  let found: string | null = null;
  for (const { start, label } of places ?? []) {
    if (start > offset) break;
    found = label;
  }
  return found;
}

/**
 * One file of the corpus. `text` is the decoded file (for formats that are not text, what was
 * extracted from it) exactly as stored: every offset and line number in the product refers to it, and every quote is a span of it.
 */
export interface Document extends DocumentFacts {
  /** The corpus folder as the operator named it, joined with the file's path below it; "/" separated. Unique. */
  readonly path: string;
  readonly text: string;
  /** In order of `start`; only for formats that are not text themselves. */
  readonly places?: readonly Place[];
  readonly blocks: readonly Block[];
  /** SHA-256 of `text`, hex. */
  readonly hash: string;
}

/** SHA-256 of some bytes, or of a text's UTF-8 bytes, hex. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Converts character offsets of one text to line numbers (1-based, "\n" ends a line). Built once, asked often. */
export function createLineCounter(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}
