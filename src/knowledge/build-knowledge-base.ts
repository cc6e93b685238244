import { rm } from 'node:fs/promises';
import { AdvisorError } from '../errors.ts';
import { type Corpus, type CorpusOptions, readCorpus, type Skipped } from './corpus.ts';
import { type Document, sha256 } from './document.ts';
import { createTextParser, type DocumentParser, PARSER_VERSION } from './document-parser.ts';
import { type EmbeddedCorpus, embedCorpus } from './embed-corpus.ts';
import { EMBEDDING_SCHEME, type Embedder, type PassageInput } from './embedder.ts';
import {
  currentGeneration,
  generationName,
  nextCreation,
  publish,
  temporaryFolder,
  verifyGeneration,
} from './generation.ts';
import { loadHnswlib } from './hnsw-index.ts';
import { type Lease, withIndexLock } from './index-lock.ts';
import type { StoredPassage } from './knowledge-base.ts';
import { FILES } from './load-knowledge-base.ts';
import { INDEX_FORMAT, type Manifest } from './manifest.ts';
import type { Model } from './model.ts';

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
  /** Called only when a file must be parsed. Default: Markdown and plain text in this process. */
  readonly openParser?: () => Promise<DocumentParser>;
  /** Which files of the folders count. */
  readonly files?: CorpusOptions;
  /** Looks at a finished generation in its temporary folder; throws INDEX_REJECTED when it must not be published. */
  readonly inspect?: (candidate: Candidate) => Promise<void>;
  /** Publish although passages fell by more than a fifth. */
  readonly allowShrink?: boolean;
  /** Say what would change, publish nothing. */
  readonly dryRun?: boolean;
}

/** A generation that is whole but not published. */
export interface Candidate {
  readonly directory: string;
  readonly manifest: Manifest;
  /** The generation that serves now, or null. */
  readonly current: string | null;
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
  /** Documents against the generation before; in a dry run what would be. */
  readonly changes: Changes;
}

