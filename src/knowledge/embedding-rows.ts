import type { PassageEmbedding } from './embedder.ts';
import { quantiseRow, type SentenceVectors } from './sentence-vectors.ts';
import type { Vectors } from './vector-index.ts';

/** The vectors of a generation in the making: each is put at its place as it comes, so that none is held twice. */
export interface EmbeddingRows {
  readonly vectors: Vectors;
  readonly sentences: SentenceVectors;
  /** The sentence vectors as their file holds them. */
  readonly sentenceBytes: Uint8Array;
  put(position: number, firstSentence: number, embedding: PassageEmbedding): void;
  /** Takes passages over from an earlier generation, byte for byte, with their sentences. */
  copy(from: EarlierRows, what: RowRange, to: { readonly position: number; readonly firstSentence: number }): void;
}

export interface EarlierRows {
  readonly vectors: Vectors;
  readonly sentenceVectors: SentenceVectors;
}

/** Neighbouring passages and all their sentences. */
export interface RowRange {
  readonly position: number;
  readonly passages: number;
  readonly firstSentence: number;
  readonly sentences: number;
}

/** Room for so many passages and sentences. */
export function allocateEmbeddingRows(dimensions: number, passages: number, sentences: number): EmbeddingRows {
  const data = new Float32Array(passages * dimensions);
  const sentenceBytes = new Uint8Array(sentences * (4 + dimensions));
  const scales = new Float32Array(sentenceBytes.buffer, 0, sentences);
  const rows = new Int8Array(sentenceBytes.buffer, 4 * sentences);
  return {
    vectors: { dimensions, count: passages, data },
    sentences: { dimensions, count: sentences, scales, data: rows },
    sentenceBytes,
    put(position, firstSentence, embedding) {
      data.set(embedding.passage, position * dimensions);
      embedding.sentences.forEach((sentence, place) => {
        const row = firstSentence + place;
        scales[row] = quantiseRow(sentence, rows.subarray(row * dimensions, (row + 1) * dimensions));
      });
    },
    copy({ vectors, sentenceVectors }, from, to) {
      const part = (at: number, count: number): [number, number] => [at * dimensions, (at + count) * dimensions];
      data.set(vectors.data.subarray(...part(from.position, from.passages)), to.position * dimensions);
      const { firstSentence: first, sentences: count } = from;
      scales.set(sentenceVectors.scales.subarray(first, first + count), to.firstSentence);
      rows.set(sentenceVectors.data.subarray(...part(first, count)), to.firstSentence * dimensions);
    },
  };
}
