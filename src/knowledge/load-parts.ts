import { join } from 'node:path';
import { allocateRows, type DotKernel } from './dot-kernel.ts';
import { FILES } from './generation-files.ts';
import { type KeywordIndex, readKeywordIndex } from './keyword-index.ts';
import type { StoredDocument } from './knowledge-base.ts';
import { type PassageList, readPassages } from './passage-table.ts';
import type { SentenceVectors } from './sentence-vectors.ts';
import { readStoredDocuments } from './stored-documents.ts';
import type { Vectors } from './vector-index.ts';
import { type Fingerprint, readVerified } from './verified-file.ts';

/**
 * What a file of a generation must be, by its name; undefined for a file that the generation does not have. For one
 * in the making it is told when the file is written.
 */
export type Expected = (name: string) => Fingerprint | undefined | Promise<Fingerprint | undefined>;

/** A generation without its vectors. */
export interface LoadedTexts {
  readonly documents: ReadonlyMap<string, StoredDocument>;
  readonly passages: PassageList;
  readonly keywordIndex: KeywordIndex;
}

/** The vectors of a generation. */
export interface LoadedRows {
  readonly vectors: Vectors;
  readonly sentenceVectors: SentenceVectors;
  readonly kernel: DotKernel | null;
}

/** Loads what is on disk of a generation before its first passage is embedded. Throws INDEX_DAMAGED. */
export async function loadTexts(directory: string, expected: Expected): Promise<LoadedTexts> {
  const read = async (name: string): Promise<Uint8Array<ArrayBuffer>> =>
    readVerified(join(directory, name), await expected(name));
  const stored = await readStoredDocuments(read);
  const passages = readPassages(await read(FILES.passages), stored);
  const keywordIndex = await readKeywordIndex(await read(FILES.keywords));
  return { documents: new Map(stored.map((document) => [document.path, document])), passages, keywordIndex };
}

/** Loads the vectors of so many passages and sentences, straight to where they are compared. Throws INDEX_DAMAGED. */
export async function loadRows(
  directory: string,
  expected: Expected,
  dimensions: number,
  passages: number,
  sentences: number,
): Promise<LoadedRows> {
  const rows = allocateRows(dimensions, passages, sentences);
  const scales = new Float32Array(sentences);
  const read = async (name: string, into: readonly Uint8Array[]): Promise<unknown> =>
    readVerified(join(directory, name), await expected(name), into);
  // Together: while one file is hashed, the other is read.
  await Promise.all([
    read(FILES.vectors, [rows.passageBytes]),
    read(FILES.sentences, [new Uint8Array(scales.buffer), rows.sentenceBytes]),
  ]);
  return { vectors: rows.vectors, sentenceVectors: rows.sentenceVectors(scales), kernel: rows.kernel(scales) };
}
