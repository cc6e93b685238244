import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AdvisorError, messageOf } from '../errors.ts';
import { sha256 } from '../knowledge/document.ts';

const labelSchema = z.strictObject({
  id: z.string().min(1),
  /** The sections that answer it, by reading the corpus; an empty heading stands for the whole document. */
  answers: z.array(z.strictObject({ document: z.string(), heading: z.string() })),
  /** What a careful engineer advises; null where the question asks for no choice. */
  winner: z.enum(['pytorch', 'tensorflow', 'keras', 'jax', 'either', 'depends']).nullable(),
  runtime: z.string().nullable().default(null),
  /** Why the bot must not answer, or null. */
  abstain: z.enum(['out-of-scope', 'no-evidence', 'conflicting', 'needs-detail']).nullable(),
});

const questionSchema = labelSchema.extend({ question: z.string() });
const askedSchema = z.looseObject({ id: z.string(), question: z.string() });

export type LabelledQuestion = z.infer<typeof questionSchema>;

/** Reads questions with their labels, one JSON object a line. Throws USAGE that names file, line and key. */
async function readLabelledQuestions(path: string): Promise<LabelledQuestion[]> {
  return readLines(path, (data) => questionSchema.parse(data));
}

/** Joins labels that are kept here with questions that are kept elsewhere, by id. */
async function joinLabels(labels: string, questions: string): Promise<LabelledQuestion[]> {
  const asked = new Map(
    (await readLines(questions, (data) => askedSchema.parse(data))).map(({ id, question }) => [id, question]),
  );
  const known = await readLines(labels, (data) => labelSchema.parse(data));
  return known.flatMap((label) => {
    const question = asked.get(label.id);
    return question === undefined ? [] : [{ ...label, question }];
  });
}

/** The product's own questions: choices and facts, the border of what is answered, and messages labelled for scope alone. */
const OWN = ['questions.jsonl', 'questions-border.jsonl', 'questions-scope.jsonl'];
const REAL_LABELS = 'real-question-labels.jsonl';
/** Questions that people asked in public; they stay where they are, beside the product. */
const REAL = '../shared/eval/questions/real-questions.jsonl';

/** All labelled questions of the product; `onMissing` is told of the real ones where they are not there. */
export async function readProductQuestions(
  productDirectory: string,
  onMissing: (path: string) => void,
): Promise<LabelledQuestion[]> {
  const fixture = (name: string): string => join(productDirectory, 'tests/fixtures', name);
  const own = (await Promise.all(OWN.map((name) => readLabelledQuestions(fixture(name))))).flat();
  const real = join(productDirectory, REAL);
  if (existsSync(real)) return [...own, ...(await joinLabels(fixture(REAL_LABELS), real))];
  onMissing(REAL);
  return own;
}

async function readLines<Line>(path: string, parse: (data: unknown) => Line): Promise<Line[]> {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw new AdvisorError('USAGE', `cannot read ${path}: expected labelled questions, one JSON object a line`, {
      cause,
    });
  });
  return text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return [];
    try {
      return [parse(JSON.parse(line))];
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
