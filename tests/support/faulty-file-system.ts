/**
 * Preloaded into a child process: counts every operation on the files below one folder and makes the n-th one go wrong,
 * as FAULT (JSON, `Fault`) says. The native graph writer counts as one operation. The count is written to FAULT_LOG.
 */
import fs from 'node:fs';
import promises, { type FileHandle } from 'node:fs/promises';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { dirname, join, resolve } from 'node:path';

export interface Fault {
  /**
   * `kill`: SIGKILL before operation n. `tear`: operation n is done by half, then SIGKILL. `power`: before operation n
   * everything unsynced is lost, then SIGKILL. `error`: operation n fails with `code` (with `lasting`, every one after
   * it too). `full`: the disk has room for `at` more bytes. `stop`: SIGSTOP before operation n. `count`: nothing.
   */
  readonly kind: 'kill' | 'tear' | 'power' | 'error' | 'full' | 'stop' | 'count';
  readonly at: number;
  readonly root: string;
  readonly code?: string;
  readonly lasting?: boolean;
  /**
   * With `power`: names (files made, renames) of folders that were not synced are lost too: all of them, or all but the
   * newest, since a file system may write them in any order.
   */
  readonly losesNames?: 'all' | 'older';
}

const fault = JSON.parse(process.env.FAULT ?? '{"kind":"count","at":-1,"root":"/nowhere"}') as Fault;
const root = resolve(fault.root);
const log = process.env.FAULT_LOG;
const sync = { ...fs };
const plain = { ...promises };
const operations: string[] = [];
const unsynced = new Set<string>();
/** A name that was given and whose folder was not synced since. */
interface UnsyncedName {
  path: string;
  /** Where it was before, for a rename. */
  readonly from: string | null;
  /** What stood there before, for a rename over a file. */
  readonly held: Buffer | null;
}
let names: UnsyncedName[] = [];
let room = fault.kind === 'full' ? fault.at : Number.POSITIVE_INFINITY;

const isBelow = (path: unknown): path is string =>
  (typeof path === 'string' || path instanceof URL) && `${resolve(String(path))}/`.startsWith(`${root}/`);

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
}

