import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
} from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { AdvisorError, messageOf } from '../errors.ts';
import { sha256 } from './document.ts';
import { DOCUMENT_ENDINGS, hasEnding } from './document-endings.ts';
import { type FolderRules, folderRules, isGitIgnored, type Patterns, patternRules } from './ignore-rules.ts';
import { createTurns, type Turns } from './in-turns.ts';
import { createUnreadFile, type KnownFiles, stampOf } from './unread-file.ts';

/** One file of a corpus folder, not yet understood. */
export interface CorpusFile {
  /** The corpus folder as given, joined with the path below it, "/" separated: what citations show. */
  readonly path: string;
  /** Read when asked for where the file is known or the corpus is large; throws when it is no longer what was hashed. */
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes, hex. */
  readonly hash: string;
  /** Bytes. */
  readonly size: number;
  /** What tells on sight that the file is the same (known-files.ts), or null. */
  readonly stamp: string | null;
}

/** A file that was passed over, with the reason in words. */
export interface Skipped {
  readonly path: string;
  readonly reason: string;
}

export interface Corpus {
  readonly files: readonly CorpusFile[];
  readonly skipped: readonly Skipped[];
  /** Files that are no documents: name ending -> how many. */
  readonly others: Readonly<Record<string, number>>;
}

/** Files of more bytes than this are not even read. */
const MAX_BYTES = 20 * 1024 * 1024;

/** Files of a corpus: more are a mistake, such as a folder of dependencies. */
const MAX_FILES = 50_000;
/** Folders within folders. */
const MAX_DEPTH = 32;
/** Bytes of all files together. */
const MAX_TOTAL = 2 * 1024 * 1024 * 1024;
/** Bytes of all files together that are kept from hashing to parsing; those of the others are read again. */
const KEPT = 64 * 1024 * 1024;

/** Which files of the folders count. */
export interface CorpusOptions extends Patterns {
  /** Files read before, which need not be opened while they look the same. */
  readonly known?: KnownFiles;
  /** Called with the hash of each file that was read. */
  readonly onRead?: (hash: string) => void;
}

/** One walk: what was found, and what is passed over without a word. */
interface Walk {
  readonly files: Map<string, CorpusFile>;
  readonly skipped: Skipped[];
  readonly others: Record<string, number>;
  readonly root: string;
  /** The root without links. */
  readonly realRoot: string;
  readonly known: KnownFiles;
  readonly onRead: (hash: string) => void;
  /** Takes a path below the root, folders with a final "/". */
  readonly isIgnored: (below: string) => boolean;
  readonly turns: Turns;
  total: number;
}

/** A corpus folder as the paths of its documents begin, without a slash at the end. */
export function corpusRoot(folder: string): string {
  return folder.replace(/(?<![/\\])[/\\]+$/, '') || folder;
}

/**
 * Reads every document file below some folders (or one zip file), sorted by path. Hidden files and folders, other
 * file types and what a .gitignore names are passed over; links are not followed, so nothing outside a folder can be
 * read. Throws CORPUS_UNREADABLE when a folder itself cannot be listed.
 */
export async function readCorpus(folders: readonly string[], options: CorpusOptions = {}): Promise<Corpus> {
  const files = new Map<string, CorpusFile>();
  const skipped: Skipped[] = [];
  const others: Record<string, number> = {};
  const turns = createTurns();
  let total = 0;
  for (const folder of folders) {
    const root = corpusRoot(folder);
    try {
      const found = await stat(root);
      const isArchive = found.isFile() && hasEnding(root, ['.zip']);
      if (!found.isDirectory() && !isArchive) throw new Error('it is not a folder or a zip file');
      const isIgnored = await patternRules(options);
      const { known = new Map(), onRead = () => {} } = options;
      const realRoot = await realpath(root);
      const walk: Walk = { files, skipped, others, root, realRoot, known, onRead, isIgnored, turns, total };
      if (isArchive) readInto(walk, root, root);
      else await visit(walk, '', 0, []);
      total = walk.total;
    } catch (cause) {
      if (cause instanceof AdvisorError) throw cause;
      throw new AdvisorError('CORPUS_UNREADABLE', `cannot read the corpus folder ${folder}: ${messageOf(cause)}`, {
        cause,
      });
    }
  }
  return { files: [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1)), skipped, others };
}

