import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AdvisorError, messageOf } from '../errors.ts';
import type { Document } from './document.ts';
import { createDotKernel } from './dot-kernel.ts';
import { CURRENT, currentGeneration, listGenerations, verifyFolder } from './generation.ts';
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
  labels: 'graph-labels.u32',
  report: 'report.json',
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
  if (!current && others.length > 0) {
    const pointer = join(indexDirectory, CURRENT);
    warnings.push(
      `${pointer} names no generation: the newest whole one serves; npm run index -- rollback ${others[0]} settles it`,
    );
  }
  let first: unknown;
  for (const generation of candidates) {
    try {
      const knowledge = await loadFolder(join(indexDirectory, generation), generation, model, warnings);
      return { knowledge, warnings };
    } catch (thrown) {
      first ??= thrown;
      warnings.push(`generation ${generation} is not used: ${messageOf(thrown)}`);
    }
  }
  if (first instanceof Error) throw first;
  throw new AdvisorError('INDEX_MISSING', `there is no index in ${indexDirectory}: run npm run build:index`);
}

/** Loads one generation from its folder, or from the folder it is made in. Throws what loadKnowledgeBase throws. */
export async function loadFolder(
  directory: string,
  generation: string,
  model: Model,
  warnings: string[],
): Promise<KnowledgeBase> {
  const manifest = await verifyFolder(directory, generation);
  if (manifest.model.hash !== model.hash || manifest.dimensions !== model.dimensions) {
    throw new AdvisorError(
      'INDEX_MISMATCH',
      `generation ${generation} was made with model ${manifest.model.id} (${manifest.model.hash.slice(0, 12)}), the settings name ${model.id} (${model.hash.slice(0, 12)}): run npm run build:index`,
    );
  }
  const documents = new Map<string, StoredDocument>();
  // Their blocks serve builds only; memory need not hold them.
  for (const { blocks: _, ...document } of await readLines<Document>(join(directory, FILES.documents)))
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
  return openGraph(
    hnswlib,
    vectors,
    join(directory, FILES.graph),
    await readLabels(join(directory, FILES.labels), vectors.count),
  );
}

/** Graph label -> position. Throws INDEX_DAMAGED when the labels cannot belong to so many vectors. */
export async function readLabels(file: string, count: number): Promise<Uint32Array> {
  const bytes = new Uint8Array(await readFile(file));
  const labels = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  const live = labels.filter((position) => position !== 0xffffffff);
  if (bytes.length % 4 !== 0 || live.length !== count || live.some((position) => position >= count)) {
    throw new AdvisorError(
      'INDEX_DAMAGED',
      `${file}: the graph's labels do not fit ${count} passages; run npm run build:index`,
    );
  }
  return labels;
}

export async function readVectors(file: string, manifest: Manifest): Promise<Vectors> {
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

/** Milliseconds of parsing after which the event loop gets a turn. */
const SLICE = 8;

/** JSON lines, read as a stream and parsed in slices: memory stays flat and the event loop is never held for long. */
export async function readLines<Line>(file: string): Promise<Line[]> {
  const parsed: Line[] = [];
  let rest = '';
  let since = performance.now();
  for await (const part of createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 18 })) {
    const lines = (rest + part).split('\n');
    rest = lines.pop() as string;
    for (const line of lines) {
      if (line !== '') parsed.push(JSON.parse(line) as Line);
      if (performance.now() - since < SLICE) continue;
      await new Promise(setImmediate);
      since = performance.now();
    }
  }
  if (rest !== '') parsed.push(JSON.parse(rest) as Line);
  return parsed;
}
