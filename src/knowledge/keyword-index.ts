import { AdvisorError } from '../errors.ts';
import { inTurns } from './in-turns.ts';
import { termsOf } from './terms.ts';
import { type Hits, topHits } from './top-list.ts';

/** Okapi BM25 (Robertson & Zaragoza 2009) with the constants that won on all six public sets of docs/retrieval.md. */
const K1 = 1.2;
const B = 0.7;
/** How often a term of the title or heading counts against one of the text. */
const CONTEXT_WEIGHT = 2;

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
  toBytes(): Uint8Array;
}

/** Term t's postings are positions `offsets[t]` to `offsets[t + 1]` of `ids` and `impacts`, ids ascending. */
interface Postings {
  readonly size: number;
  readonly words: readonly string[];
  readonly offsets: Uint32Array;
  readonly ids: Uint32Array;
  /** A posting's finished BM25 contribution: nothing is left to compute at query time but sums. */
  readonly impacts: Float32Array;
}

export interface KeywordText {
  readonly context: string;
  readonly text: string;
}

/** Indexes texts in order; a text's position is its id. */
export function buildKeywordIndex(texts: readonly KeywordText[]): KeywordIndex {
  const postings = new Map<string, { ids: number[]; counts: number[] }>();
  const lengths = new Float64Array(texts.length);
  texts.forEach(({ context, text }, id) => {
    const counts = new Map<string, number>();
    for (const term of termsOf(text)) counts.set(term, (counts.get(term) ?? 0) + 1);
    for (const term of termsOf(context)) counts.set(term, (counts.get(term) ?? 0) + CONTEXT_WEIGHT);
    for (const [term, count] of counts) {
      let entry = postings.get(term);
      if (!entry) {
        entry = { ids: [], counts: [] };
        postings.set(term, entry);
      }
      entry.ids.push(id);
      entry.counts.push(count);
      lengths[id] = (lengths[id] as number) + count;
    }
  });
  const average = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, texts.length) || 1;
  const words = [...postings.keys()].sort();
  const offsets = new Uint32Array(words.length + 1);
  words.forEach((word, at) => {
    offsets[at + 1] = (offsets[at] as number) + (postings.get(word)?.ids.length ?? 0);
  });
  const ids = new Uint32Array(offsets[words.length] as number);
  const impacts = new Float32Array(ids.length);
  words.forEach((word, at) => {
    const entry = postings.get(word) as { ids: number[]; counts: number[] };
    const idf = inverseFrequency(texts.length, entry.ids.length);
    entry.ids.forEach((id, place) => {
      const count = entry.counts[place] as number;
      const norm = K1 * (1 - B + (B * (lengths[id] as number)) / average);
      ids[(offsets[at] as number) + place] = id;
      impacts[(offsets[at] as number) + place] = (idf * count * (K1 + 1)) / (count + norm);
    });
  });
  return keywordIndex(
    { size: texts.length, words, offsets, ids, impacts },
    new Map(words.map((word, at) => [word, at])),
  );
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
  const damaged = (cause?: unknown): never => {
    throw new AdvisorError(
      'INDEX_DAMAGED',
      'the keyword index does not have the length its head says; rebuild the index',
      { cause },
    );
  };
  if (bytes.length < 4) damaged();
  const headLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  let head: { size: number; words: string[]; postings: number };
  try {
    head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + headLength)));
  } catch (cause) {
    return damaged(cause);
  }
  const start = 4 + Math.ceil(headLength / 4) * 4;
  const terms = head.words.length + 1;
  if (bytes.length !== start + 4 * (terms + 2 * head.postings)) damaged();
  const { buffer, byteOffset } = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const body = byteOffset + start;
  const rows = new Map<string, number>();
  await inTurns(head.words, (word) => rows.set(word, rows.size));
  return keywordIndex(
    {
      size: head.size,
      words: head.words,
      offsets: new Uint32Array(buffer, body, terms),
      ids: new Uint32Array(buffer, body + 4 * terms, head.postings),
      impacts: new Float32Array(buffer, body + 4 * (terms + head.postings), head.postings),
    },
    rows,
  );
}
