import type { KnowledgeBase, StoredPassage } from '../knowledge/knowledge-base.ts';
import { sentenceCosine } from '../knowledge/sentence-vectors.ts';
import { type Hits, topHits } from '../knowledge/top-list.ts';
import { cosineAt, SCANNED_WHOLE, type Vectors } from '../knowledge/vector-index.ts';
import type { Scale } from './fusion.ts';

/** One question against all passages and, on demand, against sentences. Valid until the next question. */
export interface DenseSearch {
  readonly nearest: Hits;
  /** Mean and deviation of the question's cosines over the corpus. */
  readonly scale: Scale;
  readonly cosineOf: (position: number) => number;
  /** Cosines with a passage's sentences, in order. */
  readonly sentencesOf: (passage: StoredPassage) => ArrayLike<number>;
}

/** Passages whose cosines stand for the corpus where it is not scanned. */
const SAMPLE = 64;

export function searchDense(knowledge: KnowledgeBase, question: Float32Array, limit: number): DenseSearch {
  const { kernel, vectors } = knowledge;
  const sentencesOf = sentenceSearch(knowledge, question);
  // Without a graph all are compared anyway, and the kernel does it several times as fast.
  if (kernel && (vectors.count <= SCANNED_WHOLE || knowledge.vectorIndex.kind === 'exact scan')) {
    const cosines = kernel.passages();
    const nearest = topHits(everyPosition(vectors.count), vectors.count, cosines, limit);
    return { nearest, scale: scaleOf(cosines), cosineOf: (position) => cosines[position] as number, sentencesOf };
  }
  const cosineOf = (position: number): number => cosineAt(vectors, question, position);
  const nearest = knowledge.vectorIndex.search(question, limit);
  return { nearest, scale: scaleOf(sample(vectors, cosineOf)), cosineOf, sentencesOf };
}

/** Cosines of a question with a passage's sentences, in order; valid until the next question. */
export function sentenceSearch(
  { kernel, sentenceVectors }: KnowledgeBase,
  question: Float32Array,
): DenseSearch['sentencesOf'] {
  kernel?.ask(question);
  return ({ firstSentence, sentences }) =>
    kernel
      ? kernel.sentences(firstSentence, sentences.length)
      : sentences.map((_, place) => sentenceCosine(sentenceVectors, question, firstSentence + place));
}

let positions = new Uint32Array(0);

function everyPosition(count: number): Uint32Array {
  if (positions.length < count) positions = Uint32Array.from({ length: count }, (_, position) => position);
  return positions;
}

function sample({ count }: Vectors, cosineOf: (position: number) => number): Float32Array {
  const size = Math.min(SAMPLE, count);
  return Float32Array.from({ length: size }, (_, at) => cosineOf(Math.floor((at * count) / size)));
}

function scaleOf(cosines: Float32Array): Scale {
  let sum = 0;
  let squares = 0;
  for (const cosine of cosines) {
    sum += cosine;
    squares += cosine * cosine;
  }
  const mean = sum / Math.max(1, cosines.length);
  return {
    mean,
    deviation: Math.max(1e-3, Math.sqrt(Math.max(0, squares / Math.max(1, cosines.length) - mean * mean))),
  };
}