export interface Changes {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

const NO_CHANGES: Changes = { added: [], changed: [], removed: [] };
/** Share of the passages that may vanish at once without the operator saying so. */
const MAX_SHRINK = 0.2;
/** Passages. In an index of fewer, one short document is a fifth. */
const GUARDED_FROM = 20;

/**
 * Corpus folders to a published generation. Every failure leaves the old generation serving. Throws CORPUS_EMPTY when
 * no file is usable, INDEX_LOCKED while another build runs, and what the attachments throw.
 */
export async function buildKnowledgeBase(options: BuildOptions): Promise<BuildSummary> {
  const corpus = await readCorpus(options.corpus, options.files);
  const inputs = inputsHash(corpus, options);
  return withIndexLock(options.indexDirectory, async (lease) => {
    const unchanged = await unchangedSummary(options.indexDirectory, inputs);
    return unchanged ?? (await build(corpus, inputs, lease, options));
  });
}

function inputsHash(corpus: Corpus, { model, attachments }: BuildOptions): string {
  const files = corpus.files.map(({ path, hash }) => `${path}\0${hash}`);
  const versions = [INDEX_FORMAT, PARSER_VERSION, model.hash, EMBEDDING_SCHEME, attachments.version];
  return sha256(JSON.stringify([versions, files, corpus.skipped]));
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
  const { skipped } = manifest;
  return { generation, unchanged: true, documents, passages, embedded: 0, skipped, vectorIndex, changes: NO_CHANGES };
}

async function build(corpus: Corpus, inputs: string, lease: Lease, options: BuildOptions): Promise<BuildSummary> {
  // Loaded late: a build that finds nothing changed needs none of it.
  const [{ parseCorpus }, { earlierGraph, knownEmbeddings, previousGeneration }, { plainText }] = await Promise.all([
    import('./parse-corpus.ts'),
    import('./previous-generation.ts'),
    import('./passage.ts'),
  ]);
  const { model, indexDirectory } = options;
  const previous = await previousGeneration(indexDirectory, model);
  const parsed = await parseCorpus(corpus, previous, options.openParser ?? (async () => createTextParser()));
  const documents = parsed.documents.map(({ document }) => document);
  const work: { key: string; input: PassageInput }[] = [];
  const texts: { context: string; text: string }[] = [];
  const passages: StoredPassage[] = [];
  let row = 0;
  for (const { document, passages: own } of parsed.documents) {
    for (const passage of own) {
      const title = passage.title;
      const context = passage.heading === '' ? `${title}.` : `${title}. ${plainText(passage.heading)}.`;
      const sentences = passage.sentences.map(({ start, end }) => plainText(document.text.slice(start, end)));
      const key = sha256(JSON.stringify([model.hash, EMBEDDING_SCHEME, context, sentences])).slice(0, 32);
      work.push({ key, input: { context, sentences } });
      texts.push({
        context: `${title} ${passage.heading}`,
        text: plainText(document.text.slice(passage.start, passage.end)),
      });
      passages.push({ ...passage, key, firstSentence: row });
      row += passage.sentences.length;
    }
  }
  // Other folders are another corpus: its size says nothing about a loss.
  const isSameCorpus = JSON.stringify(previous?.manifest.corpus) === JSON.stringify(options.corpus);
  guardCounts(passages.length, isSameCorpus ? (previous?.manifest.counts.passages ?? 0) : 0, parsed.skipped, options);
  const changes = changesBetween(previous?.documents ?? new Map(), documents);
  const known = knownEmbeddings(previous);
  const { skipped } = parsed;
  const summary = { unchanged: false, documents: documents.length, passages: passages.length, skipped, changes };
  if (options.dryRun) {
    const embedded = work.reduce((sum, { key }) => sum + (known(key) ? 0 : 1), 0);
    return { ...summary, generation: previous?.manifest.generation ?? 'none', embedded, vectorIndex: 'exact scan' };
  }
  const attachments = await options.attachments.make(documents);
  const embedded = await embed(work, known, options);
  const temporary = await temporaryFolder(indexDirectory);
  try {
    const created = await nextCreation(indexDirectory);
    const manifest = await (await import('./write-generation.ts')).writeGeneration(
      temporary,
      model.dimensions,
      {
        documents,
        passages,
        embeddings: embedded.embeddings,
        texts,
        attachments,
        report: parsed.report,
        earlier: earlierGraph(previous, passages),
      },
      {
        format: INDEX_FORMAT,
        generation: generationName(created, inputs),
        created: created.toISOString(),
        model: { id: model.id, hash: model.hash },
        inputs,
        corpus: [...options.corpus],
        parent: previous?.manifest.generation ?? null,
        skipped: [...skipped],
      },
    );
    await options.inspect?.({ directory: temporary, manifest, current: await currentGeneration(indexDirectory) });
    await publish(indexDirectory, temporary, manifest, lease);
    const vectorIndex = FILES.graph in manifest.files ? 'hnsw' : 'exact scan';
    return { ...summary, generation: manifest.generation, embedded: embedded.computed, vectorIndex };
  } catch (thrown) {
    await rm(temporary, { recursive: true, force: true });
    throw thrown;
  }
}

function guardCounts(count: number, before: number, skipped: readonly Skipped[], options: BuildOptions): void {
  if (count === 0) {
    const reasons = skipped.slice(0, 5).map(({ path, reason }) => `${path}: ${reason}`);
    throw new AdvisorError(
      'CORPUS_EMPTY',
      `no usable document in ${options.corpus.join(', ')}: expected documents with text${reasons.length ? `; ${reasons.join('; ')}` : ''}. The old index, if any, stays`,
    );
  }
  if (before >= GUARDED_FROM && count < before * (1 - MAX_SHRINK) && !options.allowShrink && !options.dryRun) {
    throw new AdvisorError(
      'INDEX_REJECTED',
      `the index would shrink from ${before} to ${count} passages: when that is meant, build again with --allow-shrink. The old index stays`,
    );
  }
}

async function embed(
  work: readonly { key: string; input: PassageInput }[],
  known: Parameters<typeof embedCorpus>[1],
  options: BuildOptions,
): Promise<EmbeddedCorpus> {
  const opened: { embedder?: Embedder } = {};
  const open = async (): Promise<Embedder> => {
    opened.embedder = await options.openEmbedder();
    return opened.embedder;
  };
  try {
    return await embedCorpus(work, known, open, options.lanes, options.onProgress);
  } finally {
    await opened.embedder?.close();
  }
}

function changesBetween(before: ReadonlyMap<string, Document>, now: readonly Document[]): Changes {
  const paths = new Set(now.map(({ path }) => path));
  return {
    added: now.filter(({ path }) => !before.has(path)).map(({ path }) => path),
    changed: now
      .filter(({ path, hash }) => before.has(path) && before.get(path)?.hash !== hash)
      .map(({ path }) => path),
    removed: [...before.keys()].filter((path) => !paths.has(path)),
  };
}