async function visit(walk: Walk, base: string, depth: number, outer: readonly FolderRules[]): Promise<void> {
  const directory = join(walk.root, base);
  const entries = readdirSync(directory, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const own = entries.some(({ name }) => name === '.gitignore') ? await folderRules(directory) : null;
  const rules = own ? [...outer, { base, test: own }] : outer;
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const below = `${base}${entry.name}`;
    const path = `${walk.root}/${below}`;
    const asFolder = entry.isDirectory();
    if (walk.isIgnored(asFolder ? `${below}/` : below) || isGitIgnored(rules, asFolder ? `${below}/` : below)) continue;
    if (asFolder) {
      if (depth >= MAX_DEPTH) {
        walk.skipped.push({ path, reason: `it lies more than ${MAX_DEPTH} folders deep` });
        continue;
      }
      try {
        await visit(walk, `${below}/`, depth + 1, rules);
      } catch (thrown) {
        if (thrown instanceof AdvisorError) throw thrown;
        walk.skipped.push({ path, reason: `the folder cannot be read: ${messageOf(thrown)}` });
      }
      continue;
    }
    if (!hasEnding(entry.name, DOCUMENT_ENDINGS)) {
      if (await leadsToFolder(entry, join(walk.root, below))) {
        walk.skipped.push({ path, reason: 'it is a link to a folder; links are not followed' });
      } else {
        const ending = extname(entry.name).toLowerCase() || 'without ending';
        walk.others[ending] = (walk.others[ending] ?? 0) + 1;
      }
      continue;
    }
    if (!entry.isFile()) {
      walk.skipped.push({ path, reason: 'it is a link or a special file; only plain files are read' });
      continue;
    }
    readInto(walk, path, join(walk.root, below));
    if (walk.turns.isDue()) await walk.turns.give();
  }
}

async function leadsToFolder(entry: Dirent, location: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return false;
  return stat(location).then(
    (target) => target.isDirectory(),
    () => false,
  );
}

/**
 * Reads one file. What is opened is checked again: between listing and opening it may have become something else.
 * Synchronous, as all of a walk: thousands of ways to another thread and back take longer than what they are for.
 */
function readInto(walk: Walk, path: string, location: string): void {
  if (takeKnown(walk, path, location)) return;
  // O_NONBLOCK: a pipe put in the file's place must not hold the build.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  try {
    if (hasControlCharacter(path)) throw new Error('its name holds control characters');
    const descriptor = openSync(location, flags);
    try {
      const now = Date.now();
      const found = fstatSync(descriptor, { bigint: true });
      if (!found.isFile()) throw new Error('it is a link or a special file; only plain files are read');
      if (found.size > MAX_BYTES) throw new Error(`it has ${found.size} bytes; at most ${MAX_BYTES} are read`);
      if (walk.files.size >= MAX_FILES) throw new Error(`the corpus has more than ${MAX_FILES} files`);
      if (walk.total + Number(found.size) > MAX_TOTAL) throw new Error(`the corpus has more than ${MAX_TOTAL} bytes`);
      if (process.platform === 'linux') assertInside(walk.realRoot, descriptor);
      const bytes = readFileSync(descriptor);
      walk.total += bytes.length;
      const file = { path, hash: sha256(bytes), size: bytes.length, stamp: stampOf(found, now) };
      walk.onRead(file.hash);
      walk.files.set(path, walk.total > KEPT ? createUnreadFile(file, location) : { ...file, bytes });
    } finally {
      closeSync(descriptor);
    }
  } catch (thrown) {
    const isLink = (thrown as NodeJS.ErrnoException).code === 'ELOOP';
    const reason = isLink ? 'it is a link or a special file; only plain files are read' : messageOf(thrown);
    walk.skipped.push({ path, reason });
  }
}

/** Takes a file over that looks as it did when it was read. */
function takeKnown(walk: Walk, path: string, location: string): boolean {
  const known = walk.known.get(path);
  if (!known?.stamp || walk.files.size >= MAX_FILES) return false;
  const found = lstatSync(location, { bigint: true, throwIfNoEntry: false });
  if (!found?.isFile() || stampOf(found, Date.now()) !== known.stamp) return false;
  const size = Number(found.size);
  if (walk.total + size > MAX_TOTAL) return false;
  walk.total += size;
  walk.files.set(path, createUnreadFile({ path, ...known, size }, location));
  return true;
}

/** A folder on the way may have been replaced by a link after it was listed: the open file itself tells where it is. */
function assertInside(folder: string, descriptor: number): void {
  const file = openFile(descriptor);
  if (file !== null && file !== folder && !file.startsWith(`${folder === '/' ? '' : folder}/`)) {
    throw new Error('it lies outside the corpus folder (a link on the way); it was not read');
  }
}

function openFile(descriptor: number): string | null {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return null;
  }
}

function hasControlCharacter(name: string): boolean {
  return /\p{Cc}/u.test(name);
}
