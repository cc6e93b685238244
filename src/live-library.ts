import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Library } from './answer/answer-question.ts';
import { messageOf } from './errors.ts';
import { currentGeneration } from './knowledge/generation.ts';
import type { Model } from './knowledge/model.ts';
import type { Logger } from './logger.ts';
import { openLibrary } from './open-library.ts';

/** Milliseconds between two looks at the pointer: a file of 25 bytes. */
const INTERVAL = 1_000;
/** Milliseconds until answers that began with the old generation are done and its memory can go. */
const RELEASE = 2_000;

export interface LiveLibrary {
  /** The generation that serves now. An answer asks once and keeps what it got. */
  readonly library: () => Library;
  /** What an operator should know of the generation that serves. */
  readonly warnings: () => readonly string[];
  /** Looks now; resolves when a new generation serves, or nothing was new. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

export interface LiveLibraryOptions {
  readonly indexDirectory: string;
  readonly model: Model;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly intervalMs?: number;
}

/**
 * The library of an index folder that follows its pointer: a new generation is loaded beside the old one and takes
 * its place by one assignment, so that no answer is dropped and none mixes two. One that does not load is named and
 * passed over; the old one goes on. Throws what openLibrary throws when nothing can serve at the start.
 */
export async function openLiveLibrary(options: LiveLibraryOptions): Promise<LiveLibrary> {
  const { indexDirectory, model, logger } = options;
  let seen = await currentGeneration(indexDirectory);
  let { library, warnings } = await openLibrary(indexDirectory, model);
  let running: Promise<void> | null = null;
  let release: NodeJS.Timeout | null = null;
  const releaseOld = (): void => {
    if (release) clearTimeout(release);
    release = null;
    collectGarbage();
  };
  const take = async (): Promise<void> => {
    const current = await currentGeneration(indexDirectory);
    if (current === null || current === seen) return;
    seen = current;
    // However quickly generations follow each other, there are never more in memory than one that serves, one that
    // loads, and one that answers under way still need.
    if (release) releaseOld();
    try {
      const next = await openLibrary(indexDirectory, model);
      const before = library.knowledge.manifest.generation;
      const now = next.library.knowledge.manifest.generation;
      warnings = next.warnings;
      for (const warning of warnings) logger.warn(warning);
      // A damaged one was passed over by the loader: what serves is good, whatever else it found.
      if (now !== current || now === before) return;
      library = next.library;
      logger.info({ generation: now, before }, 'a new generation serves');
      release = setTimeout(releaseOld, RELEASE);
      release.unref();
    } catch (thrown) {
      logger.error(
        { generation: current, error: messageOf(thrown) },
        'the new generation does not load; the old one serves on',
      );
    }
  };
  const refresh = (): Promise<void> => {
    running ??= take().finally(() => {
      running = null;
    });
    return running;
  };
  const timer = setInterval(() => void refresh().catch(() => {}), options.intervalMs ?? INTERVAL);
  timer.unref();
  return {
    library: () => library,
    warnings: () => warnings,
    refresh,
    async close() {
      clearInterval(timer);
      await running;
      if (release) clearTimeout(release);
    },
  };
}

let collect: (() => void) | null = null;

/** The vector graph lives outside V8's heap: without a collection now, V8 sees no reason for one, and memory grows. */
function collectGarbage(): void {
  if (!collect) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
}
