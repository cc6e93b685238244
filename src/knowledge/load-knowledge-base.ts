import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { AdvisorError, messageOf } from '../errors.ts';
import { PARSER_VERSION } from './document-parser.ts';
import { EMBEDDING_SCHEME } from './embedder.ts';
import { CURRENT, currentGeneration, listGenerations, readFolderManifest } from './generation.ts';
import { attachmentsAmong, FILES, type GenerationFiles } from './generation-files.ts';
import { loadHnswlib, openGraph } from './hnsw-index.ts';
import type { KnowledgeBase } from './knowledge-base.ts';
import { type LoadedRows, type LoadedTexts, loadRows, loadTexts } from './load-parts.ts';
import type { Manifest } from './manifest.ts';
import type { Model } from './model.ts';
import { createExactIndex, SCANNED_WHOLE, type VectorIndex, type Vectors } from './vector-index.ts';
import { type Fingerprint, type ReadFile, verifiedFiles, verifyListed } from './verified-file.ts';

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

/** Parts of a generation that were loaded while it was made. */
export interface LoadedAhead {
  /** What they were read from. */
  readonly files: GenerationFiles;
  readonly texts: LoadedTexts;
  readonly rows: LoadedRows;
}

/**
 * Loads one generation from its folder, or from the folder it is made in; there most of it may have been loaded before
 * the rest was made. Throws what loadKnowledgeBase throws.
 */
export async function loadFolder(
  directory: string,
  generation: string,
  model: Model,
  warnings: string[],
  ahead?: LoadedAhead,
): Promise<KnowledgeBase> {
  const manifest = await readFolderManifest(directory, generation);
  checkOrigin(manifest, model);
  const { files, dimensions, counts } = manifest;
  const expected = (name: string): Fingerprint | undefined => files[name];
  for (const [name, file] of Object.entries(ahead?.files ?? {})) {
    if (!isDeepStrictEqual(file, files[name])) throw damaged(generation, `${name} was changed while it was made`);
  }
  const texts = ahead?.texts ?? (await loadTexts(directory, expected));
  checkSizes(manifest, texts);
  const rows = ahead?.rows ?? (await loadRows(directory, expected, dimensions, counts.passages, counts.sentences));
  const attachments = await readAttachments(verifiedFiles(directory, files), files);
  // Nothing needs these here, or no library reads them, and yet a damaged generation is refused as a whole.
  await verifyListed(directory, files, UNREAD);
  const vectorIndex = await openVectorIndex(directory, manifest, rows.vectors, warnings);
  return { manifest, ...texts, ...rows, vectorIndex, attachments };
}

const UNREAD = [FILES.structure, FILES.report, FILES.stamps, FILES.counts, FILES.graph, FILES.labels];

/** The attachments of a generation, by name. */
export async function readAttachments(read: ReadFile, files: GenerationFiles): Promise<Map<string, string>> {
  const attachments = new Map<string, string>();
  for (const name of attachmentsAmong(files)) attachments.set(name, Buffer.from((await read(name)).buffer).toString());
  return attachments;
}

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

/** Before memory is taken by the counts: they, the files' lengths and the texts must be of one mind. */
function checkSizes(
  { generation, files, counts, dimensions }: Manifest,
  { documents, passages, keywordIndex }: LoadedTexts,
): void {
  const vectors = counts.passages * dimensions * 4;
  const sentences = counts.sentences * (4 + dimensions);
  if (
    files[FILES.vectors]?.bytes !== vectors ||
    files[FILES.sentences]?.bytes !== sentences ||
    documents.size !== counts.documents ||
    passages.length !== counts.passages ||
    keywordIndex.size !== passages.length
  ) {
    throw damaged(generation, 'its files and its manifest disagree on the counts');
  }
}

function damaged(generation: string, reason: string): AdvisorError {
  return new AdvisorError('INDEX_DAMAGED', `generation ${generation}: ${reason}; run npm run build:index`);
}

async function openVectorIndex(
  directory: string,
  manifest: Manifest,
  vectors: Vectors,
  warnings: string[],
): Promise<VectorIndex> {
  const hnswlib = await loadHnswlib();
  if (!hnswlib || !(FILES.graph in manifest.files)) {
    const reason = hnswlib
      ? 'this generation has no vector graph (npm run build:index makes one)'
      : 'hnswlib-node is not installed (npm rebuild hnswlib-node)';
    // In a smaller index the graph is not asked: nothing is missed, and the start-up line says which one runs.
    if (vectors.count > SCANNED_WHOLE)
      warnings.push(`${reason}: vector search runs as an exact scan, with the same results in more time`);
    return createExactIndex(vectors);
  }
  const labels = await readLabels(join(directory, FILES.labels), vectors.count);
  return openGraph(hnswlib, vectors, join(directory, FILES.graph), labels);
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
