import { type KeywordIndex, type TermPlaces, weighPostings } from './keyword-index.ts';
import { termsOf } from './terms.ts';

/** How often a term of the title or heading counts against one of the text. */
const CONTEXT_WEIGHT = 2;
/** A count that does not fit the file of counts: no text of at most 180 words comes near, a monstrous heading might. */
const MAX_COUNT = 0xffff;

export interface KeywordText {
  readonly context: string;
  readonly text: string;
}

/** The postings of an earlier index, their counts, and what became of its passages. */
export interface EarlierTerms {
  readonly places: TermPlaces;
  readonly counts: Uint16Array;
  /** Old position -> new one, or -1: for passages whose text and headings are the same. */
  readonly moved: Int32Array;
}

export interface BuiltKeywords {
  readonly index: KeywordIndex;
  /** Beside each posting how often it counts, so that a later build need not read the texts again. */
  readonly counts: Uint16Array;
}

/** Positions and counts of one term, in any order of positions. */
interface Postings {
  readonly ids: number[];
  readonly counts: number[];
}

/**
 * The keyword index of `size` passages. `texts` are those by position whose terms are not taken over from an earlier
 * index; the result is the same, byte for byte, as of all texts anew.
 */
export function buildKeywordIndex(
  size: number,
  texts: ReadonlyMap<number, KeywordText>,
  earlier: EarlierTerms | null,
): BuiltKeywords {
  const fresh = new Map<string, Postings>();
  for (const [id, { context, text }] of texts) {
    for (const [term, count] of countTerms(context, text)) {
      const entry = fresh.get(term);
      if (entry) {
        entry.ids.push(id);
        entry.counts.push(count);
      } else fresh.set(term, { ids: [id], counts: [count] });
    }
  }
  const old = earlier?.places ?? { size: 0, words: [], offsets: new Uint32Array(1), ids: new Uint32Array() };
  const room = old.ids.length + [...fresh.values()].reduce((sum, { ids }) => sum + ids.length, 0);
  const ids = new Uint32Array(room);
  const counts = new Uint16Array(room);
  const words: string[] = [];
  const offsets: number[] = [0];
  let end = 0;
  const add = (id: number, count: number): void => {
    ids[end] = id;
    counts[end++] = Math.min(MAX_COUNT, count);
  };
  const close = (word: string): void => {
    const start = offsets[words.length] as number;
    if (end === start) return;
    if (!isAscending(ids, start, end)) sortRange(ids, counts, start, end);
    words.push(word);
    offsets.push(end);
  };
  const moved = earlier?.moved ?? new Int32Array();
  const addOld = (at: number): void => {
    for (let place = old.offsets[at] as number; place < (old.offsets[at + 1] as number); place++) {
      const id = moved[old.ids[place] as number] as number;
      if (id !== -1) add(id, earlier?.counts[place] as number);
    }
  };
  const addFresh = (word: string): void => {
    const { ids: own, counts: ownCounts } = fresh.get(word) as Postings;
    for (const [at, id] of own.entries()) add(id, ownCounts[at] as number);
  };
  const added = [...fresh.keys()].sort();
  let next = 0;
  for (const [at, word] of old.words.entries()) {
    for (; next < added.length && (added[next] as string) < word; next++) {
      addFresh(added[next] as string);
      close(added[next] as string);
    }
    addOld(at);
    if (added[next] === word) addFresh(added[next++] as string);
    close(word);
  }
  for (; next < added.length; next++) {
    addFresh(added[next] as string);
    close(added[next] as string);
  }
  const places = { size, words, offsets: Uint32Array.from(offsets), ids: ids.slice(0, end) };
  const kept = counts.slice(0, end);
  return { index: weighPostings(places, kept), counts: kept };
}

function countTerms(context: string, text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const term of termsOf(text)) counts.set(term, (counts.get(term) ?? 0) + 1);
  for (const term of termsOf(context)) counts.set(term, (counts.get(term) ?? 0) + CONTEXT_WEIGHT);
  return counts;
}

function isAscending(ids: Uint32Array, start: number, end: number): boolean {
  for (let at = start + 1; at < end; at++) if ((ids[at - 1] as number) > (ids[at] as number)) return false;
  return true;
}

function sortRange(ids: Uint32Array, counts: Uint16Array, start: number, end: number): void {
  const order = Array.from({ length: end - start }, (_, at) => start + at).sort(
    (a, b) => (ids[a] as number) - (ids[b] as number),
  );
  const sortedIds = order.map((at) => ids[at] as number);
  const sortedCounts = order.map((at) => counts[at] as number);
  ids.set(sortedIds, start);
  counts.set(sortedCounts, start);
}
