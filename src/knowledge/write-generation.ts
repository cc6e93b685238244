import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Document } from './document.ts';
import { PARSER_VERSION } from './document-parser.ts';
import type { PassageEmbedding } from './embedder.ts';
import { EMBEDDING_SCHEME } from './embedder.ts';
import { seal, syncFile, writeSynced } from './generation.ts';
import { type EarlierGraph, loadHnswlib, writeGraph } from './hnsw-index.ts';
import { buildKeywordIndex } from './keyword-index.ts';
import type { StoredPassage } from './knowledge-base.ts';
import { FILES } from './load-knowledge-base.ts';
import type { Manifest } from './manifest.ts';
import { passagesToBytes } from './passage-table.ts';
import type { BuildReport } from './report.ts';
import { quantise, sentenceVectorsToBytes } from './sentence-vectors.ts';
import { documentFiles } from './stored-documents.ts';
import type { Vectors } from './vector-index.ts';
import { fingerprint } from './verified-file.ts';

export interface GenerationContent {
  /** With their blocks: a later build takes them over unread. */
  readonly documents: readonly Document[];
  readonly passages: readonly StoredPassage[];
  readonly embeddings: readonly PassageEmbedding[];
  /** What the keyword index reads of each passage. */
  readonly texts: readonly { readonly context: string; readonly text: string }[];
  readonly attachments: ReadonlyMap<string, string>;
  readonly report: BuildReport;
  readonly earlier: EarlierGraph | null;
}

/** Writes every file of a generation into its temporary folder, each synced and read back, the manifest last. */
export async function writeGeneration(
  temporary: string,
  dimensions: number,
  content: GenerationContent,
  identity: Omit<Manifest, 'files' | 'counts' | 'dimensions' | 'metric' | 'parser' | 'embedding'>,
): Promise<Manifest> {
  const { documents, passages, embeddings } = content;
  const vectors: Vectors = { dimensions, count: passages.length, data: new Float32Array(passages.length * dimensions) };
  for (const [at, { passage }] of embeddings.entries()) vectors.data.set(passage, at * dimensions);
  const rows = embeddings.flatMap(({ sentences }) => [...sentences]);
  const sentences = quantise(rows, dimensions);
  const names: string[] = [];
  const save = async (name: string, data: Parameters<typeof writeSynced>[1]): Promise<void> => {
    names.push(name);
    await writeSynced(join(temporary, name), data);
  };
  for (const [name, parts] of Object.entries(documentFiles(documents))) await save(name, parts);
  await save(FILES.passages, passagesToBytes(passages, documents));
  await save(FILES.vectors, new Uint8Array(vectors.data.buffer));
  await save(FILES.sentences, sentenceVectorsToBytes(sentences));
  await save(FILES.keywords, buildKeywordIndex(content.texts).toBytes());
  await save(FILES.report, `${JSON.stringify(content.report, null, 1)}\n`);
  for (const [name, text] of content.attachments) await save(name, text);
  const hnswlib = await loadHnswlib();
  if (hnswlib) {
    // Written under another name first: the library's writer cannot sync.
    const pending = join(temporary, `${FILES.graph}.new`);
    const labels = await writeGraph(hnswlib, vectors, pending, content.earlier);
    await syncFile(pending);
    await rename(pending, join(temporary, FILES.graph));
    names.push(FILES.graph);
    await save(FILES.labels, new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength));
  }
  const files: Record<string, { bytes: number; sha256: string }> = {};
  for (const name of names) files[name] = await fingerprint(join(temporary, name));
  const counts = { documents: documents.length, passages: passages.length, sentences: sentences.count };
  const made = { metric: 'cosine', parser: PARSER_VERSION, embedding: EMBEDDING_SCHEME } as const;
  const manifest: Manifest = { ...identity, ...made, dimensions, counts, files };
  await seal(temporary, manifest);
  return manifest;
}
