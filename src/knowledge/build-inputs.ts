import { join } from 'node:path';
import type { Corpus } from './corpus.ts';
import { sha256 } from './document.ts';
import { PARSER_VERSION } from './document-parser.ts';
import { EMBEDDING_SCHEME } from './embedder.ts';
import { currentGeneration, readFolderManifest, verifyGeneration } from './generation.ts';
import { FILES } from './generation-files.ts';
import { loadHnswlib } from './hnsw-index.ts';
import { INDEX_FORMAT, type Manifest } from './manifest.ts';
import type { Model } from './model.ts';

/** SHA-256, hex, over all that a generation is made of: two builds of the same inputs give the same index. */
export function inputsHash(corpus: Corpus, model: Model, attachmentsVersion: string): string {
  const files = corpus.files.map(({ path, hash }) => `${path}\0${hash}`);
  const versions = [INDEX_FORMAT, PARSER_VERSION, model.hash, EMBEDDING_SCHEME, attachmentsVersion];
  return sha256(JSON.stringify([versions, files, corpus.skipped]));
}

/** The generation that serves when it is made of these inputs, whole, and could not be made better; else null. */
export async function generationOf(inputs: string, indexDirectory: string): Promise<Manifest | null> {
  const generation = await currentGeneration(indexDirectory);
  if (!generation) return null;
  const { inputs: before } = await readFolderManifest(join(indexDirectory, generation), generation).catch(() => ({
    inputs: null,
  }));
  if (before !== inputs) return null;
  const manifest = await verifyGeneration(indexDirectory, generation).catch(() => null);
  if (!manifest) return null;
  const couldHaveGraph = !(FILES.graph in manifest.files) && (await loadHnswlib()) !== null;
  return couldHaveGraph ? null : manifest;
}
