import { type Entry, fromBuffer, type ZipFile } from 'yauzl';
import { AdvisorError, messageOf } from '../errors.ts';

/** Limits of what an archive may become (Apache POI's ratio; entries and total of Safe-Docx). */
const MAX_ENTRIES = 2_000;
const MAX_UNPACKED = 200 * 1024 * 1024;
const MAX_ENTRY = 20 * 1024 * 1024;
const MAX_RATIO = 100;
const RATIO_FROM = 100 * 1024;

export interface ArchiveEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * The entries of a zip file whose names are wanted. Throws DOCUMENT_INVALID when the archive is damaged, encrypted,
 * or would unpack to more than the limits; what a header claims is checked against what comes out.
 */
export async function readArchive(bytes: Uint8Array, isWanted: (name: string) => boolean): Promise<ArchiveEntry[]> {
  try {
    const zip = await open(bytes);
    if (zip.entryCount > MAX_ENTRIES) refuse(`it has ${zip.entryCount} entries; at most ${MAX_ENTRIES} are read`);
    const listed = await list(zip);
    let total = 0;
    for (const { uncompressedSize, compressedSize, fileName } of listed) {
      total += uncompressedSize;
      if (total > MAX_UNPACKED) refuse(`it unpacks to more than ${MAX_UNPACKED} bytes`);
      if (uncompressedSize > RATIO_FROM && uncompressedSize > MAX_RATIO * Math.max(1, compressedSize)) {
        refuse(`${fileName} unpacks to more than ${MAX_RATIO} times its size: a zip bomb`);
      }
    }
    const entries: ArchiveEntry[] = [];
    for (const entry of listed) {
      if (entry.fileName.endsWith('/') || !isWanted(entry.fileName)) continue;
      if (isLink(entry)) continue;
      if (entry.uncompressedSize > MAX_ENTRY) continue;
      entries.push({ name: entry.fileName, bytes: await unpack(zip, entry) });
    }
    zip.close();
    return entries;
  } catch (cause) {
    if (cause instanceof AdvisorError) throw cause;
    throw new AdvisorError('DOCUMENT_INVALID', `the archive cannot be read: ${messageOf(cause)}`, { cause });
  }
}

function refuse(reason: string): never {
  throw new AdvisorError('DOCUMENT_INVALID', `the archive is refused: ${reason}`);
}

function open(bytes: Uint8Array): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    // Sizes are checked against the headers, names against "..", drive letters and backslashes.
    fromBuffer(
      Buffer.from(bytes),
      { lazyEntries: true, validateEntrySizes: true, strictFileNames: true },
      (error, zip) => (error ? reject(error) : resolve(zip)),
    );
  });
}

function list(zip: ZipFile): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: Entry[] = [];
    zip.on('entry', (entry: Entry) => {
      entries.push(entry);
      if (entries.length > MAX_ENTRIES) reject(new Error(`it has more than ${MAX_ENTRIES} entries`));
      else zip.readEntry();
    });
    zip.once('end', () => resolve(entries));
    zip.once('error', reject);
    zip.readEntry();
  });
}

/** A symbolic link stored by a Unix packer. */
function isLink({ externalFileAttributes }: Entry): boolean {
  return ((externalFileAttributes >>> 16) & 0o170000) === 0o120000;
}

function unpack(zip: ZipFile, entry: Entry): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) return reject(error);
      const parts: Buffer[] = [];
      let size = 0;
      stream.on('data', (part: Buffer) => {
        size += part.length;
        if (size > MAX_ENTRY) stream.destroy(new Error(`${entry.fileName} unpacks to more than it says`));
        else parts.push(part);
      });
      stream.once('error', reject);
      stream.once('end', () => resolve(new Uint8Array(Buffer.concat(parts))));
    });
  });
}
