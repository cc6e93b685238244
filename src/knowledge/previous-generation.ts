import { join } from 'node:path';
import type { Document } from './document.ts';
import type { EarlierRows } from './embedding-rows.ts';
import { currentGeneration, readFolderManifest } from './generation.ts';
import { FILES } from './generation-files.ts';
import type { EarlierGraph } from './hnsw-index.ts';
import { readPostings, type TermPlaces } from './keyword-index.ts';
import { readAttachments, readLabels } from './load-knowledge-base.ts';
import type { Manifest } from './manifest.ts';
import type { Model } from './model.ts';
import { type PassageTable, readPassages } from './passage-table.ts';
import type { BuildReport } from './report.ts';
import { readSentenceVectors } from './sentence-vectors.ts';
import { readDocuments } from './stored-documents.ts';
import { type ReadFile, verifiedFiles, verifyFile } from './verified-file.ts';

/** What a build takes over from the generation that serves. Every file of it was compared with the manifest. */
export interface PreviousGeneration extends EarlierRows {
  readonly manifest: Manifest;
  readonly documents: ReadonlyMap<string, Document>;
  readonly passages: PassageTable;
  readonly report: BuildReport;
  /** Which term counts how often in which passage; null in an index that did not keep it. */
  readonly terms: { readonly places: TermPlaces; readonly counts: Uint16Array } | null;
  readonly graph: { readonly file: string; readonly labels: Uint32Array } | null;
  readonly attachments: ReadonlyMap<string, string>;
}

/** The current generation, or null when there is none, it is damaged, or another model made it: all is then made anew. */
export async function previousGeneration(indexDirectory: string, model: Model): Promise<PreviousGeneration | null> {
  try {
    const generation = await currentGeneration(indexDirectory);
    if (!generation) return null;
    const directory = join(indexDirectory, generation);
    const manifest = await readFolderManifest(directory, generation);
    const { files, counts, dimensions } = manifest;
    if (manifest.model.hash !== model.hash || dimensions !== model.dimensions) return null;
    const read = verifiedFiles(directory, files);
    // Together: while one file is hashed, the others are read.
    const [documents, table, vectors, sentences, report, terms, graph] = await Promise.all([
      readDocuments(read),
      read(FILES.passages),
      read(FILES.vectors),
      read(FILES.sentences),
      read(FILES.report),
      readTerms(read, manifest),
      readGraph(directory, manifest),
    ]);
    const passages = readPassages(table, documents);
    const data = new Float32Array(vectors.buffer);
    if (passages.length !== counts.passages || data.length !== counts.passages * dimensions) return null;
    return {
      manifest,
      documents: new Map(documents.map((document) => [document.path, document])),
      passages,
      vectors: { dimensions, count: counts.passages, data },
      sentenceVectors: readSentenceVectors(sentences, counts.sentences, dimensions),
      report: JSON.parse(Buffer.from(report.buffer).toString('utf8')) as BuildReport,
      terms,
      graph,
      attachments: await readAttachments(read, files),
    };
  } catch {
    return null;
  }
}

async function readTerms(
  read: ReadFile,
  { files, counts: { passages } }: Manifest,
): Promise<PreviousGeneration['terms']> {
  const places = readPostings(await read(FILES.keywords));
  if (!(FILES.counts in files)) return null;
  const counts = new Uint16Array((await read(FILES.counts)).buffer);
  return places.size === passages && counts.length === places.ids.length ? { places, counts } : null;
}

async function readGraph(directory: string, { files, counts }: Manifest): Promise<PreviousGeneration['graph']> {
  const [graph, labels] = [files[FILES.graph], files[FILES.labels]];
  if (!graph || !labels) return null;
  const at = (name: string): string => join(directory, name);
  await verifyFile(at(FILES.graph), graph);
  await verifyFile(at(FILES.labels), labels);
  return { file: at(FILES.graph), labels: await readLabels(at(FILES.labels), counts.passages) };
}

/** The previous graph with the new place of each of its vectors. `origins`: new position -> previous one, or -1. */
export function earlierGraph(previous: PreviousGeneration | null, origins: Int32Array): EarlierGraph | null {
  if (!previous?.graph) return null;
  const moved = new Int32Array(previous.passages.length).fill(-1);
  // Of equal passages that come from one, the first has its place in the graph; the others are added.
  for (let at = origins.length - 1; at >= 0; at--) if (origins[at] !== -1) moved[origins[at] as number] = at;
  return { ...previous.graph, moved };
}
