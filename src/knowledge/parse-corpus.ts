import { messageOf } from '../errors.ts';
import type { Corpus, CorpusFile, Skipped } from './corpus.ts';
import type { Document } from './document.ts';
import { type DocumentParser, PARSER_VERSION, passedOver } from './document-parser.ts';
import { EMBEDDING_SCHEME } from './embedder.ts';
import { type Passage, splitIntoPassages } from './passage.ts';
import { type PassageRange, rangesByDocument } from './passage-table.ts';
import type { PreviousGeneration } from './previous-generation.ts';
import type { BuildReport, FileReport } from './report.ts';

/** A document with its passages. */
export interface CorpusDocument {
  readonly document: Document;
  /** Its passages; a range where all of it is taken over from the previous generation. */
  readonly passages: readonly Passage[] | PassageRange;
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
    report: { parser: PARSER_VERSION, files, skipped: corpus.skipped, others: corpus.others },
    skipped: [...corpus.skipped, ...files.flatMap(({ skipped }) => skipped)],
  };
}

async function parse(
  parser: DocumentParser,
  file: CorpusFile,
): Promise<{ documents: CorpusDocument[]; report: FileReport }> {
  const { path, hash } = file;
  const parsed = await Promise.resolve()
    .then(() => parser.parse(path, file.bytes))
    .catch((thrown: unknown) => passedOver(path, messageOf(thrown)));
  const { documents, skipped, language, encoding, removed } = parsed;
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
  if (previous?.report?.parser !== PARSER_VERSION || previous.manifest.embedding !== EMBEDDING_SCHEME)
    return () => null;
  const files = new Map(previous.report.files.map((file) => [file.path, file]));
  // Names that two files give: what is kept is of one of them, and not told of which.
  const names = previous.report.files.flatMap(({ documents }) => documents);
  const seen = new Set<string>();
  const claimed = new Set(names.filter((name) => seen.has(name) || !seen.add(name)));
  const ranges = rangesByDocument(previous.passages);
  return ({ path, hash }) => {
    const file = files.get(path);
    // A skipped file is tried again: what was missing (memory, time) may be there now.
    if (file?.hash !== hash || file.status === 'skipped') return null;
    const documents: CorpusDocument[] = [];
    for (const name of file.documents) {
      const document = previous.documents.get(name);
      if (!document || claimed.has(name)) return null;
      documents.push({ document, passages: ranges.get(name) ?? { from: 0, to: 0 } });
    }
    return { documents, report: { ...file, status: 'unchanged' } };
  };
}

/** Two files can give one path (a folder beside an archive of its name): the first one counts. */
function unique(documents: readonly CorpusDocument[]): CorpusDocument[] {
  const seen = new Set<string>();
  return documents.filter(({ document: { path } }) => !seen.has(path) && seen.add(path));
}
