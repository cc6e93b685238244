import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AdvisorError } from '../errors.ts';

/**
 * Runs one builder at a time on an index folder. A lock whose process is gone is taken over.
 * Throws INDEX_LOCKED, naming the process that holds it.
 */
export async function withIndexLock<Result>(indexDirectory: string, run: () => Promise<Result>): Promise<Result> {
  await mkdir(indexDirectory, { recursive: true });
  const lock = join(indexDirectory, '.lock');
  const owner = join(lock, 'pid');
  for (let attempt = 0; ; attempt++) {
    try {
      await mkdir(lock);
      break;
    } catch (cause) {
      const pid = Number(await readFile(owner, 'utf8').catch(() => ''));
      if (attempt > 0 || (pid > 0 && isAlive(pid))) {
        throw new AdvisorError(
          'INDEX_LOCKED',
          `another build (process ${pid || 'unknown'}) is writing ${indexDirectory}: wait for it to end`,
          { cause },
        );
      }
      await rm(lock, { recursive: true, force: true });
    }
  }
  try {
    await writeFile(owner, String(process.pid));
    return await run();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}
