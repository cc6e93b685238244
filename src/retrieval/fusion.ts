export interface Evidence {
  /** Cosine of question and passage, -1 to 1. */
  readonly dense: number;
  /** Highest cosine of question and sentence, -1 to 1. */
  readonly bestSentence: number;
  /** BM25 as a share of the attainable, 0-1. */
  readonly lexical: number;
}

/** Weights of the convex combination (Bruch et al., arXiv 2210.11934); they sum to 1. */
const DENSE = 0.5;
const SENTENCE = 0.2;
const LEXICAL = 0.3;

/** One score of a candidate, 0-1. Each part is on a fixed scale, so scores compare across questions. */
export function fuse({ dense, bestSentence, lexical }: Evidence): number {
  return Math.max(0, DENSE * dense + SENTENCE * bestSentence + LEXICAL * lexical);
}
