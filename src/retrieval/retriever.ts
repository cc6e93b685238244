import type { QuestionPart } from '../knowledge/embedder.ts';
import type { TermWeights } from '../knowledge/keyword-index.ts';
import type { KnowledgeBase, StoredPassage } from '../knowledge/knowledge-base.ts';
import { cosineAt, type Vectors } from '../knowledge/vector-index.ts';
import { type DenseSearch, searchDense } from './dense-search.ts';
import {
  FEEDBACK_PASSAGES,
  FEEDBACK_SHARE,
  FEEDBACK_TEMPERATURE,
  keywordShare,
  QUESTION_SHARE,
  SENTENCE_SHARE,
  zScore,
} from './fusion.ts';
import { correctTerms, weighTerms } from './query.ts';

/** How many each of the two searches puts forward, and how many of their union are read sentence by sentence. */
const CANDIDATES = 60;
const RERANKED = 30;

/** A passage with the scores that rank it. */
export interface RankedPassage {
  readonly position: number;
  readonly passage: StoredPassage;
  /** The fused score, in standard deviations above the corpus's mean; it ranks, and compares within one question. */
  readonly score: number;
  /** Cosine of question and passage. */
  readonly dense: number;
  /** Highest cosine of question and one of its sentences; the passage's own where none was compared. */
  readonly sentence: number;
  /** BM25 as a share of what the question's terms could reach at most, 0-1. */
  readonly lexical: number;
}

export interface Query {
  /** What the keyword search looks for. */
  readonly terms: TermWeights;
  /** The question's unit vector. */
  readonly vector: Float32Array;
}

/** A query of weighed parts and their vector; terms that no passage holds are read as the known ones they stand for. */
export function createQuery(
  { keywordIndex }: KnowledgeBase,
  parts: readonly QuestionPart[],
  vector: Float32Array,
): Query {
  return { terms: correctTerms(weighTerms(parts), keywordIndex), vector };
}

interface Candidate {
  readonly position: number;
  readonly dense: number;
  readonly words: number;
  sentence: number;
  score: number;
}

/**
 * Hybrid search: both indexes put their best forward, z-scores of both are mixed, then the head is scored again with
 * its best sentences and with its nearness to the best passages. The same knowledge base and query give the same
 * order; ties go to the earlier passage.
 */
export function retrieve(knowledge: KnowledgeBase, query: Query, limit: number): RankedPassage[] {
  const { passages } = knowledge;
  const wanted = Math.max(CANDIDATES, limit);
  const dense = searchDense(knowledge, query.vector, wanted);
  const words = knowledge.keywordIndex.search(query.terms, wanted);
  const [first = 0, second = first] = dense.nearest.ids;
  const lead = (dense.cosineOf(first) - dense.cosineOf(second)) / dense.scale.deviation;
  const share = keywordShare(passages.length, lead);
  const candidates: Candidate[] = [];
  for (const position of new Set([...dense.nearest.ids, ...words.ids])) {
    const cosine = dense.cosineOf(position);
    const lexical = zScore(words.scoreOf(position), words);
    const score = (1 - share) * zScore(cosine, dense.scale) + share * lexical;
    candidates.push({ position, dense: cosine, words: lexical, sentence: cosine, score });
  }
  candidates.sort(byScore);
  const head = candidates.slice(0, RERANKED);
  scoreAgain(knowledge, dense, head, share);
  head.sort(byScore);
  const attainable = knowledge.keywordIndex.attainable(query.terms) || 1;
  // The tail keeps its order below the head: its scores are on the first scale.
  const step = (head.at(-1)?.score ?? 0) - (candidates[RERANKED]?.score ?? 0);
  const tail = candidates
    .slice(RERANKED, Math.max(RERANKED, limit))
    .map((item) => ({ ...item, score: item.score + Math.min(0, step) }));
  return [...head, ...tail].slice(0, limit).map(({ position, score, dense, sentence }) => ({
    position,
    passage: passages.at(position) as StoredPassage,
    score,
    dense,
    sentence,
    lexical: words.scoreOf(position) / attainable,
  }));
}

/** Adds the best sentence and the feedback of the best passages (Rocchio's idea, weights falling with the score). */
function scoreAgain({ vectors, passages }: KnowledgeBase, dense: DenseSearch, head: Candidate[], share: number): void {
  const { mean, deviation } = dense.scale;
  const feedback = feedbackVector(vectors, head);
  for (const candidate of head) {
    const cosines = dense.sentencesOf(passages.at(candidate.position) as StoredPassage);
    let best = -1;
    for (let place = 0; place < cosines.length; place++) best = Math.max(best, cosines[place] as number);
    candidate.sentence = best;
    const own = (1 - SENTENCE_SHARE) * candidate.dense + SENTENCE_SHARE * best - mean;
    const near = cosineAt(vectors, feedback, candidate.position) - mean;
    candidate.score =
      ((1 - share) * (QUESTION_SHARE * own + FEEDBACK_SHARE * near)) / deviation + share * candidate.words;
  }
}

function feedbackVector({ data, dimensions }: Vectors, head: readonly Candidate[]): Float32Array {
  const sum = new Float32Array(dimensions);
  let mass = 0;
  for (const { position, score } of head.slice(0, FEEDBACK_PASSAGES)) {
    const weight = Math.exp((score - (head[0] as Candidate).score) / FEEDBACK_TEMPERATURE);
    if (weight < 1e-3) break;
    mass += weight;
    for (let d = 0; d < dimensions; d++)
      sum[d] = (sum[d] as number) + weight * (data[position * dimensions + d] as number);
  }
  for (let d = 0; d < dimensions; d++) sum[d] = (sum[d] as number) / (mass || 1);
  return sum;
}

function byScore(a: Candidate, b: Candidate): number {
  return b.score - a.score || a.position - b.position;
}
