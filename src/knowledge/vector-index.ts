import { type Hits, topHits } from './top-list.ts';

/** Nearest passages by cosine. Two implementations: an HNSW graph, and the exact scan that is always there. */
export interface VectorIndex {
  /** As shown in the start-up line. */
  readonly kind: 'hnsw' | 'exact scan';
  /** The `limit` nearest positions, scores are cosines, best first. `question` has length 1. */
  search(question: Float32Array, limit: number): Hits;
}

/** Passage vectors in one row after another, each of length 1: the truth that every vector index is made from. */
export interface Vectors {
  readonly dimensions: number;
  readonly count: number;
  readonly data: Float32Array;
}

/** Passages. Up to here a SIMD scan of all is faster than the graph, whose steps jump through memory. */
export const SCANNED_WHOLE = 5_000;

/** Nearest looked at when a vector is asked for by itself: what a build mends and what an inspection rejects is one. */
export const NEAREST = 10;
/** Cosine among them from which it counts as found: one passage may stand for another. */
export const FOUND = 0.99;

/** Cosine of a question and the vector at a position (both of length 1). */
export function cosineAt({ data, dimensions }: Vectors, question: Float32Array, position: number): number {
  // Four sums: the compiler keeps them in registers, which a single running sum's chain of additions prevents.
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const from = position * dimensions;
  for (let at = 0; at < dimensions; at += 4) {
    a += (question[at] as number) * (data[from + at] as number);
    b += (question[at + 1] as number) * (data[from + at + 1] as number);
    c += (question[at + 2] as number) * (data[from + at + 2] as number);
    d += (question[at + 3] as number) * (data[from + at + 3] as number);
  }
  return a + b + c + d;
}

/** Compares the question with every vector: exact, and fast enough alone to some 10,000 passages. */
export function createExactIndex(vectors: Vectors): VectorIndex {
  const scores = new Float32Array(vectors.count);
  const all = Uint32Array.from({ length: vectors.count }, (_, position) => position);
  return {
    kind: 'exact scan',
    search(question, limit) {
      for (let position = 0; position < vectors.count; position++) {
        scores[position] = cosineAt(vectors, question, position);
      }
      return topHits(all, vectors.count, scores, limit);
    },
  };
}
