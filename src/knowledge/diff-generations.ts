import { join } from 'node:path';
import type { Document } from './document.ts';
import { verifyGeneration } from './generation.ts';
import type { StoredPassage } from './knowledge-base.ts';
import { FILES, readLines } from './load-knowledge-base.ts';

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
  await verifyGeneration(indexDirectory, generation);
  const directory = join(indexDirectory, generation);
  const documents = await readLines<Document>(join(directory, FILES.documents));
  const passages = await readLines<StoredPassage>(join(directory, FILES.passages));
  const keys = passages.map(({ key }) => key);
  return { hashes: new Map(documents.map(({ path, hash }) => [path, hash])), keys, known: new Set(keys) };
}
