import type { Embedder, PassageEmbedding, PassageInput } from './embedder.ts';

/** Passages per run of the model. With one thread, two take 0.75 of the time of sixteen: their states stay in the processor's cache. */
const BATCH = 2;

/** A passage to embed, and what takes its vectors. */
export interface EmbeddingWork {
  readonly input: PassageInput;
  readonly done: (embedding: PassageEmbedding) => void;
}

/**
 * Embeds passages. Batches hold inputs of like length, longest first: padding is wasted work, and memory peaks at the
 * start, where it is noticed. `lanes` batches are under way at once.
 */
export async function embedCorpus(
  work: readonly EmbeddingWork[],
  embedder: Embedder,
  lanes: number,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const lengths = work.map(({ input }) => inputLength(input));
  const order = [...work.keys()].sort((a, b) => (lengths[b] as number) - (lengths[a] as number) || a - b);
  let next = 0;
  let done = 0;
  onProgress(0, work.length);
  const lane = async (): Promise<void> => {
    while (next < order.length) {
      const batch = order.slice(next, next + BATCH).map((at) => work[at] as EmbeddingWork);
      next += batch.length;
      const results = await embedder.embedPassages(batch.map(({ input }) => input));
      for (const [place, passage] of batch.entries()) passage.done(results[place] as PassageEmbedding);
      done += batch.length;
      onProgress(done, work.length);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

function inputLength({ context, sentences }: PassageInput): number {
  return sentences.reduce((sum, sentence) => sum + sentence.length, context.length);
}
