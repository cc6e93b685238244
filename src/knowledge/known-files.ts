import { join } from 'node:path';
import type { CorpusFile } from './corpus.ts';
import { currentGeneration, readFolderManifest } from './generation.ts';
import { FILES } from './generation-files.ts';
import type { KnownFiles } from './unread-file.ts';
import { readVerified } from './verified-file.ts';

/** The files of the generation that serves; none when there is no whole record of them. */
export async function readKnownFiles(indexDirectory: string): Promise<KnownFiles> {
  try {
    const generation = await currentGeneration(indexDirectory);
    if (!generation) return new Map();
    const directory = join(indexDirectory, generation);
    const { files } = await readFolderManifest(directory, generation);
    const bytes = await readVerified(join(directory, FILES.stamps), files[FILES.stamps]);
    const rows = JSON.parse(Buffer.from(bytes.buffer).toString('utf8')) as [string, string | null, string][];
    return new Map(rows.map(([path, stamp, hash]) => [path, { stamp, hash }]));
  } catch {
    return new Map();
  }
}

/** The record that `readKnownFiles` reads. */
export function knownFilesText(files: readonly CorpusFile[]): string {
  return `${JSON.stringify(files.map(({ path, stamp, hash }) => [path, stamp, hash]))}\n`;
}
