import { AdvisorError } from '../errors.ts';

/**
 * Unit vectors of all sentences, one byte a value: a quarter of the memory, and a cosine that differs by less than
 * 0.005 from the full one. Row r is `data[r * dimensions ...]` times `scales[r]`.
 */
export interface SentenceVectors {
  readonly dimensions: number;
  readonly count: number;
  readonly scales: Float32Array;
  readonly data: Int8Array;
}

/** Cosine of a question's unit vector and the sentence at a row. */
export function sentenceCosine(vectors: SentenceVectors, question: Float32Array, row: number): number {
  const from = row * vectors.dimensions;
  let a = 0;
  let b = 0;
  for (let at = 0; at < vectors.dimensions; at += 2) {
    a += (question[at] as number) * (vectors.data[from + at] as number);
    b += (question[at + 1] as number) * (vectors.data[from + at + 1] as number);
  }
  return (a + b) * (vectors.scales[row] as number);
}

/** Writes one vector as bytes into a row and returns its scale. */
export function quantiseRow(vector: Float32Array, row: Int8Array): number {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  const scale = largest / 127 || 1;
  for (let d = 0; d < vector.length; d++) row[d] = Math.round((vector[d] as number) / scale);
  return scale;
}

/** Reads the file of sentence vectors. Layout: scales (float32, little endian), then rows of int8. Throws INDEX_DAMAGED when the length does not fit. */
export function readSentenceVectors(bytes: Uint8Array, count: number, dimensions: number): SentenceVectors {
  if (bytes.length !== count * (4 + dimensions)) {
    throw new AdvisorError(
      'INDEX_DAMAGED',
      `sentence vectors: ${bytes.length} bytes, expected ${count * (4 + dimensions)}; rebuild the index`,
    );
  }
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return {
    dimensions,
    count,
    scales: new Float32Array(aligned.buffer, aligned.byteOffset, count),
    data: new Int8Array(aligned.buffer, aligned.byteOffset + 4 * count, count * dimensions),
  };
}
