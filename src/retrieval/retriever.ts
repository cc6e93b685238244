import type { QuestionPart } from '../knowledge/embedder.ts';
import type { TermWeights } from '../knowledge/keyword-index.ts';
import type { KnowledgeBase, StoredPassage } from '../knowledge/knowledge-base.ts';
import { sentenceCosine } from '../knowledge/sentence-vectors.ts';
import { cosineAt, type Vectors } from '../knowledge/vector-index.ts';
import {
  FEEDBACK_PASSAGES,
  FEEDBACK_SHARE,
  FEEDBACK_TEMPERATURE,
  keywordShare,
  QUESTION_SHARE,
  type Scale,
  SENTENCE_SHARE,
  zScore,
} from './fusion.ts';
import { weighTerms } from './query.ts';

/** How many each of the two searches puts forward, and how many of their union are read sentence by sentence. */
const CANDIDATES = 60;
const RERANKED = 30;
/** Passages whose cosines stand for the corpus when its deviation is estimated. */
const SAMPLE = 64;

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

/** A query of weighed parts and their vector. */
export function createQuery(parts: readonly QuestionPart[], vector: Float32Array): Query {
  return { terms: weighTerms(parts), vector };
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
  const { vectors, passages } = knowledge;
  const wanted = Math.max(CANDIDATES, limit);
  const nearest = knowledge.vectorIndex.search(query.vector, wanted);
  const words = knowledge.keywordIndex.search(query.terms, wanted);
  const scale = cosineScale(vectors, query.vector);
  const share = keywordShare(passages.length);
  const candidates: Candidate[] = [];
  const known = new Set<number>();
  const add = (position: number, dense: number): void => {
    if (known.has(position)) return;
    known.add(position);
    const lexical = zScore(words.scoreOf(position), words);
    candidates.push({
      position,
      dense,
      words: lexical,
      sentence: dense,
      score: (1 - share) * zScore(dense, scale) + share * lexical,
    });
  };
  nearest.ids.forEach((position, at) => {
    add(position, nearest.scores[at] as number);
  });
  for (const position of words.ids) add(position, known.has(position) ? 0 : cosineAt(vectors, query.vector, position));
  candidates.sort(byScore);
  const head = candidates.slice(0, RERANKED);
  scoreAgain(knowledge, query, head, scale, share);
  head.sort(byScore);
  const attainable = knowledge.keywordIndex.attainable(query.terms) || 1;
  // The tail keeps its order below the head: its scores are on the first scale.
  const step = (head.at(-1)?.score ?? 0) - (candidates[RERANKED]?.score ?? 0);
  const tail = candidates
    .slice(RERANKED, Math.max(RERANKED, limit))
    .map((item) => ({ ...item, score: item.score + Math.min(0, step) }));
  return [...head, ...tail].slice(0, limit).map(({ position, score, dense, sentence }) => ({
    position,
    passage: passages[position] as StoredPassage,
    score,
    dense,
    sentence,
    lexical: words.scoreOf(position) / attainable,
  }));
}

/** Adds the best sentence and the feedback of the best passages (Rocchio's idea, weights falling with the score). */
function scoreAgain(knowledge: KnowledgeBase, query: Query, head: Candidate[], scale: Scale, share: number): void {
  const { vectors, sentenceVectors, passages } = knowledge;
  const feedback = feedbackVector(vectors, head);
  for (const candidate of head) {
    const { firstSentence, sentences } = passages[candidate.position] as StoredPassage;
    let best = -1;
    for (let place = 0; place < sentences.length; place++) {
      best = Math.max(best, sentenceCosine(sentenceVectors, query.vector, firstSentence + place));
    }
    candidate.sentence = best;
    const own = (1 - SENTENCE_SHARE) * candidate.dense + SENTENCE_SHARE * best - scale.mean;
    const near = cosineAt(vectors, feedback, candidate.position) - scale.mean;
    candidate.score =
      ((1 - share) * (QUESTION_SHARE * own + FEEDBACK_SHARE * near)) / scale.deviation + share * candidate.words;
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

/** Mean and deviation of the question's cosines over the corpus, from an even sample. */
function cosineScale(vectors: Vectors, question: Float32Array): Scale {
  const count = Math.min(SAMPLE, vectors.count);
  let sum = 0;
  let squares = 0;
  for (let at = 0; at < count; at++) {
    const cosine = cosineAt(vectors, question, Math.floor((at * vectors.count) / count));
    sum += cosine;
    squares += cosine * cosine;
  }
  const mean = sum / Math.max(1, count);
  return { mean, deviation: Math.max(1e-3, Math.sqrt(Math.max(0, squares / Math.max(1, count) - mean * mean))) };
}

function byScore(a: Candidate, b: Candidate): number {
  return b.score - a.score || a.position - b.position;
}
