import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { PRODUCT_DIRECTORY, type Settings } from './config.ts';
import { type BuildSummary, buildKnowledgeBase } from './knowledge/build-knowledge-base.ts';
import type { CorpusOptions } from './knowledge/corpus.ts';
import { readModel } from './knowledge/model.ts';
import { createRuleAttachments } from './recommendation/rule-book.ts';

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
  const model = await readModel(settings.MODEL_DIR);
  const processes = settings.EMBEDDING_PROCESSES;
  return buildKnowledgeBase({
    corpus,
    indexDirectory,
    model,
    openEmbedder: async () => {
      const { createEmbeddingPool } = await import('./knowledge/embedding-pool.ts');
      const threads = Math.max(1, Math.floor(availableParallelism() / processes));
      return createEmbeddingPool({ model, processes, threads, allowRemote: settings.ALLOW_REMOTE_MODELS });
    },
    openParser: async () => (await import('./ingest/child-parser.ts')).createChildParser(),
    async inspect({ directory, manifest, current }) {
      const { inspectApart } = await import('./knowledge/inspect-apart.ts');
      await inspectApart(directory, manifest.generation, settings.MODEL_DIR);
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
    lanes: processes * 2,
    attachments: await createRuleAttachments(join(PRODUCT_DIRECTORY, 'rules'), join(PRODUCT_DIRECTORY, 'corpus')),
    onProgress,
  });
}
