import { basename } from 'node:path';
import { corpusRoot } from '../knowledge/corpus.ts';
import { createLineCounter, placeAt } from '../knowledge/document.ts';
import type { KnowledgeBase, StoredDocument } from '../knowledge/knowledge-base.ts';
import type { Span } from '../knowledge/sentence.ts';
import { termsOf } from '../knowledge/terms.ts';
import { type DenseSearch, sentenceSearch } from '../retrieval/dense-search.ts';
import type { Query, RankedPassage } from '../retrieval/retriever.ts';
import type { Citation } from './answer.ts';
import { sourceOf } from './source-of.ts';

/** Limits of one answer. */
const MAX_QUOTES = 4;
const MIN_QUOTES = 2;
const MAX_PER_DOCUMENT = 2;
const PASSAGES_READ = 8;
/** What speaks for a sentence: its passage's rank (per z unit behind the best), its meaning, its words. */
const WEIGHTS = { passage: 0.3, sentence: 0.6, words: 0.25 } as const;
/** A quote is beside the point when it scores this much under the best one. */
const RELEVANCE_FALL = 0.14;
/** A section's first sentence answers its heading in a well-kept document. */
const OPENING_BONUS = 0.05;
/** Two quotes that share this much of their terms say the same (Jaccard). */
const DUPLICATE = 0.6;
/** Nor does one say more that has this much of its terms from another, if it has so many that this is no chance. */
const CONTAINED = 0.9;
const MIN_CONTAINED = 5;
/** What a quote loses that leans on a sentence out of reach. */
const LEANING_PENALTY = 0.15;
/** Characters. Longer quotes are hard to read in a chat; a widened one may reach twice this. */
const LONG_QUOTE = 420;

/** First words that lean on the sentence before, and connectives that stand a few words after them. */
const LEANS_BACK =
  /^(?:it|its|they|their|them|this|that|these|those|such|he|she|his|her|both|here|there|then|so|but|and|or|also|however|therefore|thus|moreover|furthermore|instead|otherwise|the former|the latter|as a result|for example|for instance|in contrast|by contrast|on the other hand|additionally)\b|^(?:[^\s,;:]{1,40} ){1,4}(?:thus|therefore|however|hence|moreover|furthermore|nevertheless)\b/i;

interface Candidate extends Span {
  readonly path: string;
  readonly ranked: RankedPassage;
  readonly score: number;
  readonly terms: ReadonlySet<string>;
}

/**
 * The best sentences of the best passages, 2 to 4 of them, as numbered exact spans: no two that say the same, at most
 * two from one document, and from two documents at least where a second one is to the point.
 */
export function chooseQuotes(knowledge: KnowledgeBase, query: Query, ranked: readonly RankedPassage[]): Citation[] {
  const best = ranked[0]?.score ?? 0;
  const wanted = termShares(knowledge, query);
  const cosinesOf = sentenceSearch(knowledge, query.vector);
  const candidates = ranked
    .slice(0, PASSAGES_READ)
    .flatMap((passage) => candidatesOf(knowledge, cosinesOf, wanted, passage, best));
  candidates.sort((a, b) => b.score - a.score || a.ranked.position - b.ranked.position || a.start - b.start);
  const floor = (candidates[0]?.score ?? 0) - RELEVANCE_FALL;
  const chosen: Candidate[] = [];
  for (const candidate of candidates) {
    if (chosen.length >= MAX_QUOTES) break;
    if (candidate.score < floor && chosen.length >= MIN_QUOTES) break;
    if (fits(candidate, chosen)) chosen.push(candidate);
  }
  // Where no second document speaks to the point, its own next best sentence does.
  if (chosen.length === 1) {
    const next = candidates.find((candidate) => candidate.score >= floor && isNew(candidate, chosen));
    if (next) chosen.push(next);
  }
  return chosen.map((candidate, at) => cite(knowledge, candidate, at + 1));
}

/** What of a passage does not depend on the question. */
interface Quotable extends Span {
  /** The place of the sentence in its passage. */
  readonly place: number;
  readonly terms: ReadonlySet<string>;
  readonly penalty: number;
}

/** Prepared passages of each generation; emptied when full, since any question can bring in any passage. */
const prepared = new WeakMap<KnowledgeBase, Map<number, readonly Quotable[]>>();
const MAX_PREPARED = 5000;

function quotablesOf(knowledge: KnowledgeBase, { position, passage }: RankedPassage): readonly Quotable[] {
  let cache = prepared.get(knowledge);
  if (!cache || cache.size >= MAX_PREPARED) {
    cache = new Map();
    prepared.set(knowledge, cache);
  }
  let quotables = cache.get(position);
  if (!quotables) {
    const { text } = knowledge.documents.get(passage.path) as StoredDocument;
    quotables = passage.sentences.flatMap((_, place) => {
      const span = widen(text, passage.sentences, place);
      const quote = text.slice(span.start, span.end);
      return isQuotable(quote) ? [{ ...span, place, terms: new Set(termsOf(quote)), penalty: penaltyOf(quote) }] : [];
    });
    cache.set(position, quotables);
  }
  return quotables;
}

