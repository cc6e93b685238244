import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AdvisorError, messageOf } from '../errors.ts';
import { type Corpus, readCorpus, type Skipped } from './corpus.ts';
import { type Document, sha256 } from './document.ts';
import { type EmbeddedCorpus, embedCorpus } from './embed-corpus.ts';
import { EMBEDDING_SCHEME, type Embedder, type PassageEmbedding } from './embedder.ts';
import {
  currentGeneration,
  fingerprint,
  generationName,
  publish,
  temporaryFolder,
  verifyGeneration,
  writeSynced,
} from './generation.ts';
import { loadHnswlib, writeGraph } from './hnsw-index.ts';
import { withIndexLock } from './index-lock.ts';
import { buildKeywordIndex } from './keyword-index.ts';
import type { StoredDocument, StoredPassage } from './knowledge-base.ts';
import { knownEmbeddings } from './known-embeddings.ts';
import { FILES } from './load-knowledge-base.ts';
import { INDEX_FORMAT, type Manifest } from './manifest.ts';
import type { Model } from './model.ts';
import { type Passage, plainText, splitIntoPassages } from './passage.ts';
import { quantise, sentenceVectorsToBytes } from './sentence-vectors.ts';
import type { Vectors } from './vector-index.ts';

/** Files kept beside the index, made from the documents. Making them may refuse the build by throwing. */
export interface Attachments {
  /** Part of the inputs' hash: changes when what is made would change on the same documents. */
  readonly version: string;
  readonly make: (documents: readonly Document[]) => Promise<ReadonlyMap<string, string>>;
}

export interface BuildOptions {
  readonly corpus: readonly string[];
  readonly indexDirectory: string;
  readonly model: Model;
  /** Called only when something must be embedded. The builder closes what it opened. */
  readonly openEmbedder: () => Promise<Embedder>;
  /** Batches under way at once: the number of embedding processes, and one waiting for each. */
  readonly lanes: number;
  readonly attachments: Attachments;
  readonly onProgress: (done: number, total: number) => void;
}

export interface BuildSummary {
  readonly generation: string;
  /** True when nothing had changed and the current generation stays. */
  readonly unchanged: boolean;
  readonly documents: number;
  readonly passages: number;
  /** Passages embedded in this build; the others were taken over. */
  readonly embedded: number;
  readonly skipped: readonly Skipped[];
  readonly vectorIndex: 'hnsw' | 'exact scan';
}

/**
 * Corpus folders to a published generation. Every failure leaves the old generation serving. Throws CORPUS_EMPTY when
 * no file is usable, INDEX_LOCKED while another build runs, and what the attachments throw.
 */
export async function buildKnowledgeBase(options: BuildOptions): Promise<BuildSummary> {
  const corpus = await readCorpus(options.corpus);
  const inputs = inputsHash(corpus, options);
  return withIndexLock(options.indexDirectory, async () => {
    const unchanged = await unchangedSummary(options.indexDirectory, inputs);
    return unchanged ?? (await build(corpus, inputs, options));
  });
}

function inputsHash(corpus: Corpus, { model, attachments }: BuildOptions): string {
  const files = corpus.files.map(({ path, hash }) => `${path}\0${hash}`);
  return sha256(
    JSON.stringify([INDEX_FORMAT, model.hash, EMBEDDING_SCHEME, attachments.version, files, corpus.skipped]),
  );
}

async function unchangedSummary(indexDirectory: string, inputs: string): Promise<BuildSummary | null> {
  const generation = await currentGeneration(indexDirectory);
  if (!generation) return null;
  const manifest = await verifyGeneration(indexDirectory, generation).catch(() => null);
  if (manifest?.inputs !== inputs) return null;
  const hasGraph = FILES.graph in manifest.files;
  if (!hasGraph && (await loadHnswlib())) return null;
  const { documents, passages } = manifest.counts;
  const vectorIndex = hasGraph ? 'hnsw' : 'exact scan';
  return { generation, unchanged: true, documents, passages, embedded: 0, skipped: manifest.skipped, vectorIndex };
}

