import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AdvisorError, messageOf } from '../errors.ts';
import { createDotKernel } from './dot-kernel.ts';
import { currentGeneration, listGenerations, verifyGeneration } from './generation.ts';
import { loadHnswlib, openGraph } from './hnsw-index.ts';
import { readKeywordIndex } from './keyword-index.ts';
import type { KnowledgeBase, StoredDocument, StoredPassage } from './knowledge-base.ts';
import type { Manifest } from './manifest.ts';
import type { Model } from './model.ts';
import { readSentenceVectors } from './sentence-vectors.ts';
import { createExactIndex, type VectorIndex, type Vectors } from './vector-index.ts';

/** The files of a generation. Attachments are any others. */
export const FILES = {
  documents: 'documents.jsonl',
  passages: 'passages.jsonl',
  vectors: 'vectors.f32',
  sentences: 'sentences.i8',
  keywords: 'keywords.bin',
  graph: 'graph.hnsw',
} as const;

export interface LoadedKnowledgeBase {
  readonly knowledge: KnowledgeBase;
  /** What an operator should know: an older generation serves, the graph is missing, ... */
  readonly warnings: readonly string[];
}

/**
 * Loads the current generation; when that is damaged, the newest older one that is whole, with a warning.
 * Throws INDEX_MISSING when there is none at all, the newest one's error when none is whole, and INDEX_MISMATCH when
 * the index was made by another model.
 */
export async function loadKnowledgeBase(indexDirectory: string, model: Model): Promise<LoadedKnowledgeBase> {
  const current = await currentGeneration(indexDirectory);
  const others = (await listGenerations(indexDirectory)).filter((name) => name !== current);
  const candidates = current ? [current, ...others] : others;
  const warnings: string[] = [];
  let first: unknown;
  for (const generation of candidates) {
    try {
      const knowledge = await loadGeneration(indexDirectory, generation, model, warnings);
      return { knowledge, warnings };
    } catch (thrown) {
      first ??= thrown;
      warnings.push(`generation ${generation} is not used: ${messageOf(thrown)}`);
    }
  }
  if (first instanceof Error) throw first;
  throw new AdvisorError('INDEX_MISSING', `there is no index in ${indexDirectory}: run npm run build:index`);
}

async function loadGeneration(
  indexDirectory: string,
  generation: string,
  model: Model,
  warnings: string[],
): Promise<KnowledgeBase> {
  const manifest = await verifyGeneration(indexDirectory, generation);
  if (manifest.model.hash !== model.hash || manifest.dimensions !== model.dimensions) {
    throw new AdvisorError(
      'INDEX_MISMATCH',
      `generation ${generation} was made with model ${manifest.model.id} (${manifest.model.hash.slice(0, 12)}), the settings name ${model.id} (${model.hash.slice(0, 12)}): run npm run build:index`,
    );
  }
  const directory = join(indexDirectory, generation);
  const documents = new Map<string, StoredDocument>();
  for (const document of await readLines<StoredDocument>(join(directory, FILES.documents)))
    documents.set(document.path, document);
  const passages = await readLines<StoredPassage>(join(directory, FILES.passages));
  const vectors = await readVectors(join(directory, FILES.vectors), manifest);
  const sentenceVectors = readSentenceVectors(
    await readFile(join(directory, FILES.sentences)),
    manifest.counts.sentences,
    manifest.dimensions,
  );
  const keywordIndex = readKeywordIndex(await readFile(join(directory, FILES.keywords)));
  if (
    documents.size !== manifest.counts.documents ||
    passages.length !== manifest.counts.passages ||
    keywordIndex.size !== passages.length
  ) {
    throw new AdvisorError(
      'INDEX_DAMAGED',
      `generation ${generation}: its files and its manifest disagree on the counts; run npm run build:index`,
    );
  }
  const attachments = new Map<string, string>();
  const own = new Set<string>(Object.values(FILES));
  for (const name of Object.keys(manifest.files)) {
    if (!own.has(name)) attachments.set(name, await readFile(join(directory, name), 'utf8'));
  }
  const kernel = createDotKernel(vectors, sentenceVectors);
  const rows = kernel ?? { vectors, sentenceVectors };
  const vectorIndex = await openVectorIndex(directory, manifest, rows.vectors, warnings);
  return {
    manifest,
    documents,
    passages,
    vectors: rows.vectors,
    sentenceVectors: rows.sentenceVectors,
    vectorIndex,
    kernel,
    keywordIndex,
    attachments,
  };
}

async function openVectorIndex(
  directory: string,
  manifest: Manifest,
  vectors: Vectors,
  warnings: string[],
): Promise<VectorIndex> {
  const hnswlib = await loadHnswlib();
  if (!hnswlib) {
    warnings.push(
      'hnswlib-node is not installed: vector search runs as an exact scan (same results, slower above 10,000 passages)',
    );
    return createExactIndex(vectors);
  }
  if (!(FILES.graph in manifest.files)) {
    warnings.push(
      'this generation has no vector graph: vector search runs as an exact scan; npm run build:index makes one',
    );
    return createExactIndex(vectors);
  }
  return openGraph(hnswlib, vectors, join(directory, FILES.graph));
}

async function readVectors(file: string, manifest: Manifest): Promise<Vectors> {
  const bytes = await readFile(file);
  const { dimensions } = manifest;
  const count = manifest.counts.passages;
  if (bytes.length !== count * dimensions * 4) {
    throw new AdvisorError(
      'INDEX_DAMAGED',
      `${file}: ${bytes.length} bytes, expected ${count * dimensions * 4}; run npm run build:index`,
    );
  }
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return { dimensions, count, data: new Float32Array(aligned.buffer, aligned.byteOffset, count * dimensions) };
}

/** JSON lines, parsed in slices so that the event loop is never held for long. */
async function readLines<Line>(file: string): Promise<Line[]> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  const parsed: Line[] = [];
  for (const [at, line] of lines.entries()) {
    if (line !== '') parsed.push(JSON.parse(line) as Line);
    if (at % 500 === 499) await new Promise(setImmediate);
  }
  return parsed;
}
