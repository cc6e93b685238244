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

/** Bytes of a passage's id and key; as text they are hexadecimal. */
const ID = 8;
const KEY = 16;
/** Passages kept as objects: the ones asked for again and again. */
const KEPT = 4096;

/**
 * Layout (little endian): uint32 counts of passages P, sentences S, headings H; then uint32 columns document[P],
 * heading[P], start[P], end[P], firstSentence[P + 1], sentenceStart[S], sentenceEnd[S], headingEnd[H]; then id (8 bytes)
 * [P], key (16 bytes) [P], and the headings' UTF-8.
 */
export function passagesToBytes(passages: readonly StoredPassage[], documents: readonly Home[]): Uint8Array {
  const numbers = new Map(documents.map(({ path }, at) => [path, at]));
  const headings = new Map<string, number>();
  for (const { heading } of passages) if (!headings.has(heading)) headings.set(heading, headings.size);
  const pool = [...headings.keys()].map((heading) => Buffer.from(heading, 'utf8'));
  const sentences = passages.reduce((sum, passage) => sum + passage.sentences.length, 0);
  const count = passages.length;
  const words = 3 + 5 * count + 1 + 2 * sentences + pool.length;
  const poolBytes = pool.reduce((sum, { length }) => sum + length, 0);
  const bytes = new Uint8Array(4 * words + (ID + KEY) * count + poolBytes);
  const { columns, ids, keys, headingBytes } = sections(bytes, count, sentences, pool.length);
  new Uint32Array(bytes.buffer, 0, 3).set([count, sentences, pool.length]);
  let row = 0;
  passages.forEach((passage, at) => {
    columns.document[at] = numbers.get(passage.path) as number;
    columns.heading[at] = headings.get(passage.heading) as number;
    columns.start[at] = passage.start;
    columns.end[at] = passage.end;
    columns.firstSentence[at] = row;
    for (const { start, end } of passage.sentences) {
      columns.sentenceStart[row] = start;
      columns.sentenceEnd[row++] = end;
    }
    ids.set(Buffer.from(passage.id, 'hex'), at * ID);
    keys.set(Buffer.from(passage.key, 'hex'), at * KEY);
  });
  columns.firstSentence[count] = row;
  let end = 0;
  pool.forEach((heading, at) => {
    headingBytes.set(heading, end);
    end += heading.length;
    columns.headingEnd[at] = end;
  });
  return bytes;
}

/** Reads what `passagesToBytes` wrote of these documents. Throws INDEX_DAMAGED when they do not fit. */
export function readPassages(bytes: Uint8Array<ArrayBuffer>, documents: readonly Home[]): PassageList {
  const [count = 0, sentences = 0, headings = 0] = bytes.length < 12 ? [] : new Uint32Array(bytes.buffer, 0, 3);
  const fixed = 4 * (3 + 5 * count + 1 + 2 * sentences + headings) + (ID + KEY) * count;
  if (bytes.byteOffset !== 0 || bytes.length < fixed) throw damaged();
  const { columns, ids, keys, headingBytes } = sections(bytes, count, sentences, headings);
  if (columns.firstSentence[count] !== sentences || (columns.headingEnd[headings - 1] ?? 0) !== headingBytes.length)
    throw damaged();
  if (columns.document.some((number) => number >= documents.length)) throw damaged();
  const kept = new Map<number, StoredPassage>();
  const make = (at: number): StoredPassage => {
    const { path, title } = documents[columns.document[at] as number] as Home;
    const heading = columns.heading[at] as number;
    const firstSentence = columns.firstSentence[at] as number;
    const spans: Span[] = [];
    for (let row = firstSentence; row < (columns.firstSentence[at + 1] as number); row++)
      spans.push({ start: columns.sentenceStart[row] as number, end: columns.sentenceEnd[row] as number });
    return {
      id: ids.toString('hex', at * ID, (at + 1) * ID),
      path,
      title,
      heading: headingBytes.toString('utf8', columns.headingEnd[heading - 1] ?? 0, columns.headingEnd[heading]),
      start: columns.start[at] as number,
      end: columns.end[at] as number,
      sentences: spans,
      key: keys.toString('hex', at * KEY, (at + 1) * KEY),
      firstSentence,
    };
  };
  return {
    length: count,
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

/** The parts of a table's bytes as views. */
function sections({ buffer }: { buffer: ArrayBufferLike }, count: number, sentences: number, headings: number) {
  let at = 12;
  const column = (length: number): Uint32Array => {
    const view = new Uint32Array(buffer, at, length);
    at += 4 * length;
    return view;
  };
  const columns = {
    document: column(count),
    heading: column(count),
    start: column(count),
    end: column(count),
    firstSentence: column(count + 1),
    sentenceStart: column(sentences),
    sentenceEnd: column(sentences),
    headingEnd: column(headings),
  };
  const part = (length: number): Buffer => {
    const view = Buffer.from(buffer, at, length);
    at += length;
    return view;
  };
  return { columns, ids: part(ID * count), keys: part(KEY * count), headingBytes: part(buffer.byteLength - at) };
}

function damaged(): AdvisorError {
  return new AdvisorError(
    'INDEX_DAMAGED',
    'the passages do not fit their head or the documents; run npm run build:index',
  );
}
