import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AdvisorError, messageOf } from '../errors.ts';
import { PARSER_VERSION } from './document-parser.ts';
import { allocateRows } from './dot-kernel.ts';
import { EMBEDDING_SCHEME } from './embedder.ts';
import { CURRENT, currentGeneration, listGenerations, readFolderManifest } from './generation.ts';
import { loadHnswlib, openGraph } from './hnsw-index.ts';
import { readKeywordIndex } from './keyword-index.ts';
import type { KnowledgeBase } from './knowledge-base.ts';
import type { Manifest } from './manifest.ts';
import type { Model } from './model.ts';
import { readPassages } from './passage-table.ts';
import { DOCUMENT_FILES, readStoredDocuments } from './stored-documents.ts';
import { createExactIndex, type VectorIndex, type Vectors } from './vector-index.ts';
import { readVerified, verifyFile } from './verified-file.ts';

/** The files of a generation. Attachments are any others. */
export const FILES = {
  passages: 'passages.bin',
  vectors: 'vectors.f32',
  sentences: 'sentences.i8',
  keywords: 'keywords.bin',
  counts: 'keyword-counts.u16',
  graph: 'graph.hnsw',
  labels: 'graph-labels.u32',
  report: 'report.json',
  stamps: 'stamps.json',
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
  const manifest = await readFolderManifest(directory, generation);
  checkOrigin(manifest, model);
  const { files, dimensions, counts } = manifest;
  const read = (name: string, into?: readonly Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> =>
    readVerified(join(directory, name), files[name], into);
  // Nothing needs these here, and yet a damaged generation is refused as a whole.
  const unread = [DOCUMENT_FILES.structure, FILES.report, FILES.stamps, FILES.counts, FILES.graph, FILES.labels];
  const verify = async (name: string): Promise<void> => {
    const expected = files[name];
    if (expected) await verifyFile(join(directory, name), expected);
  };
  const [stored] = await Promise.all([readStoredDocuments(directory, manifest), ...unread.map(verify)]);
  const passages = readPassages(await read(FILES.passages), stored);
  const documents = new Map(stored.map((document) => [document.path, document]));
  checkSizes(manifest, generation);
  const rows = allocateRows(dimensions, counts.passages, counts.sentences);
  await read(FILES.vectors, [rows.passageBytes]);
  const scales = new Float32Array(counts.sentences);
  await read(FILES.sentences, [new Uint8Array(scales.buffer), rows.sentenceBytes]);
  const keywordIndex = await readKeywordIndex(await read(FILES.keywords));
  if (
    documents.size !== counts.documents ||
    passages.length !== counts.passages ||
    keywordIndex.size !== passages.length
  ) {
    throw disagreement(generation);
  }
  const attachments = new Map<string, string>();
  for (const name of Object.keys(files)) {
    if (!OWN.has(name)) attachments.set(name, Buffer.from((await read(name)).buffer).toString('utf8'));
  }
  return {
    manifest,
    documents,
    passages,
    vectors: rows.vectors,
    sentenceVectors: rows.sentenceVectors(scales),
    vectorIndex: await openVectorIndex(directory, manifest, rows.vectors, warnings),
    kernel: rows.kernel(scales),
    keywordIndex,
    attachments,
  };
}

const OWN = new Set<string>([...Object.values(FILES), ...Object.values(DOCUMENT_FILES)]);

/** What other code or another model made does not fit the questions asked of it. */
function checkOrigin({ generation, model: made, dimensions, parser, embedding }: Manifest, model: Model): void {
  if (made.hash !== model.hash || dimensions !== model.dimensions) {
    throw new AdvisorError(
      'INDEX_MISMATCH',
      `generation ${generation} was made with model ${made.id} (${made.hash.slice(0, 12)}), the settings name ${model.id} (${model.hash.slice(0, 12)}): run npm run build:index`,
    );
  }
  if (parser !== PARSER_VERSION || embedding !== EMBEDDING_SCHEME) {
    throw new AdvisorError(
      'INDEX_MISMATCH',
      `generation ${generation} was made by another version (parser ${parser}, embedding ${embedding}; this one has ${PARSER_VERSION} and ${EMBEDDING_SCHEME}): run npm run build:index`,
    );
  }
}

/** Before memory is taken by the counts: they and the files' lengths must be of one mind. */
function checkSizes({ files, counts, dimensions }: Manifest, generation: string): void {
  const vectors = counts.passages * dimensions * 4;
  const sentences = counts.sentences * (4 + dimensions);
  if (files[FILES.vectors]?.bytes !== vectors || files[FILES.sentences]?.bytes !== sentences)
    throw disagreement(generation);
}

function disagreement(generation: string): AdvisorError {
  return new AdvisorError(
    'INDEX_DAMAGED',
    `generation ${generation}: its files and its manifest disagree on the counts; run npm run build:index`,
  );
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
