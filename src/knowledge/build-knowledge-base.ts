import { rm } from 'node:fs/promises';
import { AdvisorError } from '../errors.ts';
import { allDone } from './all-done.ts';
import { generationOf, inputsHash } from './build-inputs.ts';
import { type Changes, changesBetween, NO_CHANGES } from './changes.ts';
import { type Corpus, type CorpusOptions, readCorpus, type Skipped } from './corpus.ts';
import type { Document } from './document.ts';
import { createTextParser, type DocumentParser } from './document-parser.ts';
import { embedCorpus } from './embed-corpus.ts';
import type { PassageEmbedding } from './embedder.ts';
import { allocateEmbeddingRows, type EmbeddingRows } from './embedding-rows.ts';
import { currentGeneration, generationName, nextCreation, publish, temporaryFolder } from './generation.ts';
import { FILES, type GenerationFiles } from './generation-files.ts';
import { type Lease, withIndexLock } from './index-lock.ts';
import { knownFilesText, readKnownFiles } from './known-files.ts';
import { createLateEmbedder, type LateEmbedder, type OpenEmbedder } from './late-embedder.ts';
import { INDEX_FORMAT, type Manifest } from './manifest.ts';
import type { Model } from './model.ts';
import type { PassagePlan } from './plan-passages.ts';
import type { BuildReport } from './report.ts';
import type { Fingerprint } from './verified-file.ts';

/** Files kept beside the index, made from the documents. Making them may refuse the build by throwing. */
export interface Attachments {
  /** Part of the inputs' hash: changes when what is made would change on the same documents. */
  readonly version: string;
  readonly make: (
    documents: readonly Document[],
    /** What was made for the generation before; empty when there is none. */
    earlier: ReadonlyMap<string, string>,
  ) => Promise<ReadonlyMap<string, string>>;
}

export interface BuildOptions {
  readonly corpus: readonly string[];
  readonly indexDirectory: string;
  readonly model: Model;
  /**
   * Called once, ahead: at the first file that is new, with 0 bytes where an index is, so that little is expected to be
   * new, and otherwise with the bytes of all new files. The builder closes what it opened.
   */
  readonly openEmbedder: OpenEmbedder;
  /** Called before `inspect`, once or twice, so that what it needs can start. */
  readonly onCandidateSoon?: () => void;
  /** Called where little is left to embed, with each file that is written: it can be inspected while others are made. */
  readonly onFile?: (directory: string, name: string, file: Fingerprint) => void;
  /** Batches under way at once: the number of embedding processes, and one waiting for each. */
  readonly lanes: number;
  readonly attachments: Attachments | Promise<Attachments>;
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
  /** What became of each file; null where nothing had changed. */
  readonly report: BuildReport | null;
}

/** Share of the passages that may vanish at once without the operator saying so. */
const MAX_SHRINK = 0.2;
/** Passages that are embedded in less time than a process takes to start. */
const FEW = 20;
/** Passages. In an index of fewer, one short document is a fifth. */
const GUARDED_FROM = 20;

/**
 * Corpus folders to a published generation. Every failure leaves the old generation serving. Throws CORPUS_EMPTY when
 * no file is usable, INDEX_LOCKED while another build runs, and what the attachments throw.
 */
export async function buildKnowledgeBase(options: BuildOptions): Promise<BuildSummary> {
  return withIndexLock(options.indexDirectory, async (lease) => {
    const embedder = createLateEmbedder(options.openEmbedder);
    try {
      const known = await readKnownFiles(options.indexDirectory);
      const seen = new Set([...known.values()].map(({ hash }) => hash));
      const expect = (bytes: number): void => (options.dryRun ? undefined : embedder.begin(bytes));
      // Where an index is, little is new mostly. The start of the model takes as long as all that goes before its use.
      const onRead = (hash: string): void => (seen.size === 0 || seen.has(hash) ? undefined : expect(0));
      const corpus = await readCorpus(options.corpus, { ...options.files, known, onRead });
      const attachments = await options.attachments;
      const inputs = inputsHash(corpus, options.model, attachments.version);
      const unchanged = await generationOf(inputs, options.indexDirectory);
      if (unchanged) return unchangedSummary(unchanged);
      const fresh = corpus.files.filter(({ hash }) => !seen.has(hash)).reduce((sum, { size }) => sum + size, 0);
      if (fresh > 0) expect(fresh);
      return await build(corpus, inputs, lease, embedder, { ...options, attachments });
    } finally {
      await embedder.close();
    }
  });
}

