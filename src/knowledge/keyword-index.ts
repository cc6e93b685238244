import { AdvisorError } from '../errors.ts';
import { inTurns } from './in-turns.ts';
import { createSpelling, type Spelling } from './spelling.ts';
import { type Hits, topHits } from './top-list.ts';

/** Okapi BM25 (Robertson & Zaragoza 2009) with the constants that won on all six public sets of docs/retrieval.md. */
const K1 = 1.2;
const B = 0.7;

/** A question's terms with what each one counts; 1 is plain. */
export type TermWeights = ReadonlyMap<string, number>;

export interface KeywordHits extends Hits {
  /** Mean and standard deviation of the scores of all passages; what holds no term has 0. */
  readonly mean: number;
  readonly deviation: number;
  /** Any passage's score. Valid until the next search. */
  readonly scoreOf: (id: number) => number;
}

export interface KeywordIndex {
  readonly size: number;
  /** The best `limit` passages for these terms; scores are BM25. Ties go to the earlier passage. */
  search(terms: TermWeights, limit: number): KeywordHits;
  /** What a passage that held each term endlessly often would score: the upper bound of `search`. */
  attainable(terms: TermWeights): number;
  /** Inverse document frequency, 0 for a term no passage holds. */
  idf(term: string): number;
  /** The known terms that an unknown one may stand for. */
  readonly spelling: Spelling;
  toBytes(): Uint8Array;
}

/** Term t's postings are positions `offsets[t]` to `offsets[t + 1]` of `ids`, ids ascending. */
export interface TermPlaces {
  readonly size: number;
  readonly words: readonly string[];
  readonly offsets: Uint32Array;
  readonly ids: Uint32Array;
}

interface Postings extends TermPlaces {
  /** A posting's finished BM25 contribution: nothing is left to compute at query time but sums. */
  readonly impacts: Float32Array;
}

/** The index of some postings with how often each term counts in its passage. */
export function weighPostings(places: TermPlaces, counts: ArrayLike<number>): KeywordIndex {
  const { size, words, offsets, ids } = places;
  const lengths = new Float64Array(size);
  for (let place = 0; place < ids.length; place++) {
    const id = ids[place] as number;
    lengths[id] = (lengths[id] as number) + (counts[place] as number);
  }
  const average = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, size) || 1;
  const norms = lengths.map((length) => K1 * (1 - B + (B * length) / average));
  const impacts = new Float32Array(ids.length);
  for (let at = 0; at < words.length; at++) {
    const end = offsets[at + 1] as number;
    const idf = inverseFrequency(size, end - (offsets[at] as number));
    for (let place = offsets[at] as number; place < end; place++) {
      const count = counts[place] as number;
      impacts[place] = (idf * count * (K1 + 1)) / (count + (norms[ids[place] as number] as number));
    }
  }
  return keywordIndex({ ...places, impacts }, new Map(words.map((word, at) => [word, at])));
}

function inverseFrequency(size: number, frequency: number): number {
  return Math.log(1 + (size - frequency + 0.5) / (frequency + 0.5));
}

function keywordIndex(postings: Postings, rows: ReadonlyMap<string, number>): KeywordIndex {
  const { size, offsets, ids, impacts } = postings;
  // Reused between searches: one search runs to its end before the next begins.
  const scores = new Float32Array(size);
  const touched = new Uint32Array(size);
  let count = 0;
  const idf = (term: string): number => {
    const at = rows.get(term);
    return at === undefined ? 0 : inverseFrequency(size, (offsets[at + 1] as number) - (offsets[at] as number));
  };
  return {
    size,
    idf,
    spelling: createSpelling(postings.words, idf),
    search(terms, limit) {
      for (let at = 0; at < count; at++) scores[touched[at] as number] = 0;
      count = 0;
      for (const [term, weight] of terms) {
        const at = rows.get(term);
        if (at === undefined || weight <= 0) continue;
        for (let place = offsets[at] as number; place < (offsets[at + 1] as number); place++) {
          const id = ids[place] as number;
          if (scores[id] === 0) touched[count++] = id;
          scores[id] = (scores[id] as number) + weight * (impacts[place] as number);
        }
      }
      let sum = 0;
      let squares = 0;
      for (let at = 0; at < count; at++) {
        const score = scores[touched[at] as number] as number;
        sum += score;
        squares += score * score;
      }
      const mean = sum / Math.max(1, size);
      const deviation = Math.sqrt(Math.max(0, squares / Math.max(1, size) - mean * mean)) || 1;
      return { ...topHits(touched, count, scores, limit), mean, deviation, scoreOf: (id) => scores[id] as number };
    },
    attainable(terms) {
      let sum = 0;
      for (const [term, weight] of terms) sum += weight * idf(term) * (K1 + 1);
      return sum;
    },
    toBytes: () => encode(postings),
  };
}

