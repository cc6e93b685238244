import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { AdvisorError } from '../errors.ts';

/** Milliseconds between two signs of life of a builder. */
const HEARTBEAT = 2_000;
/** Milliseconds without a sign of life after which a lock may be taken over: the builder is dead or frozen. */
const STALE = 25_000;
const LOCK = '.lock';
const OWNER = 'owner.json';

interface Owner {
  readonly pid: number;
  readonly host: string;
  readonly token: string;
}

/** The right to write an index folder, for as long as nobody took it over. */
export interface Lease {
  /** Throws INDEX_LOCKED when another builder took over: what was built must then not be published. */
  readonly assertHeld: () => Promise<void>;
  /**
   * A path within the lock. Taking the lock over moves it away, so that a rename from here succeeds only while the
   * lease is held: check and act in one step, wherever a builder was frozen.
   */
  readonly pending: (name: string) => string;
}

/**
 * Runs one builder at a time on an index folder. The lock of a process that is gone, or that gave no sign of life for
 * 25 s, is taken over; the builder it was taken from learns it from its lease.
 * Throws INDEX_LOCKED, naming the process that holds it.
 */
export async function withIndexLock<Result>(
  indexDirectory: string,
  run: (lease: Lease) => Promise<Result>,
): Promise<Result> {
  await mkdir(indexDirectory, { recursive: true });
  const owner: Owner = { pid: process.pid, host: hostname(), token: randomUUID() };
  await acquire(indexDirectory, owner);
  const file = join(indexDirectory, LOCK, OWNER);
  const isHeld = async (): Promise<boolean> => (await readOwner(join(indexDirectory, LOCK)))?.token === owner.token;
  const heartbeat = setInterval(() => {
    const now = new Date();
    isHeld()
      .then(
        (held) => (held ? utimes(file, now, now) : undefined),
        () => {},
      )
      .catch(() => {});
  }, HEARTBEAT);
  heartbeat.unref();
  const lost = (cause?: unknown): AdvisorError =>
    new AdvisorError(
      'INDEX_LOCKED',
      `another build took over ${indexDirectory} while this one stood still: nothing was published, run it again`,
      { cause },
    );
  try {
    return await run({
      assertHeld: async () => {
        if (!(await isHeld())) throw lost();
      },
      pending: (name) => join(indexDirectory, LOCK, `${name}-${owner.token}`),
    });
  } catch (thrown) {
    // Whatever it stumbled over then (its files were cleared away, say), this is the reason.
    if (!existsSync(join(indexDirectory, LOCK)) || (await isHeld())) throw thrown;
    throw lost(thrown);
  } finally {
    clearInterval(heartbeat);
    // A lock that stays all the same is taken over like that of a dead builder.
    if (await isHeld()) await setAside(indexDirectory, owner).catch(() => {});
  }
}

/** The process that builds now, or null. A lock that may be taken over counts as none. */
export async function lockHolder(indexDirectory: string): Promise<number | null> {
  const lock = join(indexDirectory, LOCK);
  const owner = await readOwner(lock);
  return owner && !(await isAbandoned(lock, owner)) ? owner.pid : null;
}

/** The lock appears with its owner in it, by one rename: no moment in which it is held by nobody. */
async function acquire(indexDirectory: string, owner: Owner): Promise<void> {
  const lock = join(indexDirectory, LOCK);
  const prepared = join(indexDirectory, `${LOCK}-${owner.token}`);
  await mkdir(prepared);
  try {
    await writeFile(join(prepared, OWNER), JSON.stringify(owner));
    for (let attempt = 0; ; attempt++) {
      try {
        await rename(prepared, lock);
        break;
      } catch (cause) {
        const { code } = cause as NodeJS.ErrnoException;
        if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'EPERM') throw cause;
        const holder = await readOwner(lock);
        if (attempt < 3 && (await isAbandoned(lock, holder))) {
          await setAside(indexDirectory, holder);
          continue;
        }
        throw new AdvisorError(
          'INDEX_LOCKED',
          `another build (process ${holder?.pid ?? 'unknown'}) is writing ${indexDirectory}: wait for it to end`,
          { cause },
        );
      }
    }
  } finally {
    // Neither this nor what others left may stand between a holder and its lock.
    await rm(prepared, { recursive: true, force: true }).catch(() => {});
  }
  await removeLeftovers(indexDirectory).catch(() => {});
}

async function isAbandoned(lock: string, owner: Owner | null): Promise<boolean> {
  const signs = await stat(owner ? join(lock, OWNER) : lock).catch(() => null);
  if (!signs || Date.now() - signs.mtimeMs > STALE) return true;
  // A process number means something on its own machine only.
  return owner !== null && owner.host === hostname() && !isAlive(owner.pid);
}

/** Moves an abandoned lock away; when a quicker builder's fresh lock was caught, it is put back. */
async function setAside(indexDirectory: string, abandoned: Owner | null): Promise<void> {
  const lock = join(indexDirectory, LOCK);
  const aside = join(indexDirectory, `${LOCK}-${randomUUID()}`);
  try {
    await rename(lock, aside);
  } catch {
    return;
  }
  if ((await readOwner(aside))?.token === abandoned?.token) await rm(aside, { recursive: true, force: true });
  else await rename(aside, lock).catch(() => {});
}

async function removeLeftovers(indexDirectory: string): Promise<void> {
  for (const name of await readdir(indexDirectory)) {
    if (!name.startsWith(`${LOCK}-`)) continue;
    const path = join(indexDirectory, name);
    if (await isAbandoned(path, await readOwner(path))) await rm(path, { recursive: true, force: true });
  }
}

async function readOwner(lock: string): Promise<Owner | null> {
  try {
    const owner = JSON.parse(await readFile(join(lock, OWNER), 'utf8')) as Partial<Owner>;
    return typeof owner.pid === 'number' && owner.token
      ? { pid: owner.pid, host: owner.host ?? '', token: owner.token }
      : null;
  } catch {
    return null;
  }
}

/** Whether a process of this machine runs (or stands still). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