function unchangedSummary({ generation, counts, skipped, files }: Manifest): BuildSummary {
  const { documents, passages } = counts;
  const nothing = { unchanged: true, embedded: 0, changes: NO_CHANGES, report: null };
  return { ...nothing, generation, documents, passages, skipped, vectorIndex: kindOf(files) };
}

function kindOf(files: GenerationFiles): BuildSummary['vectorIndex'] {
  return FILES.graph in files ? 'hnsw' : 'exact scan';
}

async function build(
  corpus: Corpus,
  inputs: string,
  lease: Lease,
  embedder: LateEmbedder,
  options: BuildOptions & { readonly attachments: Attachments },
): Promise<BuildSummary> {
  // Loaded late: a build that finds nothing changed needs none of it.
  const [
    { parseCorpus },
    { earlierGraph, previousGeneration },
    { planPassages, takeOverRows },
    { createGenerationWriter },
  ] = await Promise.all([
    import('./parse-corpus.ts'),
    import('./previous-generation.ts'),
    import('./plan-passages.ts'),
    import('./write-generation.ts'),
  ]);
  const { model, indexDirectory } = options;
  const previous = await previousGeneration(indexDirectory, model);
  const parsed = await parseCorpus(corpus, previous, options.openParser ?? (async () => createTextParser()));
  const documents = parsed.documents.map(({ document }) => document);
  const plan = planPassages(parsed.documents, previous, model.hash);
  // Other folders are another corpus: its size says nothing about a loss.
  const isSameCorpus = JSON.stringify(previous?.manifest.corpus) === JSON.stringify(options.corpus);
  const { skipped, report } = parsed;
  const { count, firstSentences } = plan.passages;
  guardCounts(count, isSameCorpus ? (previous?.manifest.counts.passages ?? 0) : 0, skipped, options);
  const changes = changesBetween(previous?.documents ?? new Map(), documents);
  const embedded = plan.missing.length;
  const summary = {
    unchanged: false,
    documents: documents.length,
    passages: count,
    embedded,
    skipped,
    changes,
    report,
  };
  if (options.dryRun)
    return { ...summary, generation: previous?.manifest.generation ?? 'none', vectorIndex: 'exact scan' };
  const isSoon = previous !== null && plan.missing.length < FEW;
  // By now the embedding process has started: of two at once each takes the other's time.
  if (isSoon) options.onCandidateSoon?.();
  const attachments = await options.attachments.make(documents, previous?.attachments ?? new Map());
  const temporary = await temporaryFolder(indexDirectory);
  try {
    const writer = createGenerationWriter(temporary, (name, file) => {
      if (isSoon) options.onFile?.(temporary, name, file);
    });
    const rows = allocateEmbeddingRows(model.dimensions, count, firstSentences[count] as number);
    const texts = { documents, plan, attachments, report, stamps: knownFilesText(corpus.files) };
    await allDone([
      writer.writeTexts(texts),
      embedMissing(plan, rows, embedder, options),
      previous && takeOverRows(plan, previous, rows),
    ]);
    const created = await nextCreation(indexDirectory);
    const manifest = await writer.finish(rows, earlierGraph(previous, plan.passages.origins), {
      format: INDEX_FORMAT,
      generation: generationName(created, inputs),
      created: created.toISOString(),
      model: { id: model.id, hash: model.hash },
      inputs,
      corpus: [...options.corpus],
      parent: previous?.manifest.generation ?? null,
      skipped: [...skipped],
    });
    await options.inspect?.({ directory: temporary, manifest, current: await currentGeneration(indexDirectory) });
    await publish(indexDirectory, temporary, manifest, lease);
    return { ...summary, generation: manifest.generation, vectorIndex: kindOf(manifest.files) };
  } catch (thrown) {
    await rm(temporary, { recursive: true, force: true });
    throw thrown;
  }
}

async function embedMissing(
  { missing, passages }: PassagePlan,
  rows: EmbeddingRows,
  embedder: LateEmbedder,
  options: BuildOptions,
): Promise<void> {
  if (missing.length > 0) {
    const work = missing.map(({ position, input }) => ({
      input,
      done: (embedding: PassageEmbedding) => rows.put(position, passages.firstSentences[position] as number, embedding),
    }));
    await embedCorpus(work, await embedder.ready(), options.lanes, options.onProgress);
  }
  options.onCandidateSoon?.();
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