/** Layout: byte length of the JSON head (uint32), head, padding to 4, offsets, ids, impacts (little endian). */
function encode({ size, words, offsets, ids, impacts }: Postings): Uint8Array {
  const head = new TextEncoder().encode(JSON.stringify({ size, words, postings: ids.length }));
  const start = 4 + Math.ceil(head.length / 4) * 4;
  const bytes = new Uint8Array(start + offsets.byteLength + ids.byteLength + impacts.byteLength);
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  bytes.set(head, 4);
  let at = start;
  for (const part of [offsets, ids, impacts]) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  }
  return bytes;
}

/** Reads what `toBytes` wrote; the index keeps the bytes. Throws INDEX_DAMAGED when the lengths do not add up. */
export async function readKeywordIndex(bytes: Uint8Array<ArrayBuffer>): Promise<KeywordIndex> {
  const words: string[] = [];
  const rows = new Map<string, number>();
  const postings = viewPostings(bytes, words);
  const add = (group: string): void => {
    for (const word of JSON.parse(group) as string[]) {
      rows.set(word, words.length);
      words.push(word);
    }
  };
  await inTurns(postings.groups, add, 1);
  checkWords(postings);
  return keywordIndex(postings, rows);
}

/** What `toBytes` wrote, as views of the bytes. Throws INDEX_DAMAGED when the lengths do not add up. */
export function readPostings(bytes: Uint8Array<ArrayBuffer>): Postings {
  const words: string[] = [];
  const postings = viewPostings(bytes, words);
  for (const group of postings.groups) for (const word of JSON.parse(group) as string[]) words.push(word);
  checkWords(postings);
  return postings;
}

/** Characters of the words' JSON that are parsed at once: a vocabulary of half a million words takes a while. */
const GROUP = 1 << 16;

/** Views of all that follows the head, and the words' JSON in groups, which fill `words`. */
function viewPostings(
  bytes: Uint8Array<ArrayBuffer>,
  words: readonly string[],
): Postings & { readonly groups: Iterable<string> } {
  if (bytes.length < 4) throw damaged();
  const headLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const text = new TextDecoder().decode(bytes.subarray(4, 4 + headLength));
  const open = text.indexOf('[');
  const close = text.lastIndexOf(']');
  let head: { size: number; postings: number };
  try {
    head = JSON.parse(`${text.slice(0, open)}[]${text.slice(close + 1)}`);
  } catch (cause) {
    throw damaged(cause);
  }
  const start = 4 + Math.ceil(headLength / 4) * 4;
  const terms = (bytes.length - start) / 4 - 2 * head.postings;
  if (!Number.isInteger(terms) || terms < 1) throw damaged();
  const { buffer, byteOffset } = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const body = byteOffset + start;
  return {
    size: head.size,
    words,
    offsets: new Uint32Array(buffer, body, terms),
    ids: new Uint32Array(buffer, body + 4 * terms, head.postings),
    impacts: new Float32Array(buffer, body + 4 * (terms + head.postings), head.postings),
    groups: groupsOf(text, open + 1, close),
  };
}

/** A JSON array's inside as smaller arrays, cut between two strings: no word holds a quotation mark. */
function* groupsOf(text: string, from: number, to: number): Generator<string> {
  for (let at = from; at < to; ) {
    const border = text.indexOf('","', at + GROUP);
    const end = border === -1 || border >= to ? to : border + 1;
    yield `[${text.slice(at, end)}]`;
    at = end + 1;
  }
}

function checkWords({ words, offsets }: Postings): void {
  if (words.length + 1 !== offsets.length) throw damaged();
}

function damaged(cause?: unknown): AdvisorError {
  return new AdvisorError(
    'INDEX_DAMAGED',
    'the keyword index does not have the length its head says; rebuild the index',
    { cause },
  );
}
