import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { allDone } from './all-done.ts';
import type { Document } from './document.ts';
import { PARSER_VERSION } from './document-parser.ts';
import { EMBEDDING_SCHEME } from './embedder.ts';
import type { EmbeddingRows } from './embedding-rows.ts';
import { seal, syncFile, writeSynced } from './generation.ts';
import { FILES } from './generation-files.ts';
import { type EarlierGraph, loadHnswlib, writeGraph } from './hnsw-index.ts';
import { buildKeywordIndex } from './keyword-terms.ts';
import type { Manifest } from './manifest.ts';
import type { PassagePlan } from './plan-passages.ts';
import { type BuildReport, reportText } from './report.ts';
import { documentFiles } from './stored-documents.ts';
import type { Vectors } from './vector-index.ts';
import { type Fingerprint, fingerprint } from './verified-file.ts';
import { passagesToBytes } from './write-passages.ts';

export interface GenerationTexts {
  /** With their blocks: a later build takes them over unread. */
  readonly documents: readonly Document[];
  readonly plan: Pick<PassagePlan, 'passages' | 'texts' | 'earlierTerms'>;
  readonly attachments: ReadonlyMap<string, string>;
  readonly report: BuildReport;
  /** The record of the corpus's files (known-files.ts). */
  readonly stamps: string;
}

type Identity = Omit<Manifest, 'files' | 'counts' | 'dimensions' | 'metric' | 'parser' | 'embedding'>;

/** Writes the files of a generation into its temporary folder, each synced. */
export interface GenerationWriter {
  /** What does not wait for the vectors. */
  writeTexts(texts: GenerationTexts): Promise<void>;
  /** The rest, the manifest last. */
  finish(rows: EmbeddingRows, earlier: EarlierGraph | null, identity: Identity): Promise<Manifest>;
}

/** `onWritten` is told of each file when it can be read, which is before it is synced. */
export function createGenerationWriter(
  temporary: string,
  onWritten: (name: string, file: Fingerprint) => void = () => {},
): GenerationWriter {
  const files: Record<string, Fingerprint> = {};
  let documents = 0;
  const save = async (name: string, data: Parameters<typeof writeSynced>[1]): Promise<void> => {
    files[name] = await writeSynced(join(temporary, name), data, (file) => onWritten(name, file));
  };
  const saveGraph = async (vectors: Vectors, earlier: EarlierGraph | null): Promise<void> => {
    const hnswlib = await loadHnswlib();
    if (!hnswlib) return;
    // Written under another name first: the library's writer cannot sync.
    const pending = join(temporary, `${FILES.graph}.new`);
    const labels = await writeGraph(hnswlib, vectors, pending, earlier);
    await syncFile(pending);
    await rename(pending, join(temporary, FILES.graph));
    files[FILES.graph] = await fingerprint(join(temporary, FILES.graph));
    await save(FILES.labels, bytesOf(labels));
  };
  return {
    async writeTexts({ documents: all, plan, attachments, report, stamps }) {
      documents = all.length;
      for (const [name, parts] of Object.entries(documentFiles(all))) await save(name, parts);
      await save(FILES.passages, passagesToBytes(plan.passages, all));
      const { index, counts } = buildKeywordIndex(plan.passages.count, plan.texts, plan.earlierTerms);
      await save(FILES.keywords, index.toBytes());
      await save(FILES.counts, bytesOf(counts));
      await save(FILES.report, reportText(report));
      await save(FILES.stamps, stamps);
      for (const [name, text] of attachments) await save(name, text);
    },
    async finish({ vectors, sentences, sentenceBytes }, earlier, identity) {
      // Together: while one file is synced, the others are written.
      await allDone([
        save(FILES.vectors, bytesOf(vectors.data)),
        save(FILES.sentences, sentenceBytes),
        saveGraph(vectors, earlier),
      ]);
      const { count: passages, dimensions } = vectors;
      const counts = { documents, passages, sentences: sentences.count };
      const made = { metric: 'cosine', parser: PARSER_VERSION, embedding: EMBEDDING_SCHEME } as const;
      // Sorted: the order in which files were finished is chance.
      const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
      const manifest: Manifest = { ...identity, ...made, dimensions, counts, files: sorted };
      await seal(temporary, manifest);
      return manifest;
    },
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint16Array | Uint32Array | Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
