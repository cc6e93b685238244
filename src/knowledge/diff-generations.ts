import { join } from 'node:path';
import { verifyGeneration } from './generation.ts';
import { FILES } from './generation-files.ts';
import { readPassages } from './passage-table.ts';
import { readStoredDocuments } from './stored-documents.ts';
import { verifiedFiles } from './verified-file.ts';

export interface GenerationDiff {
  readonly from: string;
  readonly to: string;
  readonly documents: { readonly added: string[]; readonly removed: string[]; readonly changed: string[] };
  /** By the text and heading that were embedded, wherever they stand. */
  readonly passages: { readonly added: number; readonly removed: number; readonly kept: number };
}

/** What changed between two generations. Throws INDEX_DAMAGED when one of them is not whole. */
export async function diffGenerations(indexDirectory: string, from: string, to: string): Promise<GenerationDiff> {
  const [before, after] = await Promise.all([read(indexDirectory, from), read(indexDirectory, to)]);
  const paths = [...after.hashes.keys()];
  const removedKeys = before.keys.filter((key) => !after.known.has(key)).length;
  const kept = after.keys.filter((key) => before.known.has(key)).length;
  return {
    from,
    to,
    documents: {
      added: paths.filter((path) => !before.hashes.has(path)),
      removed: [...before.hashes.keys()].filter((path) => !after.hashes.has(path)),
      changed: paths.filter((path) => before.hashes.has(path) && before.hashes.get(path) !== after.hashes.get(path)),
    },
    passages: { added: after.keys.length - kept, removed: removedKeys, kept },
  };
}

async function read(indexDirectory: string, generation: string) {
  const manifest = await verifyGeneration(indexDirectory, generation);
  const readFile = verifiedFiles(join(indexDirectory, generation), manifest.files);
  const documents = await readStoredDocuments(readFile);
  const passages = readPassages(await readFile(FILES.passages), documents);
  const keys = Array.from(passages, ({ key }) => key);
  return { hashes: new Map(documents.map(({ path, hash }) => [path, hash])), keys, known: new Set(keys) };
}
