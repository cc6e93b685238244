import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AdvisorError, messageOf } from '../errors.ts';
import { isAlive, type Lease } from './index-lock.ts';
import { type Manifest, readManifest, writeManifest } from './manifest.ts';
import { type Fingerprint, verifyFile } from './verified-file.ts';

/** Names inside an index folder. */
export const CURRENT = 'CURRENT';
export const MANIFEST = 'manifest.json';
/** Generations kept beside the current one, for rollback. */
const KEPT = 3;

/** The name of the generation that readers follow, or null when the folder has none. */
export async function currentGeneration(indexDirectory: string): Promise<string | null> {
  try {
    const name = (await readFile(join(indexDirectory, CURRENT), 'utf8')).trim();
    return /^[\w-]+$/.test(name) ? name : null;
  } catch {
    return null;
  }
}

/** The generations on disk, newest first; a name begins with its UTC time, so names sort by age. */
export async function listGenerations(indexDirectory: string): Promise<string[]> {
  const entries = await readdir(indexDirectory, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && /^\d{8}-\d{6}-[0-9a-f]{8}$/.test(entry.name))
    .map((entry) => entry.name)
    .sort()
    .reverse();
}

/** `20261120-221500-1a2b3c4d`: UTC time and the head of the inputs' hash. */
export function generationName(created: Date, inputs: string): string {
  const time = created.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${time}-${inputs.slice(0, 8)}`;
}

/** Now, or a second after the newest generation: names sort by age even when builds are quick or the clock went back. */
export async function nextCreation(indexDirectory: string): Promise<Date> {
  const [newest] = await listGenerations(indexDirectory);
  const stamp = newest?.replace(/^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d).*$/, '$1-$2-$3T$4:$5:$6Z');
  const after = stamp ? Date.parse(stamp) + 1_000 : 0;
  return new Date(Math.max(Date.now(), Number.isNaN(after) ? 0 : after));
}

/**
 * Writes a file, whole or in parts, and syncs it to disk before it returns. The fingerprint is of what was to be
 * written: who reads the file compares it with that. `onWritten` gets it before the syncing, when the file can be read.
 */
export async function writeSynced(
  path: string,
  content: string | Uint8Array | Iterable<Uint8Array>,
  onWritten: (file: Fingerprint) => void = () => {},
): Promise<Fingerprint> {
  const hash = createHash('sha256');
  let bytes = 0;
  let file: Fingerprint;
  const handle = await open(path, 'w');
  try {
    const parts = typeof content === 'string' ? [Buffer.from(content)] : content;
    for (const part of parts instanceof Uint8Array ? [parts] : parts) {
      const written = handle.writeFile(part);
      // While the disk is at it.
      hash.update(part);
      bytes += part.length;
      await written;
    }
    file = { bytes, sha256: hash.digest('hex') };
    onWritten(file);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return file;
}

/** What file systems say that cannot sync a folder; a rename is then as durable as they make it. */
const CANNOT_SYNC = new Set(['EINVAL', 'ENOTSUP', 'EISDIR', 'EBADF', 'EPERM']);

async function syncDirectory(path: string): Promise<void> {
  try {
    await syncFile(path);
  } catch (thrown) {
    if (!CANNOT_SYNC.has((thrown as NodeJS.ErrnoException).code ?? '')) throw thrown;
  }
}

/** Syncs a file that something else wrote, such as a native library. */
export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Publishes a sealed temporary folder as a generation: folder renamed, then the pointer swapped by rename, each step
 * synced. A crash at any point leaves the old or the new generation readable, never neither.
 */
export async function publish(
  indexDirectory: string,
  temporary: string,
  manifest: Manifest,
  lease: Lease,
): Promise<void> {
  await lease.assertHeld();
  const directory = join(indexDirectory, manifest.generation);
  await rename(temporary, directory);
  try {
    await syncDirectory(indexDirectory);
    await point(indexDirectory, manifest.generation, lease);
  } catch (thrown) {
    await rm(directory, { recursive: true, force: true });
    throw thrown;
  }
  // It is published: an old generation that cannot be removed now is removed by the next build.
  const old = (await listGenerations(indexDirectory)).filter((name) => name !== manifest.generation);
  for (const name of old.slice(KEPT - 1))
    await rm(join(indexDirectory, name), { recursive: true, force: true }).catch(() => {});
}

/** Completes a temporary folder with its manifest, synced: from here on it can be verified like any generation. */
export async function seal(temporary: string, manifest: Manifest): Promise<void> {
  await writeSynced(join(temporary, MANIFEST), writeManifest(manifest));
  await syncDirectory(temporary);
}

/** Swaps the pointer to a generation that is on disk. Throws INDEX_LOCKED when the lease was lost, however late. */
export async function point(indexDirectory: string, generation: string, lease: Lease): Promise<void> {
  const pending = lease.pending(CURRENT);
  try {
    await writeSynced(pending, `${generation}\n`);
    await rename(pending, join(indexDirectory, CURRENT));
  } catch (thrown) {
    await lease.assertHeld();
    throw thrown;
  }
  // The swap is done; a sync that fails can only lose it with the power, and then the generation before serves.
  await syncDirectory(indexDirectory).catch(() => {});
}

/**
 * A fresh temporary folder inside the index folder. Leftovers of crashed builds are removed, those of a living process
 * are not: a builder that was frozen clears its own away, and cannot clear away those of the one that took over.
 */
export async function temporaryFolder(indexDirectory: string): Promise<string> {
  await mkdir(indexDirectory, { recursive: true });
  for (const name of await readdir(indexDirectory)) {
    const builder = Number(/^\.tmp-(\d+)/.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(builder) || (builder !== process.pid && isAlive(builder))) continue;
    await rm(join(indexDirectory, name), { recursive: true, force: true });
  }
  const path = join(indexDirectory, `.tmp-${process.pid}`);
  await mkdir(path);
  return path;
}

/**
 * Reads a generation's manifest and compares every file with it, before anything is parsed or handed to native code.
 * Throws INDEX_MISSING, INDEX_DAMAGED or INDEX_MISMATCH, naming file and reason.
 */
export async function verifyGeneration(indexDirectory: string, generation: string): Promise<Manifest> {
  const directory = join(indexDirectory, generation);
  const manifest = await readFolderManifest(directory, generation);
  for (const [name, expected] of Object.entries(manifest.files)) await verifyFile(join(directory, name), expected);
  return manifest;
}

/** A folder's manifest alone, of which its reader checks the files as it reads them. Throws as verifyGeneration does. */
export async function readFolderManifest(directory: string, generation: string): Promise<Manifest> {
  const path = join(directory, MANIFEST);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new AdvisorError('INDEX_DAMAGED', `${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
  const manifest = readManifest(text, path);
  if (manifest.generation !== generation) {
    throw new AdvisorError(
      'INDEX_DAMAGED',
      `${path} belongs to generation ${manifest.generation}, not to ${generation}`,
    );
  }
  return manifest;
}
