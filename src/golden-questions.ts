import { lstat, readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Answer } from './answer/answer.ts';
import type { Library } from './answer/answer-question.ts';
import type { Settings } from './config.ts';
import { AdvisorError, messageOf } from './errors.ts';
import { loadFolder } from './knowledge/load-knowledge-base.ts';
import type { Manifest } from './knowledge/manifest.ts';
import type { Model } from './knowledge/model.ts';

/** Beside the corpus: one JSON object a line, `{"id", "question"}`. */
export const GOLDEN_FILE = 'golden.jsonl';

const lineSchema = z.looseObject({ id: z.string(), question: z.string().min(1) });

export interface GoldenCheck {
  readonly settings: Settings;
  readonly model: Model;
  readonly indexDirectory: string;
  readonly directory: string;
  readonly manifest: Manifest;
  readonly current: string | null;
  readonly accept: boolean;
}

/** A generation and the folder that it is in. */
export interface GenerationFolder {
  readonly directory: string;
  readonly generation: string;
}

export interface GoldenComparison {
  readonly asked: number;
  /** Each question that is answered, abstained from or won otherwise, in words. */
  readonly flips: readonly string[];
}

/** Asks the golden questions of the generation that serves and of the candidate. Throws INDEX_REJECTED naming each flip, unless the operator accepts them. */
export async function checkGoldenQuestions(check: GoldenCheck): Promise<void> {
  const { current, manifest, indexDirectory, directory } = check;
  if (check.accept || !current) return;
  const before = { directory: join(indexDirectory, current), generation: current };
  const after = { directory, generation: manifest.generation };
  const { asked, flips } = await compareGoldenQuestions(check.settings, check.model, manifest.corpus, before, after);
  if (flips.length > 0) {
    throw new AdvisorError(
      'INDEX_REJECTED',
      `${flips.length} of ${asked} golden questions are answered otherwise: ${flips.join('; ')}. When that is meant, build again with --accept. The old index stays`,
    );
  }
}

/** The golden questions of some corpus folders, asked of two generations. Throws what loading the second one throws. */
export async function compareGoldenQuestions(
  settings: Settings,
  model: Model,
  corpus: readonly string[],
  from: GenerationFolder,
  to: GenerationFolder,
): Promise<GoldenComparison> {
  const questions = await readGolden(corpus);
  if (questions.length === 0) return { asked: 0, flips: [] };
  const before = await openFolder(from.directory, from.generation, model).catch(() => null);
  // An index that no longer loads has no answers to defend.
  if (!before) return { asked: 0, flips: [] };
  const after = await openFolder(to.directory, to.generation, model);
  // Loaded late: most builds have no golden questions.
  const [{ createAnswerer }, { createEmbeddingPool }] = await Promise.all([
    import('./answer/answer-question.ts'),
    import('./knowledge/embedding-pool.ts'),
  ]);
  const embedder = await createEmbeddingPool({
    model,
    processes: 1,
    threads: availableParallelism(),
    allowRemote: settings.ALLOW_REMOTE_MODELS,
  });
  const flips: string[] = [];
  try {
    const ask = createAnswerer({ library: () => before, embedder });
    const askAgain = createAnswerer({ library: () => after, embedder });
    for (const { id, question } of questions) {
      const [was, is] = [outcome(await ask(question)), outcome(await askAgain(question))];
      if (was !== is) flips.push(`${id} "${question}": ${was} -> ${is}`);
    }
  } finally {
    await embedder.close();
  }
  return { asked: questions.length, flips };
}

function outcome({ kind, recommendation }: Answer): string {
  return kind === 'abstained' ? 'abstained' : (recommendation?.winner ?? 'answered');
}

async function openFolder(directory: string, generation: string, model: Model): Promise<Library> {
  const { readRuleAttachment } = await import('./recommendation/rule-book.ts');
  const knowledge = await loadFolder(directory, generation, model, []);
  return { knowledge, rules: readRuleAttachment(knowledge.attachments) };
}

async function readGolden(corpus: readonly string[]): Promise<{ id: string; question: string }[]> {
  const questions: { id: string; question: string }[] = [];
  for (const folder of corpus) {
    const file = join(folder, GOLDEN_FILE);
    // As with every file of a corpus, a link is not followed: what it leads to would be quoted when it does not parse.
    const isFile = (await lstat(file).catch(() => null))?.isFile() ?? false;
    const text = isFile ? await readFile(file, 'utf8') : '';
    for (const [at, line] of text.split('\n').entries()) {
      if (line.trim() === '') continue;
      try {
        questions.push(lineSchema.parse(JSON.parse(line)));
      } catch (cause) {
        throw new AdvisorError('CORPUS_UNREADABLE', `${file}, line ${at + 1}: ${messageOf(cause)}`, { cause });
      }
    }
  }
  return questions;
}
