import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AdvisorError, messageOf } from '../errors.ts';
import { sha256 } from '../knowledge/document.ts';

const schema = z.strictObject({
  id: z.string().min(1),
  question: z.string(),
  /** The sections that answer it, by reading the corpus; empty when the bot must abstain. */
  answers: z.array(z.strictObject({ document: z.string(), heading: z.string() })),
  /** What a careful engineer advises; null where the question asks for no choice. */
  winner: z.enum(['pytorch', 'tensorflow', 'keras', 'jax', 'either', 'depends']).nullable(),
  runtime: z.string().nullable().default(null),
  abstain: z.enum(['out-of-scope', 'no-evidence', 'conflicting', 'needs-detail']).nullable(),
});

export type LabelledQuestion = z.infer<typeof schema>;

/** Reads questions, one JSON object a line. Throws USAGE that names file, line and key. */
export async function readLabelledQuestions(path: string): Promise<LabelledQuestion[]> {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw new AdvisorError('USAGE', `cannot read ${path}: expected labelled questions, one JSON object a line`, {
      cause,
    });
  });
  return text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return [];
    try {
      return [schema.parse(JSON.parse(line))];
    } catch (cause) {
      throw new AdvisorError('USAGE', `${path} line ${at + 1}: ${messageOf(cause)}`, { cause });
    }
  });
}

export type Split = 'train' | 'validation' | 'test';

/** A question's split, fixed by its text for ever: 40 % train, 30 % validation, 30 % test. */
export function splitOf(question: string): Split {
  const place = Number.parseInt(sha256(question.trim().toLowerCase()).slice(0, 8), 16) / 2 ** 32;
  if (place < 0.4) return 'train';
  return place < 0.7 ? 'validation' : 'test';
}
