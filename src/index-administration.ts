import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Settings } from './config.ts';
import { AdvisorError } from './errors.ts';
import type { GoldenComparison } from './golden-questions.ts';
import { childArguments } from './knowledge/child-arguments.ts';
import { diffGenerations, type GenerationDiff } from './knowledge/diff-generations.ts';
import { currentGeneration, listGenerations, point, verifyGeneration } from './knowledge/generation.ts';
import { lockHolder, withIndexLock } from './knowledge/index-lock.ts';
import { inspectApart } from './knowledge/inspect-apart.ts';
import type { Inspection } from './knowledge/inspect-generation.ts';
import { readModel } from './knowledge/model.ts';
import { programFile } from './product.ts';

export interface IndexStatus {
  /** The generation that the pointer names, or null. */
  readonly current: string | null;
  /** Newest first. */
  readonly generations: readonly {
    readonly name: string;
    readonly created: string | null;
    readonly documents: number;
    readonly passages: number;
    readonly skipped: number;
    /** Null when every file is as it was written. */
    readonly problem: string | null;
  }[];
  /** The process that builds now, or null. */
  readonly builder: number | null;
}

/** What an administrator can do with an index, from the terminal or a chat. */
export interface IndexAdministration {
  status(): Promise<IndexStatus>;
  /** Builds in a process of its own; resolves to the summary line. Throws what the build said when it failed. */
  rebuild(): Promise<string>;
  /** Lets the generation before the current one (or the one named) serve. Returns its name. */
  rollback(generation?: string): Promise<string>;
  /** What changed between two generations; by default the one before the current and the current. */
  diff(from?: string, to?: string): Promise<GenerationDiff>;
  /** Opens a generation in a process of its own and checks all that can be checked. */
  verify(generation?: string): Promise<Inspection>;
}

export function createIndexAdministration(
  settings: Settings,
  indexDirectory = settings.INDEX_DIR,
): IndexAdministration {
  const serving = (): Promise<string> => servingGeneration(indexDirectory);
  const before = (current: string): Promise<string> => generationBefore(indexDirectory, current);
  return {
    async status() {
      const current = await currentGeneration(indexDirectory);
      const generations = [];
      for (const name of await listGenerations(indexDirectory)) {
        try {
          const { created, counts, skipped } = await verifyGeneration(indexDirectory, name);
          const { documents, passages } = counts;
          generations.push({ name, created, documents, passages, skipped: skipped.length, problem: null });
        } catch (thrown) {
          const problem = (thrown as Error).message;
          generations.push({ name, created: null, documents: 0, passages: 0, skipped: 0, problem });
        }
      }
      return { current, generations, builder: await lockHolder(indexDirectory) };
    },
    rebuild: () => runBuild(indexDirectory),
    async rollback(generation) {
      const target = generation ?? (await before(await serving()));
      if (!(await listGenerations(indexDirectory)).includes(target)) {
        throw new AdvisorError('INDEX_MISSING', `there is no generation ${target} in ${indexDirectory}`);
      }
      await verifyGeneration(indexDirectory, target);
      await withIndexLock(indexDirectory, async (lease) => {
        await point(indexDirectory, target, lease);
      });
      return target;
    },
    async diff(from, to) {
      const second = to ?? (await serving());
      return diffGenerations(indexDirectory, from ?? (await before(second)), second);
    },
    async verify(generation) {
      const name = generation ?? (await serving());
      return inspectApart(join(indexDirectory, name), name, settings.MODEL_DIR);
    },
  };
}

/** Golden questions that two generations answer differently; by default the two that `diff` compares. */
export async function compareAnswers(
  settings: Settings,
  indexDirectory: string,
  from?: string,
  to?: string,
): Promise<GoldenComparison> {
  const { compareGoldenQuestions } = await import('./golden-questions.ts');
  const folder = (generation: string) => ({ directory: join(indexDirectory, generation), generation });
  const second = to ?? (await servingGeneration(indexDirectory));
  const first = from ?? (await generationBefore(indexDirectory, second));
  const { corpus } = await verifyGeneration(indexDirectory, second);
  const model = await readModel(settings.MODEL_DIR);
  return compareGoldenQuestions(settings, model, corpus, folder(first), folder(second));
}

async function servingGeneration(indexDirectory: string): Promise<string> {
  const current = await currentGeneration(indexDirectory);
  if (!current)
    throw new AdvisorError('INDEX_MISSING', `there is no index in ${indexDirectory}: run npm run build:index`);
  return current;
}

async function generationBefore(indexDirectory: string, current: string): Promise<string> {
  const older = (await listGenerations(indexDirectory)).find((name) => name < current);
  if (!older) throw new AdvisorError('INDEX_MISSING', `there is no generation before ${current} in ${indexDirectory}`);
  return older;
}

function runBuild(indexDirectory: string): Promise<string> {
  const script = programFile('../scripts/build-index', import.meta.url);
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [...childArguments(script, []), fileURLToPath(script), '--index', indexDirectory],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    // Answers go before a build; where a system does not know priorities, the build is as fast as it is.
    if (child.pid !== undefined) setBelow(child.pid);
    let output = '';
    let problem = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      output = (output + part).slice(-20_000);
    });
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      problem = (problem + part).slice(-4_000);
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) return resolve(output.trim().split('\n').at(-1) ?? '');
      const last = problem.trim().split('\n').at(-1) ?? `the build ended with ${code}`;
      reject(new AdvisorError(last.includes('INDEX_LOCKED') ? 'INDEX_LOCKED' : 'INDEX_REJECTED', last));
    });
  });
}

/** Niceness of a build that runs beside a bot: 0 is usual, 19 the least urgent. */
const NICE = 10;

function setBelow(pid: number): void {
  try {
    setPriority(pid, NICE);
  } catch {
    // Some systems know no priorities.
  }
}
