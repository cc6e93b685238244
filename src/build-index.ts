import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Settings } from './config.ts';
import { type BuildSummary, buildKnowledgeBase } from './knowledge/build-knowledge-base.ts';
import type { CorpusOptions } from './knowledge/corpus.ts';
import { createInspector } from './knowledge/inspect-apart.ts';
import { readModel } from './knowledge/model.ts';
import { PRODUCT_DIRECTORY } from './product.ts';
import { createRuleAttachments } from './recommendation/rule-book.ts';

/** Embedding processes of a build at most: each takes some 200 MB. */
const MAX_PROCESSES = 4;
/** Bytes of new files from which several processes embed sooner than one, their start included. */
const LARGE = 64 * 1024;

export interface BuildIndexOptions {
  readonly settings: Settings;
  readonly corpus: readonly string[];
  readonly indexDirectory: string;
  readonly onProgress: (done: number, total: number) => void;
  readonly files?: CorpusOptions;
  readonly allowShrink?: boolean;
  readonly dryRun?: boolean;
  /** Publish although golden questions are answered otherwise. */
  readonly accept?: boolean;
}

/** Wires the build: the product's rules, the model of the settings, a pool of embedding processes. */
export async function buildIndex({
  settings,
  corpus,
  indexDirectory,
  onProgress,
  files,
  allowShrink,
  dryRun,
  accept,
}: BuildIndexOptions): Promise<BuildSummary> {
  // Read while the corpus is; who needs it is told when it fails.
  const attachments = createRuleAttachments(join(PRODUCT_DIRECTORY, 'rules'), join(PRODUCT_DIRECTORY, 'corpus'));
  attachments.catch(() => {});
  const model = await readModel(settings.MODEL_DIR);
  const inspector = createInspector(settings.MODEL_DIR);
  // One thread each: two processes of one thread embed a tenth more than one process of two.
  const most = Math.max(settings.EMBEDDING_PROCESSES, Math.min(MAX_PROCESSES, availableParallelism()));
  const build = buildKnowledgeBase({
    corpus,
    indexDirectory,
    model,
    openEmbedder: async (bytes) => {
      const { createEmbeddingPool } = await import('./knowledge/embedding-pool.ts');
      // Wanted soon as well, and slow to load; whoever needs it is told when it fails.
      import('./ingest/parse-file.ts').catch(() => {});
      const threads = Math.max(1, Math.floor(availableParallelism() / most));
      const allowRemote = settings.ALLOW_REMOTE_MODELS;
      return createEmbeddingPool({
        model,
        processes: most,
        atOnce: bytes < LARGE ? 1 : most,
        threads,
        allowRemote,
      });
    },
    openParser: async () => (await import('./ingest/child-parser.ts')).createChildParser(),
    async inspect({ directory, manifest, current }) {
      await inspector.inspect(directory, manifest.generation);
      const { checkGoldenQuestions } = await import('./golden-questions.ts');
      await checkGoldenQuestions({
        settings,
        model,
        indexDirectory,
        directory,
        manifest,
        current,
        accept: accept ?? false,
      });
    },
    ...(files && { files }),
    allowShrink: allowShrink ?? false,
    dryRun: dryRun ?? false,
    // One batch for each process, and one waiting for it.
    lanes: most * 2,
    onCandidateSoon: inspector.begin,
    onFile: inspector.file,
    attachments,
    onProgress,
  });
  return build.finally(inspector.close);
}
