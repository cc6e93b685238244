import type { StoredPassage } from './knowledge-base.ts';
import { ID, KEY, type PassageTable, passageParts, tableBytes } from './passage-table.ts';

/** The passages of a generation to be, in order: new ones, and those of an earlier table as they stand there. */
export interface PlannedPassages {
  readonly count: number;
  /** Row of each passage's first sentence, and at the end the number of all. */
  readonly firstSentences: Uint32Array;
  /** New passages by position; all others are carried on. */
  readonly fresh: ReadonlyMap<number, StoredPassage>;
  /** Position -> position in the earlier table of the passage that is carried on, or has the same vectors; or -1. */
  readonly origins: Int32Array;
  readonly earlier: PassageTable | null;
}

/** Passages of which none is carried on. */
export function newPassages(passages: readonly StoredPassage[]): PlannedPassages {
  const last = passages.at(-1);
  const sentences = last ? last.firstSentence + last.sentences.length : 0;
  return {
    count: passages.length,
    firstSentences: Uint32Array.from([...passages.map(({ firstSentence }) => firstSentence), sentences]),
    fresh: new Map(passages.entries()),
    origins: new Int32Array(passages.length).fill(-1),
    earlier: null,
  };
}

/** The passages as their file holds them (PassageParts has the layout): what is carried on is copied, not made. */
export function passagesToBytes(planned: PlannedPassages, documents: readonly { readonly path: string }[]): Uint8Array {
  const { count, firstSentences, fresh, origins, earlier } = planned;
  const headings = numberHeadings(planned);
  const counts = { passages: count, sentences: firstSentences[count] as number, headings: headings.pool.length };
  const poolBytes = headings.pool.reduce((sum, { length }) => sum + length, 0);
  const bytes = new Uint8Array(tableBytes(counts) + poolBytes);
  const parts = passageParts(bytes.buffer, counts);
  new Uint32Array(bytes.buffer, 0, 3).set([counts.passages, counts.sentences, counts.headings]);
  parts.firstSentence.set(firstSentences);
  parts.heading.set(headings.numbers);
  const numbers = new Map(documents.map(({ path }, at) => [path, at]));
  const moved = earlier?.documents.map(({ path }) => numbers.get(path) ?? -1) ?? [];
  for (let at = 0; at < count; ) {
    const passage = fresh.get(at);
    if (passage || !earlier) {
      const { id, path, start, end, sentences, key } = passage as StoredPassage;
      parts.document[at] = numbers.get(path) as number;
      parts.start[at] = start;
      parts.end[at] = end;
      for (const [place, span] of sentences.entries()) {
        parts.sentenceStart[(firstSentences[at] as number) + place] = span.start;
        parts.sentenceEnd[(firstSentences[at] as number) + place] = span.end;
      }
      parts.ids.set(Buffer.from(id, 'hex'), at * ID);
      parts.keys.set(Buffer.from(key, 'hex'), at * KEY);
      at++;
      continue;
    }
    const from = origins[at] as number;
    const to = from + endOfRun(origins, at, (end) => fresh.has(end)) - at;
    const old = earlier.parts;
    for (let place = from; place < to; place++)
      parts.document[at + place - from] = moved[old.document[place] as number] as number;
    parts.start.set(old.start.subarray(from, to), at);
    parts.end.set(old.end.subarray(from, to), at);
    const sentences = [old.firstSentence[from] as number, old.firstSentence[to] as number] as const;
    parts.sentenceStart.set(old.sentenceStart.subarray(...sentences), firstSentences[at]);
    parts.sentenceEnd.set(old.sentenceEnd.subarray(...sentences), firstSentences[at]);
    parts.ids.set(old.ids.subarray(from * ID, to * ID), at * ID);
    parts.keys.set(old.keys.subarray(from * KEY, to * KEY), at * KEY);
    at += to - from;
  }
  let end = 0;
  headings.pool.forEach((heading, number) => {
    parts.headingBytes.set(heading, end);
    end += heading.length;
    parts.headingEnd[number] = end;
  });
  return bytes;
}

/** The end of the passages from `start` on that were neighbours before, or of those before one that `isOther`. */
export function endOfRun(
  origins: Int32Array,
  start: number,
  isOther: (position: number) => boolean = () => false,
): number {
  const from = origins[start] as number;
  let end = start + 1;
  while (end < origins.length && origins[end] === from + end - start && !isOther(end)) end++;
  return end;
}

/** Each heading once, numbered as they come, and the number of each passage's. */
function numberHeadings({ count, fresh, origins, earlier }: PlannedPassages): {
  readonly pool: readonly Buffer[];
  readonly numbers: Uint32Array;
} {
  const seen = new Map<string, number>();
  const numberOf = (heading: string): number => {
    const number = seen.get(heading) ?? seen.size;
    seen.set(heading, number);
    return number;
  };
  // Read once for each heading of the earlier table, not for each passage.
  const known = new Int32Array(earlier?.parts.headingEnd.length ?? 0).fill(-1);
  const numbers = new Uint32Array(count);
  for (let at = 0; at < count; at++) {
    const passage = fresh.get(at);
    if (passage || !earlier) {
      numbers[at] = numberOf((passage as StoredPassage).heading);
      continue;
    }
    const old = earlier.parts.heading[origins[at] as number] as number;
    if (known[old] === -1) known[old] = numberOf(earlier.heading(old));
    numbers[at] = known[old] as number;
  }
  return { pool: [...seen.keys()].map((heading) => Buffer.from(heading, 'utf8')), numbers };
}