async function build(corpus: Corpus, inputs: string, options: BuildOptions): Promise<BuildSummary> {
  const { documents, skipped } = await parse(corpus);
  const passages = documents.flatMap((document) =>
    splitIntoPassages(document).map((passage) => ({ document, passage })),
  );
  if (passages.length === 0) {
    const reasons = skipped.slice(0, 5).map(({ path, reason }) => `${path}: ${reason}`);
    throw new AdvisorError(
      'CORPUS_EMPTY',
      `no usable document in ${options.corpus.join(', ')}: expected .md or .txt files with text${reasons.length ? `; ${reasons.join('; ')}` : ''}. The old index, if any, stays`,
    );
  }
  const attachments = await options.attachments.make(documents);
  const work = passages.map(({ document, passage }) => embeddingWork(document, passage, options.model));
  const opened: { embedder?: Embedder } = {};
  const open = async (): Promise<Embedder> => {
    opened.embedder = await options.openEmbedder();
    return opened.embedder;
  };
  let embedded: EmbeddedCorpus;
  try {
    const known = await knownEmbeddings(options.indexDirectory, options.model);
    embedded = await embedCorpus(work, known, open, options.lanes, options.onProgress);
  } finally {
    await opened.embedder?.close();
  }
  const texts = passages.map(({ document, passage }) => ({
    context: `${passage.title} ${passage.heading}`,
    text: plainText(document.text.slice(passage.start, passage.end)),
  }));
  let row = 0;
  const stored: StoredPassage[] = passages.map(({ passage }, at) => {
    const firstSentence = row;
    row += passage.sentences.length;
    return { ...passage, key: (work[at] as { key: string }).key, firstSentence };
  });
  const vectorIndex = await write({
    corpus,
    inputs,
    options,
    documents,
    stored,
    texts,
    embeddings: embedded.embeddings,
    attachments,
    skipped,
  });
  return {
    generation: vectorIndex.generation,
    unchanged: false,
    documents: documents.length,
    passages: stored.length,
    embedded: embedded.computed,
    skipped,
    vectorIndex: vectorIndex.kind,
  };
}

async function parse(corpus: Corpus): Promise<{ documents: Document[]; skipped: Skipped[] }> {
  // Loaded late: a build that finds nothing changed needs no parser.
  const { parseDocument } = await import('./parse-document.ts');
  const documents: Document[] = [];
  const skipped = [...corpus.skipped];
  for (const { path, bytes } of corpus.files) {
    try {
      documents.push(parseDocument(bytes, path));
    } catch (thrown) {
      skipped.push({ path, reason: messageOf(thrown).replace(`${path}: `, '') });
    }
  }
  return { documents, skipped };
}

function embeddingWork(
  document: Document,
  passage: Passage,
  model: Model,
): { key: string; input: { context: string; sentences: string[] } } {
  const context = passage.heading === '' ? `${passage.title}.` : `${passage.title}. ${plainText(passage.heading)}.`;
  const sentences = passage.sentences.map(({ start, end }) => plainText(document.text.slice(start, end)));
  return {
    key: sha256(JSON.stringify([model.hash, EMBEDDING_SCHEME, context, sentences])).slice(0, 32),
    input: { context, sentences },
  };
}

interface Content {
  readonly corpus: Corpus;
  readonly inputs: string;
  readonly options: BuildOptions;
  readonly documents: readonly Document[];
  readonly stored: readonly StoredPassage[];
  readonly texts: readonly { context: string; text: string }[];
  readonly embeddings: readonly PassageEmbedding[];
  readonly attachments: ReadonlyMap<string, string>;
  readonly skipped: readonly Skipped[];
}

async function write(content: Content): Promise<{ generation: string; kind: 'hnsw' | 'exact scan' }> {
  const { options, documents, stored, embeddings } = content;
  const { dimensions } = options.model;
  const vectors: Vectors = { dimensions, count: stored.length, data: new Float32Array(stored.length * dimensions) };
  embeddings.forEach(({ passage }, at) => {
    vectors.data.set(passage, at * dimensions);
  });
  const sentences = quantise(
    embeddings.flatMap((embedding) => [...embedding.sentences]),
    dimensions,
  );
  const temporary = await temporaryFolder(options.indexDirectory);
  try {
    const save = (name: string, data: string | Uint8Array): Promise<void> => writeSynced(join(temporary, name), data);
    await save(FILES.documents, lines(documents.map(({ blocks: _, ...document }): StoredDocument => document)));
    await save(FILES.passages, lines(stored));
    await save(FILES.vectors, new Uint8Array(vectors.data.buffer));
    await save(FILES.sentences, sentenceVectorsToBytes(sentences));
    await save(FILES.keywords, buildKeywordIndex(content.texts).toBytes());
    for (const [name, text] of content.attachments) await save(name, text);
    const hnswlib = await loadHnswlib();
    if (hnswlib) {
      // Written under another name first: the library's writer cannot sync.
      await writeGraph(hnswlib, vectors, join(temporary, `${FILES.graph}.new`));
      await rename(join(temporary, `${FILES.graph}.new`), join(temporary, FILES.graph));
    }
    const names = [...Object.values(FILES), ...content.attachments.keys()].filter(
      (name) => hnswlib || name !== FILES.graph,
    );
    const files: Record<string, { bytes: number; sha256: string }> = {};
    for (const name of names) files[name] = await fingerprint(join(temporary, name));
    const created = new Date();
    const manifest: Manifest = {
      format: INDEX_FORMAT,
      generation: generationName(created, content.inputs),
      created: created.toISOString(),
      model: { id: options.model.id, hash: options.model.hash },
      dimensions,
      counts: { documents: documents.length, passages: stored.length, sentences: sentences.count },
      inputs: content.inputs,
      corpus: [...options.corpus],
      skipped: [...content.skipped],
      files,
    };
    await publish(options.indexDirectory, temporary, manifest);
    return { generation: manifest.generation, kind: hnswlib ? 'hnsw' : 'exact scan' };
  } catch (thrown) {
    await rm(temporary, { recursive: true, force: true });
    throw thrown;
  }
}

function lines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}
