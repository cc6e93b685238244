import { join } from 'node:path';
import { attachmentsAmong, FILES, type GenerationFiles, textFilesAmong } from './generation-files.ts';
import { type KeywordIndex, readKeywordIndex } from './keyword-index.ts';
import type { StoredDocument } from './knowledge-base.ts';
import { type PassageList, readPassages } from './passage-table.ts';
import { readStoredDocuments } from './stored-documents.ts';
import { readVerified, verifyListed } from './verified-file.ts';

/** A generation without its vectors. */
export interface LoadedTexts {
  /** What it was read from: the files with their hashes. */
  readonly files: GenerationFiles;
  readonly documents: ReadonlyMap<string, StoredDocument>;
  readonly passages: PassageList;
  readonly keywordIndex: KeywordIndex;
  readonly attachments: ReadonlyMap<string, string>;
}

/**
 * Loads what is on disk of a generation before its first passage is embedded. Every file is compared with its hash in
 * `files`, of which those of the vectors are passed over. Throws INDEX_DAMAGED.
 */
export async function loadTexts(directory: string, files: GenerationFiles): Promise<LoadedTexts> {
  const read = (name: string): Promise<Uint8Array<ArrayBuffer>> => readVerified(join(directory, name), files[name]);
  const [stored] = await Promise.all([
    readStoredDocuments(directory, files),
    // Nothing needs these here, and yet a damaged generation is refused as a whole.
    verifyListed(directory, files, [FILES.structure, FILES.report, FILES.stamps, FILES.counts]),
  ]);
  const passages = readPassages(await read(FILES.passages), stored);
  const keywordIndex = await readKeywordIndex(await read(FILES.keywords));
  const attachments = new Map<string, string>();
  for (const name of attachmentsAmong(files)) attachments.set(name, Buffer.from((await read(name)).buffer).toString());
  const documents = new Map(stored.map((document) => [document.path, document]));
  return { files: textFilesAmong(files), documents, passages, keywordIndex, attachments };
}
