import { type BigIntStats, closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { AdvisorError } from '../errors.ts';
import type { CorpusFile } from './corpus.ts';
import { sha256 } from './document.ts';

/** What a build knows of a file that it read before. */
export interface KnownFile {
  /** Size, times, device and number of the file when its bytes were hashed; null: it must be read to be known. */
  readonly stamp: string | null;
  /** SHA-256 of its bytes, hex. */
  readonly hash: string;
}

/** Path -> file as an earlier build saw it: who still has the stamp has the bytes, and need not be opened. */
export type KnownFiles = ReadonlyMap<string, KnownFile>;

/** Milliseconds in which a file could change again without another time: file systems with fine times, and all others. */
const FINE = 100;
const COARSE = 2_500;

/**
 * A file's stamp, or null while a later change could still carry the same times: such a file is read again next time.
 * The time of the last change of the entry (ctime) counts, which no program can set back.
 */
export function stampOf({ size, mtimeNs, ctimeNs, dev, ino }: BigIntStats, now: number): string | null {
  const settled = ctimeNs % 1_000_000n === 0n ? COARSE : FINE;
  return now - Number(ctimeNs / 1_000_000n) < settled ? null : [size, mtimeNs, ctimeNs, dev, ino].join(' ');
}

/** A file whose bytes are read when they are asked for, so that a corpus of any size fits in memory. */
export function createUnreadFile(file: Omit<CorpusFile, 'bytes'>, location: string): CorpusFile {
  return {
    ...file,
    get bytes() {
      const descriptor = openSync(
        location,
        constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
      );
      try {
        const bytes = fstatSync(descriptor).size === file.size ? readFileSync(descriptor) : null;
        if (bytes && sha256(bytes) === file.hash) return bytes;
      } finally {
        closeSync(descriptor);
      }
      throw new AdvisorError('CORPUS_UNREADABLE', 'it changed while the index was being built: build again');
    },
  };
}
