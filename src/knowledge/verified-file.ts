import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { AdvisorError, messageOf } from '../errors.ts';

/** Bytes read and hashed at once: about a millisecond of the event loop's time. */
const SLICE = 1 << 20;

/** A file as the manifest describes it. */
export interface Fingerprint {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * A file's bytes, read once and hashed on the way: what is used is what was checked. They go into `into`, part after
 * part (together of the file's length), or into memory of their own. Never holds the event loop for long.
 * Throws INDEX_DAMAGED naming the file when size or hash differ.
 */
export async function readVerified(
  path: string,
  expected: Fingerprint | undefined,
  into?: readonly Uint8Array[],
): Promise<Uint8Array<ArrayBuffer>> {
  if (!expected) throw damaged(path, 'it is not in the manifest');
  // Not zeroed: every byte is read, or this throws.
  const own = new Uint8Array(Buffer.allocUnsafeSlow(into ? 0 : expected.bytes).buffer);
  await withFile(path, async (handle) => {
    const { size } = await handle.stat();
    if (size !== expected.bytes) throw differs(path, expected, `${size} bytes`);
    const hash = createHash('sha256');
    let position = 0;
    for (const target of into ?? [own]) {
      for (let at = 0; at < target.length; ) {
        const { bytesRead } = await handle.read(target, at, Math.min(SLICE, target.length - at), position);
        if (bytesRead === 0) throw differs(path, expected, `only ${position} bytes`);
        hash.update(target.subarray(at, at + bytesRead));
        at += bytesRead;
        position += bytesRead;
      }
    }
    check(path, expected, position, hash.digest('hex'));
  });
  return own;
}

/** Reads a file of a generation, by its name. */
export type ReadFile = (name: string) => Promise<Uint8Array<ArrayBuffer>>;

/** Reads the files of a folder, each verified. */
export function verifiedFiles(directory: string, files: Readonly<Record<string, Fingerprint>>): ReadFile {
  return (name) => readVerified(join(directory, name), files[name]);
}

/** Compares a file with the manifest without keeping it. Throws INDEX_DAMAGED as `readVerified` does. */
export async function verifyFile(path: string, expected: Fingerprint): Promise<void> {
  const found = await fingerprint(path).catch((cause: unknown) => {
    throw cause instanceof AdvisorError ? cause : unreadable(path, cause);
  });
  check(path, expected, found.bytes, found.sha256);
}

/** `verifyFile` for those of some names that are listed: what a generation need not have is no damage. */
export async function verifyListed(
  directory: string,
  files: Readonly<Record<string, Fingerprint>>,
  names: readonly string[],
): Promise<void> {
  // One after the other: the slices of many at once would hold the event loop together.
  for (const name of names) {
    const expected = files[name];
    if (expected) await verifyFile(join(directory, name), expected);
  }
}

/** Size and SHA-256 of a file as it is on disk now, read back in parts. */
export async function fingerprint(path: string): Promise<Fingerprint> {
  const handle = await open(path, 'r');
  try {
    const hash = createHash('sha256');
    const slice = Buffer.allocUnsafe(SLICE);
    for (let bytes = 0; ; ) {
      const { bytesRead } = await handle.read(slice, 0, SLICE, bytes);
      if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') };
      hash.update(slice.subarray(0, bytesRead));
      bytes += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

async function withFile(path: string, use: (handle: FileHandle) => Promise<void>): Promise<void> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (cause) {
    throw unreadable(path, cause);
  }
  try {
    await use(handle);
  } catch (cause) {
    throw cause instanceof AdvisorError ? cause : unreadable(path, cause);
  } finally {
    await handle.close();
  }
}

function check(path: string, expected: Fingerprint, bytes: number, sha256: string): void {
  if (bytes !== expected.bytes || sha256 !== expected.sha256) {
    throw differs(path, expected, `${bytes} bytes with ${sha256}`);
  }
}

function differs(path: string, { bytes, sha256 }: Fingerprint, found: string): AdvisorError {
  return damaged(path, `expected ${bytes} bytes with SHA-256 ${sha256}, found ${found}`);
}

function unreadable(path: string, cause: unknown): AdvisorError {
  const isMissing = (cause as NodeJS.ErrnoException)?.code === 'ENOENT';
  return damaged(path, isMissing ? 'it is missing' : `it cannot be read: ${messageOf(cause)}`, cause);
}

function damaged(path: string, reason: string, cause?: unknown): AdvisorError {
  return new AdvisorError('INDEX_DAMAGED', `${path} is damaged: ${reason}; run npm run build:index`, { cause });
}