function candidatesOf(
  knowledge: KnowledgeBase,
  cosinesOf: DenseSearch['sentencesOf'],
  wanted: TermShares,
  ranked: RankedPassage,
  best: number,
): Candidate[] {
  const { passage } = ranked;
  const cosines = cosinesOf(passage);
  return quotablesOf(knowledge, ranked).map(({ start, end, place, terms, penalty }) => {
    const opening = place === 0 ? OPENING_BONUS : 0;
    const score =
      WEIGHTS.passage * (ranked.score - best) +
      WEIGHTS.sentence * (cosines[place] as number) +
      WEIGHTS.words * coverage(wanted, terms) +
      opening -
      penalty;
    return { start, end, path: passage.path, ranked, score, terms };
  });
}

/** A sentence that leans on the one before is quoted together with it, so that the quote stands alone. */
function widen(text: string, sentences: readonly Span[], place: number): Span {
  const own = sentences[place] as Span;
  let first = place;
  while (first > 0 && place - first < 2) {
    const { start, end } = sentences[first] as Span;
    if (!LEANS_BACK.test(text.slice(start, end))) break;
    const before = sentences[first - 1] as Span;
    if (own.end - before.start > 2 * LONG_QUOTE) break;
    first--;
  }
  return { start: (sentences[first] as Span).start, end: own.end };
}

/** A sentence of prose: some words, mostly letters. */
function isQuotable(quote: string): boolean {
  const letters = quote.match(/\p{L}/gu)?.length ?? 0;
  const isAddress = quote.split(/\s+/).every((word) => /^https?:\/\//.test(word));
  return (
    !isAddress &&
    letters >= 20 &&
    letters > quote.length * 0.5 &&
    !/^(?:```|\||~~~| {4})/.test(quote) &&
    !/\?\s*$/.test(quote)
  );
}

/** The question's terms with their shares of its whole weight (idf). */
type TermShares = readonly (readonly [term: string, share: number])[];

function termShares(knowledge: KnowledgeBase, { terms }: Query): TermShares {
  const weighed = Array.from(terms, ([term, weight]) => [term, weight * knowledge.keywordIndex.idf(term)] as const);
  const all = weighed.reduce((sum, [, weight]) => sum + weight, 0) || 1;
  return weighed.flatMap(([term, weight]) => (weight > 0 ? [[term, weight / all] as const] : []));
}

/** How much of the question the quote's terms cover, 0-1. */
function coverage(wanted: TermShares, quote: ReadonlySet<string>): number {
  let covered = 0;
  for (const [term, share] of wanted) if (quote.has(term)) covered += share;
  return covered;
}

function penaltyOf(quote: string): number {
  const tooLong = Math.max(0, quote.length - LONG_QUOTE);
  return Math.min(0.1, tooLong / 4000) + (LEANS_BACK.test(quote) ? LEANING_PENALTY : 0);
}

function fits(candidate: Candidate, chosen: readonly Candidate[]): boolean {
  const sameDocument = chosen.filter(({ path }) => path === candidate.path);
  if (sameDocument.length >= MAX_PER_DOCUMENT) return false;
  // The second quote comes from a second document, so that no answer rests on one voice.
  if (chosen.length === MIN_QUOTES - 1 && sameDocument.length > 0) return false;
  return isNew(candidate, chosen);
}

/** Neither the same words nor the same statement as a quote that was chosen. */
function isNew(candidate: Candidate, chosen: readonly Candidate[]): boolean {
  return !chosen.some(
    (other) =>
      (other.path === candidate.path && other.start < candidate.end && candidate.start < other.end) ||
      saysTheSame(other.terms, candidate.terms),
  );
}

function saysTheSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  let shared = 0;
  for (const term of a) if (b.has(term)) shared++;
  const fewer = Math.min(a.size, b.size);
  return shared > DUPLICATE * (a.size + b.size - shared) || (fewer >= MIN_CONTAINED && shared > CONTAINED * fewer);
}

/** Line counters of documents, made once per document and generation. */
const lineCounters = new WeakMap<StoredDocument, (offset: number) => number>();

function lineOf(document: StoredDocument, offset: number): number {
  let counter = lineCounters.get(document);
  if (!counter) {
    counter = createLineCounter(document.text);
    lineCounters.set(document, counter);
  }
  return counter(offset);
}

function cite(knowledge: KnowledgeBase, { path, start, end, ranked, terms }: Candidate, n: number): Citation {
  const document = knowledge.documents.get(path) as StoredDocument;
  const quote = document.text.slice(start, end);
  const source = sourceOf(document, quote, terms);
  return {
    n,
    title: document.title,
    source: source?.title ?? fileName(path, knowledge.manifest.corpus),
    path,
    heading: ranked.passage.heading,
    startLine: lineOf(document, start),
    endLine: lineOf(document, end - 1),
    place: placeAt(document.places, start),
    quote,
    url: source?.url ?? null,
    date: document.checked,
    start,
    end,
  };
}

/** Characters of a file's name that are shown; its end tells most. */
const NAME_SHOWN = 100;

/** The path from the corpus folder on: where that folder lies on the operator's machine is nobody's business. */
function fileName(path: string, folders: readonly string[]): string {
  const root = folders.map(corpusRoot).find((folder) => path.startsWith(`${folder}/`));
  const name = root ? path.slice(root.length - basename(root).length) : path;
  return name.length > NAME_SHOWN ? `…${name.slice(-NAME_SHOWN)}` : name;
}
