import type { KnownEmbedding } from './embed-corpus.ts';
import type { KnowledgeBase } from './knowledge-base.ts';
import { loadKnowledgeBase } from './load-knowledge-base.ts';
import type { Model } from './model.ts';

/**
 * The embeddings of the index that serves now, by key. Empty when there is none, or one that cannot be used: then all
 * is embedded anew.
 */
export async function knownEmbeddings(indexDirectory: string, model: Model): Promise<KnownEmbedding> {
  let knowledge: KnowledgeBase;
  try {
    ({ knowledge } = await loadKnowledgeBase(indexDirectory, model));
  } catch {
    return () => null;
  }
  const { vectors, sentenceVectors, passages } = knowledge;
  const positions = new Map(passages.map(({ key }, at) => [key, at]));
  return (key) => {
    const at = positions.get(key);
    const passage = at === undefined ? undefined : passages[at];
    if (at === undefined || !passage) return null;
    const { dimensions } = vectors;
    const sentences = passage.sentences.map((_, place) => {
      const row = passage.firstSentence + place;
      const scale = sentenceVectors.scales[row] as number;
      return Float32Array.from(
        sentenceVectors.data.subarray(row * dimensions, (row + 1) * dimensions),
        (value) => value * scale,
      );
    });
    return { passage: vectors.data.slice(at * dimensions, (at + 1) * dimensions), sentences };
  };
}
