import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Document } from './document.ts';
import type { KnownEmbedding } from './embed-corpus.ts';
import { currentGeneration, verifyGeneration } from './generation.ts';
import type { EarlierGraph } from './hnsw-index.ts';
import type { StoredPassage } from './knowledge-base.ts';
import { FILES, readLabels, readVectors } from './load-knowledge-base.ts';
import type { Manifest } from './manifest.ts';
import type { Model } from './model.ts';
import { readPassages } from './passage-table.ts';
import { type BuildReport, readReport } from './report.ts';
import { readSentenceVectors, type SentenceVectors } from './sentence-vectors.ts';
import { readDocuments } from './stored-documents.ts';
import type { Vectors } from './vector-index.ts';
import { readVerified } from './verified-file.ts';

/** What a build takes over from the generation that serves: everything but the search structures. */
export interface PreviousGeneration {
  readonly manifest: Manifest;
  readonly documents: ReadonlyMap<string, Document>;
  readonly passages: readonly StoredPassage[];
  readonly vectors: Vectors;
  readonly sentenceVectors: SentenceVectors;
  readonly report: BuildReport | null;
  readonly graph: { readonly file: string; readonly labels: Uint32Array } | null;
}

/** The current generation, or null when there is none, it is damaged, or another model made it: all is then made anew. */
export async function previousGeneration(indexDirectory: string, model: Model): Promise<PreviousGeneration | null> {
  try {
    const generation = await currentGeneration(indexDirectory);
    if (!generation) return null;
    const manifest = await verifyGeneration(indexDirectory, generation);
    if (manifest.model.hash !== model.hash || manifest.dimensions !== model.dimensions) return null;
    const at = (name: string): string => join(indexDirectory, generation, name);
    const documents = await readDocuments(join(indexDirectory, generation), manifest);
    const hasGraph = FILES.graph in manifest.files;
    return {
      manifest,
      documents: new Map(documents.map((document) => [document.path, document])),
      passages: [...readPassages(await readVerified(at(FILES.passages), manifest.files[FILES.passages]), documents)],
      vectors: await readVectors(at(FILES.vectors), manifest),
      sentenceVectors: readSentenceVectors(
        await readFile(at(FILES.sentences)),
        manifest.counts.sentences,
        manifest.dimensions,
      ),
      report: await readReport(at(FILES.report)),
      graph: hasGraph
        ? { file: at(FILES.graph), labels: await readLabels(at(FILES.labels), manifest.counts.passages) }
        : null,
    };
  } catch {
    return null;
  }
}

/** The embeddings of the previous generation, by key. */
export function knownEmbeddings(previous: PreviousGeneration | null): KnownEmbedding {
  if (!previous) return () => null;
  const { vectors, sentenceVectors, passages } = previous;
  const { dimensions } = vectors;
  const positions = new Map(passages.map(({ key }, at) => [key, at]));
  return (key) => {
    const at = positions.get(key);
    const passage = at === undefined ? undefined : passages[at];
    if (at === undefined || !passage) return null;
    const sentences = passage.sentences.map((_, place) => {
      const row = passage.firstSentence + place;
      const scale = sentenceVectors.scales[row] as number;
      const row8 = sentenceVectors.data.subarray(row * dimensions, (row + 1) * dimensions);
      return Float32Array.from(row8, (value) => value * scale);
    });
    return { passage: vectors.data.slice(at * dimensions, (at + 1) * dimensions), sentences };
  };
}

/** The previous graph with the new place of each of its vectors: equal keys have equal vectors. */
export function earlierGraph(
  previous: PreviousGeneration | null,
  passages: readonly StoredPassage[],
): EarlierGraph | null {
  if (!previous?.graph) return null;
  const places = new Map<string, number[]>();
  for (let at = passages.length - 1; at >= 0; at--) {
    const { key } = passages[at] as StoredPassage;
    const same = places.get(key);
    if (same) same.push(at);
    else places.set(key, [at]);
  }
  const moved = Int32Array.from(previous.passages, ({ key }) => places.get(key)?.pop() ?? -1);
  return { ...previous.graph, moved };
}
