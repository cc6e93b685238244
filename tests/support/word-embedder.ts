import type { Embedder, PassageInput } from '../../src/knowledge/embedder.ts';
import { seeded } from './hostile-questions.ts';

const DIMENSIONS = 384;
const known = new Map<string, Float32Array>();

/** Unit vectors made of the words: the same text, the same vector, at no cost. Their meaning is not tested with it. */
export const wordEmbedder: Embedder = {
  dimensions: DIMENSIONS,
  embedQuestion: async (parts) => vectorOf(parts.map(({ text }) => text).join(' ')),
  embedPassages: async (passages) =>
    passages.map(({ context, sentences }: PassageInput) => ({
      passage: vectorOf(`${context} ${sentences.join(' ')}`),
      sentences: sentences.map(vectorOf),
    })),
  close: async () => {},
};

function vectorOf(text: string): Float32Array {
  const vector = new Float32Array(DIMENSIONS);
  for (const word of text.toLowerCase().match(/\w+/g) ?? ['none']) {
    const own = wordVector(word);
    for (let d = 0; d < DIMENSIONS; d++) vector[d]! += own[d]!;
  }
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

function wordVector(word: string): Float32Array {
  let own = known.get(word);
  if (!own) {
    let hash = 7;
    for (const character of word) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
    const random = seeded(hash);
    own = Float32Array.from({ length: DIMENSIONS }, () => random() - 0.5);
    known.set(word, own);
  }
  return own;
}
