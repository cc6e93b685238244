import type { Corpus, CorpusFile, Skipped } from './corpus.ts';
import type { Document } from './document.ts';
import { type DocumentParser, PARSER_VERSION } from './document-parser.ts';
import type { StoredPassage } from './knowledge-base.ts';
import { type Passage, splitIntoPassages } from './passage.ts';
import type { PreviousGeneration } from './previous-generation.ts';
import type { BuildReport, FileReport } from './report.ts';

/** A document with its passages. */
export interface CorpusDocument {
  readonly document: Document;
  readonly passages: readonly (Passage | StoredPassage)[];
}

export interface ParsedCorpus {
  readonly documents: readonly CorpusDocument[];
  readonly report: BuildReport;
  /** Every file and folder passed over, for the summary. */
  readonly skipped: readonly Skipped[];
}

/** Files parsed at once: one in the child, the next on its way. */
const AHEAD = 2;

/**
 * Documents and passages of a corpus. What the previous generation has of the same path and bytes is taken over, so
 * that the cost follows the change. The parser is opened only when a file must be read.
 */
export async function parseCorpus(
  corpus: Corpus,
  previous: PreviousGeneration | null,
  openParser: () => Promise<DocumentParser>,
): Promise<ParsedCorpus> {
  const takeOver = reusableFiles(previous);
  const results: { documents: CorpusDocument[]; report: FileReport }[] = new Array(corpus.files.length);
  const waiting: { at: number; file: CorpusFile }[] = [];
  for (const [at, file] of corpus.files.entries()) {
    const known = takeOver(file);
    if (known) results[at] = known;
    else waiting.push({ at, file });
  }
  if (waiting.length > 0) {
    const parser = await openParser();
    const lane = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) results[next.at] = await parse(parser, next.file);
    };
    try {
      await Promise.all(Array.from({ length: AHEAD }, lane));
    } finally {
      await parser.close();
    }
  }
  const files = results.map(({ report }) => report);
  return {
    documents: unique(results.flatMap(({ documents }) => documents)),
    report: { parser: PARSER_VERSION, files, skipped: corpus.skipped },
    skipped: [...corpus.skipped, ...files.flatMap(({ skipped }) => skipped)],
  };
}

async function parse(
  parser: DocumentParser,
  { path, bytes, hash }: CorpusFile,
): Promise<{ documents: CorpusDocument[]; report: FileReport }> {
  const { documents, skipped, language, encoding, removed } = await parser.parse(path, bytes);
  return {
    documents: documents.map((document) => ({ document, passages: splitIntoPassages(document) })),
    report: {
      path,
      hash,
      status: documents.length > 0 ? 'indexed' : 'skipped',
      documents: documents.map((document) => document.path),
      language,
      encoding,
      removed,
      skipped,
    },
  };
}

function reusableFiles(
  previous: PreviousGeneration | null,
): (file: CorpusFile) => { documents: CorpusDocument[]; report: FileReport } | null {
  if (!previous || previous.report?.parser !== PARSER_VERSION) return () => null;
  const files = new Map(previous.report.files.map((file) => [file.path, file]));
  const passages = new Map<string, StoredPassage[]>();
  for (const passage of previous.passages) {
    const group = passages.get(passage.path);
    if (group) group.push(passage);
    else passages.set(passage.path, [passage]);
  }
  return ({ path, hash }) => {
    const file = files.get(path);
    // A skipped file is tried again: what was missing (memory, time) may be there now.
    if (file?.hash !== hash || file.status === 'skipped') return null;
    const documents: CorpusDocument[] = [];
    for (const name of file.documents) {
      const document = previous.documents.get(name);
      if (!document) return null;
      documents.push({ document, passages: passages.get(name) ?? [] });
    }
    return { documents, report: { ...file, status: 'unchanged' } };
  };
}

/** Two files can give one path (a folder beside an archive of its name): the first one counts. */
function unique(documents: readonly CorpusDocument[]): CorpusDocument[] {
  const seen = new Set<string>();
  return documents.filter(({ document: { path } }) => !seen.has(path) && seen.add(path));
}
