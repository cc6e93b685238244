import type { KnowledgeBase, StoredPassage } from '../knowledge/knowledge-base.ts';
import { sentenceCosine } from '../knowledge/sentence-vectors.ts';
import { termsOf } from '../knowledge/terms.ts';
import { cosineAt } from '../knowledge/vector-index.ts';
import { fuse } from './fusion.ts';

/** How many each of the two searches puts forward. */
const CANDIDATES = 50;

/** A passage with the scores that rank it. */
export interface RankedPassage {
  readonly position: number;
  readonly passage: StoredPassage;
  /** The fused score, 0-1. */
  readonly score: number;
  /** Cosine of question and passage. */
  readonly dense: number;
  /** Highest cosine of question and one of its sentences. */
  readonly bestSentence: number;
  /** BM25 as a share of what the question's terms could reach at most, 0-1. */
  readonly lexical: number;
}

export interface Query {
  /** What the keyword search looks for. */
  readonly terms: readonly string[];
  /** The question's unit vector. */
  readonly vector: Float32Array;
}

/** The search terms of a question, as `Query` takes them. */
export function questionTerms(question: string): string[] {
  return [...new Set(termsOf(question))];
}

/**
 * Hybrid search: both indexes put their best forward, every candidate gets both scores, `fuse` ranks.
 * The same knowledge base and query give the same order; ties go to the earlier passage.
 */
export function retrieve(knowledge: KnowledgeBase, query: Query, limit: number): RankedPassage[] {
  const dense = knowledge.vectorIndex.search(query.vector, CANDIDATES);
  const lexical = knowledge.keywordIndex.search(query.terms, CANDIDATES);
  const attainable = knowledge.keywordIndex.attainable(query.terms) || 1;
  const ranked: RankedPassage[] = [];
  for (const position of new Set([...dense.ids, ...lexical.ids])) {
    const passage = knowledge.passages[position] as StoredPassage;
    const cosine = cosineAt(knowledge.vectors, query.vector, position);
    const bestSentence = passage.sentences.reduce(
      (best, _, place) =>
        Math.max(best, sentenceCosine(knowledge.sentenceVectors, query.vector, passage.firstSentence + place)),
      -1,
    );
    const share = knowledge.keywordIndex.score(query.terms, position) / attainable;
    const score = fuse({ dense: cosine, bestSentence, lexical: share });
    ranked.push({ position, passage, score, dense: cosine, bestSentence, lexical: share });
  }
  return ranked.sort((a, b) => b.score - a.score || a.position - b.position).slice(0, limit);
}