function failure(code: string, name: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: injected, ${name} '${path}'`), { code, syscall: name, path });
}

/** Before each operation: the fault, if it is this one's turn. True when it is to be torn. */
function before(name: string, path: string): boolean {
  const at = operations.push(`${name} ${path}`) - 1;
  if (fault.kind === 'error' && (at === fault.at || (fault.lasting && at > fault.at)))
    throw failure(fault.code ?? 'EIO', name, path);
  if (at !== fault.at) return false;
  if (fault.kind === 'kill') die();
  if (fault.kind === 'stop') process.kill(process.pid, 'SIGSTOP');
  if (fault.kind === 'power') {
    for (const file of unsynced)
      if (sync.existsSync(file)) sync.writeFileSync(file, Buffer.alloc(sync.statSync(file).size));
    const lost = fault.losesNames === 'older' ? names.slice(0, -1) : fault.losesNames === 'all' ? names : [];
    for (const name of lost.reverse()) forget(name);
    die();
  }
  return fault.kind === 'tear';
}

function wrote(path: string, isNew: boolean): void {
  unsynced.add(resolve(path));
  if (isNew) names.push({ path: resolve(path), from: null, held: null });
}

function wasSynced(path: string): void {
  unsynced.delete(resolve(path));
  names = names.filter((name) => dirname(name.path) !== resolve(path));
}

function wasRenamed(from: string, to: string, held: Buffer | null): void {
  const [source, target] = [resolve(from), resolve(to)];
  for (const file of [...unsynced]) {
    if (file !== source && !file.startsWith(`${source}/`)) continue;
    unsynced.delete(file);
    unsynced.add(target + file.slice(source.length));
  }
  for (const name of names) if (name.path.startsWith(`${source}/`)) name.path = target + name.path.slice(source.length);
  names.push({ path: target, from: source, held });
}

function forget({ path, from, held }: UnsyncedName): void {
  if (!sync.existsSync(path)) return;
  if (from && sync.existsSync(dirname(from)) && !sync.existsSync(from)) sync.renameSync(path, from);
  else sync.rmSync(path, { recursive: true, force: true });
  if (held) sync.writeFileSync(path, held);
}

/** Bytes of a write that the disk still takes. */
function roomFor(bytes: number): number {
  const taken = Math.min(bytes, room);
  room -= taken;
  return taken;
}

const paths = new WeakMap<FileHandle, string>();

function patchHandles(handle: FileHandle): void {
  const prototype = Object.getPrototypeOf(handle) as Record<string, (...args: unknown[]) => Promise<unknown>>;
  for (const name of ['writeFile', 'write', 'sync', 'datasync', 'read', 'readFile', 'stat']) {
    const original = prototype[name]!;
    prototype[name] = async function (this: FileHandle, ...args: unknown[]): Promise<unknown> {
      const path = paths.get(this);
      if (path === undefined) return original.apply(this, args);
      const isTorn = before(name, path);
      if (name === 'sync' || name === 'datasync') {
        const result = await original.apply(this, args);
        wasSynced(path);
        return result;
      }
      if (name !== 'writeFile' && name !== 'write') return original.apply(this, args);
      const bytes = Buffer.from(args[0] as Uint8Array);
      const taken = isTorn ? bytes.length >> 1 : roomFor(bytes.length);
      if (taken === bytes.length) return original.apply(this, args);
      await original.call(this, bytes.subarray(0, taken));
      if (isTorn) die();
      throw failure('ENOSPC', name, path);
    };
  }
  const close = prototype.close!;
  // Never fails: the descriptor is gone whatever it says.
  prototype.close = function (this: FileHandle): Promise<unknown> {
    paths.delete(this);
    return close.apply(this);
  };
}

let patched = false;
promises.open = async (path, flags, mode) => {
  if (!isBelow(path)) return plain.open(path, flags, mode);
  before('open', path);
  const isNew = !sync.existsSync(path);
  const handle = await plain.open(path, flags, mode);
  if (!patched) patchHandles(handle);
  patched = true;
  paths.set(handle, path);
  if (typeof flags === 'string' && /[wa]/.test(flags)) wrote(path, isNew);
  return handle;
};

promises.writeFile = async (path, content, options) => {
  if (!isBelow(path)) return plain.writeFile(path, content, options);
  const isTorn = before('writeFile', path);
  const bytes = Buffer.from(content as string);
  const taken = isTorn ? bytes.length >> 1 : roomFor(bytes.length);
  wrote(path, !sync.existsSync(path));
  await plain.writeFile(path, bytes.subarray(0, taken), options);
  if (isTorn) die();
  if (taken < bytes.length) throw failure('ENOSPC', 'writeFile', path);
};

promises.rename = async (from, to) => {
  if (!isBelow(to)) return plain.rename(from, to);
  before('rename', String(to));
  const held = sync.existsSync(to) && sync.statSync(to).isFile() ? sync.readFileSync(to) : null;
  await plain.rename(from, to);
  wasRenamed(String(from), String(to), held);
};

promises.rm = async (path, options) => {
  if (!isBelow(path)) return plain.rm(path, options);
  if (before('rm', path)) {
    // A folder half removed: its first half of entries is gone.
    const isFolder = sync.existsSync(path) && sync.statSync(path).isDirectory();
    const entries = isFolder ? sync.readdirSync(path) : [];
    for (const entry of entries.slice(0, Math.ceil(entries.length / 2)))
      sync.rmSync(join(path, entry), { recursive: true });
    die();
  }
  for (const file of [...unsynced]) if (`${file}/`.startsWith(`${resolve(path)}/`)) unsynced.delete(file);
  return plain.rm(path, options);
};

for (const name of [
  'mkdir',
  'readdir',
  'readFile',
  'stat',
  'lstat',
  'utimes',
  'access',
  'unlink',
  'copyFile',
] as const) {
  const original = plain[name] as (...args: unknown[]) => Promise<unknown>;
  (promises as unknown as Record<string, unknown>)[name] = async (...args: unknown[]): Promise<unknown> => {
    // An open file as argument is counted where it is used.
    if (isBelow(args[0])) before(name, args[0]);
    return original(...args);
  };
}

const read = {
  open: (path: string, ...rest: unknown[]): void => {
    const done = rest.at(-1) as (error: Error) => void;
    try {
      before('open', path);
      (sync.open as (...args: unknown[]) => void)(path, ...rest);
    } catch (thrown) {
      process.nextTick(done, thrown as Error);
    }
  },
  read: (...args: unknown[]): void => {
    const done = args.at(-1) as (error: Error) => void;
    try {
      before('read', 'a stream');
      (sync.read as (...args: unknown[]) => void)(...args);
    } catch (thrown) {
      process.nextTick(done, thrown as Error);
    }
  },
  close: sync.close,
};
(fs as { createReadStream: unknown }).createReadStream = (path: string, options: object) =>
  sync.createReadStream(path, isBelow(path) ? { ...options, fs: read as never } : options);
syncBuiltinESMExports();

try {
  const hnswlib = createRequire(import.meta.url)('hnswlib-node') as typeof import('hnswlib-node');
  const { HierarchicalNSW } = hnswlib;
  class FaultyGraph extends HierarchicalNSW {
    /** The library reports no write error: what does not fit is missing in silence. */
    override async writeIndex(file: string): Promise<boolean> {
      const isTorn = before('writeIndex', file);
      const isNew = !sync.existsSync(file);
      const result = await super.writeIndex(file);
      const { size } = sync.statSync(file);
      const taken = isTorn ? size >> 1 : roomFor(size);
      if (taken < size) sync.truncateSync(file, taken);
      wrote(file, isNew);
      if (isTorn) die();
      return result;
    }
  }
  (hnswlib as { HierarchicalNSW: unknown }).HierarchicalNSW = FaultyGraph;
} catch {
  // Not installed: there is no native writer to count.
}

process.on('exit', () => {
  if (log) sync.writeFileSync(log, operations.join('\n'));
});
