import { AdvisorError } from '../errors.ts';
import type { StoredPassage } from './knowledge-base.ts';
import type { Span } from './sentence.ts';

/** All passages of a generation by position. A passage is made when it is asked for: 100,000 of them load in no time. */
export interface PassageList extends Iterable<StoredPassage> {
  readonly length: number;
  at(position: number): StoredPassage | undefined;
}

/** What a passage has of its document. */
interface Home {
  readonly path: string;
  readonly title: string;
}

/** The list as it is in memory, for a build that carries passages on without making each. */
export interface PassageTable extends PassageList {
  readonly documents: readonly Home[];
  readonly parts: PassageParts;
  heading(number: number): string;
}

/** Neighbours in a table, `to` exclusive. */
export interface PassageRange {
  readonly from: number;
  readonly to: number;
}

/** Bytes of a passage's id and key; as text they are hexadecimal. */
export const ID = 8;
export const KEY = 16;

/** How many passages, sentences and headings a table has. */
export interface PassageCounts {
  readonly passages: number;
  readonly sentences: number;
  readonly headings: number;
}

/**
 * The parts of a table's bytes as views. Layout (little endian): uint32 counts of passages P, sentences S, headings H;
 * then uint32 columns document[P], heading[P], start[P], end[P], firstSentence[P + 1], sentenceStart[S],
 * sentenceEnd[S], headingEnd[H]; then id (8 bytes) [P], key (16 bytes) [P], and the headings' UTF-8.
 */
export interface PassageParts {
  readonly document: Uint32Array;
  readonly heading: Uint32Array;
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  readonly firstSentence: Uint32Array;
  readonly sentenceStart: Uint32Array;
  readonly sentenceEnd: Uint32Array;
  readonly headingEnd: Uint32Array;
  readonly ids: Buffer;
  readonly keys: Buffer;
  readonly headingBytes: Buffer;
}
/** Passages kept as objects: the ones asked for again and again. */
const KEPT = 4096;

/** Reads what `passagesToBytes` wrote of these documents. Throws INDEX_DAMAGED when they do not fit. */
export function readPassages(bytes: Uint8Array<ArrayBuffer>, documents: readonly Home[]): PassageTable {
  const [count = 0, sentences = 0, headings = 0] = bytes.length < 12 ? [] : new Uint32Array(bytes.buffer, 0, 3);
  const counts = { passages: count, sentences, headings };
  if (bytes.byteOffset !== 0 || bytes.length < tableBytes(counts)) throw damaged();
  const parts = passageParts(bytes.buffer, counts);
  const { document, firstSentence, headingEnd, ids, keys, headingBytes } = parts;
  if (firstSentence[count] !== sentences || (headingEnd[headings - 1] ?? 0) !== headingBytes.length) throw damaged();
  if (document.some((number) => number >= documents.length)) throw damaged();
  const kept = new Map<number, StoredPassage>();
  const heading = (number: number): string =>
    headingBytes.toString('utf8', headingEnd[number - 1] ?? 0, headingEnd[number]);
  const make = (at: number): StoredPassage => {
    const { path, title } = documents[document[at] as number] as Home;
    const first = firstSentence[at] as number;
    const spans: Span[] = [];
    for (let row = first; row < (firstSentence[at + 1] as number); row++)
      spans.push({ start: parts.sentenceStart[row] as number, end: parts.sentenceEnd[row] as number });
    return {
      id: ids.toString('hex', at * ID, (at + 1) * ID),
      path,
      title,
      heading: heading(parts.heading[at] as number),
      start: parts.start[at] as number,
      end: parts.end[at] as number,
      sentences: spans,
      key: keys.toString('hex', at * KEY, (at + 1) * KEY),
      firstSentence: first,
    };
  };
  return {
    length: count,
    documents,
    parts,
    heading,
    at(position) {
      const held = kept.get(position);
      if (held || !(position >= 0 && position < count)) return held;
      const passage = make(position);
      if (kept.size >= KEPT) kept.clear();
      kept.set(position, passage);
      return passage;
    },
    *[Symbol.iterator]() {
      for (let at = 0; at < count; at++) yield make(at);
    },
  };
}

/** The passages of each document, by its path: they stand together. */
export function rangesByDocument({ length, documents, parts }: PassageTable): ReadonlyMap<string, PassageRange> {
  const ranges = new Map<string, PassageRange>();
  for (let from = 0; from < length; ) {
    const number = parts.document[from] as number;
    let to = from + 1;
    while (to < length && parts.document[to] === number) to++;
    ranges.set((documents[number] as Home).path, { from, to });
    from = to;
  }
  return ranges;
}

/** Key (hex) -> the last position that has it. */
export function positionsByKey({ length, parts: { keys } }: PassageTable): ReadonlyMap<string, number> {
  const positions = new Map<string, number>();
  for (let at = 0; at < length; at++) positions.set(keys.toString('hex', at * KEY, (at + 1) * KEY), at);
  return positions;
}

/** Bytes of a table but for its headings' text. */
export function tableBytes({ passages, sentences, headings }: PassageCounts): number {
  return 4 * (3 + 5 * passages + 1 + 2 * sentences + headings) + (ID + KEY) * passages;
}

export function passageParts(buffer: ArrayBuffer, { passages, sentences, headings }: PassageCounts): PassageParts {
  let at = 12;
  const column = (length: number): Uint32Array => {
    const view = new Uint32Array(buffer, at, length);
    at += 4 * length;
    return view;
  };
  const bytes = (length: number): Buffer => {
    const view = Buffer.from(buffer, at, length);
    at += length;
    return view;
  };
  // In the order of the layout.
  return {
    document: column(passages),
    heading: column(passages),
    start: column(passages),
    end: column(passages),
    firstSentence: column(passages + 1),
    sentenceStart: column(sentences),
    sentenceEnd: column(sentences),
    headingEnd: column(headings),
    ids: bytes(ID * passages),
    keys: bytes(KEY * passages),
    headingBytes: bytes(buffer.byteLength - at),
  };
}

function damaged(): AdvisorError {
  return new AdvisorError(
    'INDEX_DAMAGED',
    'the passages do not fit their head or the documents; run npm run build:index',
  );
}
