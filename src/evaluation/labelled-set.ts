import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AdvisorError, messageOf } from '../errors.ts';

/** A labelled retrieval set: `corpus.jsonl` {id,title,text}, `queries.jsonl` {id,text}, `qrels.tsv` query, document, grade. */
export interface LabelledSet {
  readonly documents: readonly { readonly id: string; readonly title: string; readonly text: string }[];
  readonly queries: readonly { readonly id: string; readonly text: string }[];
  /** Query id -> document id -> grade, above 0. */
  readonly grades: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** Reads a set's folder. Throws USAGE that names the file and line that is not as expected. */
export async function readLabelledSet(directory: string): Promise<LabelledSet> {
  const documents = await readLines(join(directory, 'corpus.jsonl'), (line) => {
    const { id, title, text } = JSON.parse(line) as Record<string, unknown>;
    return {
      id: String(id),
      title: typeof title === 'string' ? title : '',
      text: typeof text === 'string' ? text : '',
    };
  });
  const queries = await readLines(join(directory, 'queries.jsonl'), (line) => {
    const { id, text } = JSON.parse(line) as Record<string, unknown>;
    if (typeof text !== 'string') throw new Error('expected {"id","text"}');
    return { id: String(id), text };
  });
  const grades = new Map<string, Map<string, number>>();
  await readLines(join(directory, 'qrels.tsv'), (line) => {
    const [query, document, grade] = line.split('\t');
    if (query === undefined || document === undefined)
      throw new Error('expected query, document and grade with tabs between');
    const value = grade === undefined ? 1 : Number(grade);
    // A header line, or a document judged not relevant.
    if (!(value > 0)) return;
    const own = grades.get(query) ?? new Map<string, number>();
    grades.set(query, own.set(document, value));
  });
  return { documents, queries: queries.filter(({ id }) => grades.has(id)), grades };
}

async function readLines<Line>(path: string, parse: (line: string) => Line): Promise<Line[]> {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw new AdvisorError(
      'USAGE',
      `cannot read ${path}: a labelled set has corpus.jsonl, queries.jsonl and qrels.tsv`,
      { cause },
    );
  });
  const parsed: Line[] = [];
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    try {
      parsed.push(parse(line));
    } catch (cause) {
      throw new AdvisorError('USAGE', `${path} line ${at + 1}: ${messageOf(cause)}`, { cause });
    }
  }
  return parsed;
}
