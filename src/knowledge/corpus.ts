import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AdvisorError, messageOf } from '../errors.ts';
import { sha256 } from './document.ts';
import { DOCUMENT_ENDINGS } from './document-endings.ts';

/** One file of a corpus folder, not yet understood. */
export interface CorpusFile {
  /** The corpus folder as given, joined with the path below it, "/" separated: what citations show. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes, hex. */
  readonly hash: string;
}

/** A file that was passed over, with the reason in words. */
export interface Skipped {
  readonly path: string;
  readonly reason: string;
}

export interface Corpus {
  readonly files: readonly CorpusFile[];
  readonly skipped: readonly Skipped[];
}

/** Files of more bytes than this are not even read. */
const MAX_BYTES = 20 * 1024 * 1024;

/**
 * Reads every document file below some folders, sorted by path. Hidden files and folders and other file types are
 * passed over; links are not followed, so nothing outside a folder can be read. Throws CORPUS_UNREADABLE when a
 * folder itself cannot be listed.
 */
export async function readCorpus(folders: readonly string[]): Promise<Corpus> {
  const files = new Map<string, CorpusFile>();
  const skipped: Skipped[] = [];
  for (const folder of folders) {
    const root = folder.replace(/[/\\]+$/, '') || folder;
    try {
      if (!(await stat(root)).isDirectory()) throw new Error('it is not a folder');
      await walk(root, root, files, skipped);
    } catch (cause) {
      if (cause instanceof AdvisorError) throw cause;
      throw new AdvisorError('CORPUS_UNREADABLE', `cannot read the corpus folder ${folder}: ${messageOf(cause)}`, {
        cause,
      });
    }
  }
  return { files: [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1)), skipped };
}

async function walk(
  directory: string,
  shown: string,
  files: Map<string, CorpusFile>,
  skipped: Skipped[],
): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = `${shown}/${entry.name}`;
    const location = join(directory, entry.name);
    if (entry.isDirectory()) {
      try {
        await walk(location, path, files, skipped);
      } catch (thrown) {
        skipped.push({ path, reason: `the folder cannot be read: ${messageOf(thrown)}` });
      }
      continue;
    }
    if (!DOCUMENT_ENDINGS.some((ending) => entry.name.toLowerCase().endsWith(ending))) continue;
    if (!entry.isFile()) {
      skipped.push({ path, reason: 'it is a link or a special file; only plain files are read' });
      continue;
    }
    try {
      const { size } = await stat(location);
      if (size > MAX_BYTES) {
        skipped.push({ path, reason: `it has ${size} bytes; at most ${MAX_BYTES} are read` });
        continue;
      }
      const bytes = await readFile(location);
      files.set(path, { path, bytes, hash: sha256(bytes) });
    } catch (thrown) {
      skipped.push({ path, reason: `it cannot be read: ${messageOf(thrown)}` });
    }
  }
}
