import type { Embedder, PassageEmbedding, PassageInput } from './embedder.ts';

/** Passages per run of the model: throughput is flat from 8 to 32. */
const BATCH = 16;

/** An embedding that an earlier generation already has, by key; null when it has none. */
export type KnownEmbedding = (key: string) => PassageEmbedding | null;

export interface EmbeddingWork {
  readonly key: string;
  readonly input: PassageInput;
}

export interface EmbeddedCorpus {
  /** In the order of the work. */
  readonly embeddings: readonly PassageEmbedding[];
  /** How many were computed now; the others were known. */
  readonly computed: number;
}

/**
 * Embeds what is not known yet. Batches hold inputs of like length, longest first: padding is wasted work, and memory
 * peaks at the start, where it is noticed. `lanes` batches are under way at once.
 */
export async function embedCorpus(
  work: readonly EmbeddingWork[],
  known: KnownEmbedding,
  embedder: () => Promise<Embedder>,
  lanes: number,
  onProgress: (done: number, total: number) => void,
): Promise<EmbeddedCorpus> {
  const embeddings: (PassageEmbedding | undefined)[] = work.map(({ key }) => known(key) ?? undefined);
  const missing = [...embeddings.keys()].filter((at) => embeddings[at] === undefined);
  if (missing.length === 0) return { embeddings: embeddings as PassageEmbedding[], computed: 0 };
  const size = (at: number): number => inputLength((work[at] as EmbeddingWork).input);
  missing.sort((a, b) => size(b) - size(a) || a - b);
  const batches: number[][] = [];
  for (let at = 0; at < missing.length; at += BATCH) batches.push(missing.slice(at, at + BATCH));
  const model = await embedder();
  let done = 0;
  onProgress(0, missing.length);
  const lane = async (): Promise<void> => {
    for (let batch = batches.shift(); batch; batch = batches.shift()) {
      const results = await model.embedPassages(batch.map((at) => (work[at] as EmbeddingWork).input));
      batch.forEach((at, place) => {
        embeddings[at] = results[place] as PassageEmbedding;
      });
      done += batch.length;
      onProgress(done, missing.length);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return { embeddings: embeddings as PassageEmbedding[], computed: missing.length };
}

function inputLength({ context, sentences }: PassageInput): number {
  return sentences.reduce((sum, sentence) => sum + sentence.length, context.length);
}
