import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createProgress } from './adapters/terminal/progress.ts';
import { startWebServer } from './adapters/web/server.ts';
import { createAnswerer } from './answer/answer-question.ts';
import { buildIndex } from './build-index.ts';
import { corpusFolders, PRODUCT_DIRECTORY, readConfig, readEnvironment, type Settings } from './config.ts';
import { AdvisorError, messageOf } from './errors.ts';
import { createEmbeddingPool } from './knowledge/embedding-pool.ts';
import { currentGeneration } from './knowledge/generation.ts';
import { readModel } from './knowledge/model.ts';
import { createLogger, type Logger } from './logger.ts';
import { openLibrary } from './open-library.ts';

/** Something that runs until it is closed. */
interface Running {
  close(): Promise<void>;
}

try {
  const settings = readConfig(readEnvironment());
  const logger = createLogger(settings.LOG_LEVEL);
  stopOnSignals(await start(settings, logger), logger);
} catch (thrown) {
  const code = thrown instanceof AdvisorError ? thrown.code : 'START_FAILED';
  process.stderr.write(`start failed (${code}): ${messageOf(thrown)}\n`);
  process.exitCode = 1;
}

async function start(settings: Settings, logger: Logger): Promise<Running[]> {
  const model = await readModel(settings.MODEL_DIR);
  if ((await currentGeneration(settings.INDEX_DIR)) === null) {
    console.log(`No index in ${settings.INDEX_DIR} yet: building it from ${settings.CORPUS_DIR}.`);
    const summary = await buildIndex({
      settings,
      corpus: corpusFolders(settings),
      indexDirectory: settings.INDEX_DIR,
      onProgress: createProgress(process.stderr, 'embedding passages'),
    });
    for (const { path, reason } of summary.skipped) logger.warn({ path, reason }, 'file skipped');
  }
  const { library, warnings } = await openLibrary(settings.INDEX_DIR, model);
  for (const warning of warnings) logger.warn(warning);
  const processes = settings.EMBEDDING_PROCESSES;
  const embedder = await createEmbeddingPool({
    model,
    processes,
    threads: Math.max(1, Math.floor(availableParallelism() / processes)),
    allowRemote: settings.ALLOW_REMOTE_MODELS,
  });
  const answerQuestion = createAnswerer({ library: () => library, embedder });
  const { manifest, vectorIndex } = library.knowledge;
  console.log(
    `Index ${manifest.generation}: ${manifest.counts.documents} documents, ${manifest.counts.passages} passages, vector index: ${vectorIndex.kind}, model ${manifest.model.id}.`,
  );
  const web = await startWebServer({
    port: settings.PORT,
    pageDirectory: join(PRODUCT_DIRECTORY, 'src/adapters/web/page'),
    answerQuestion,
    library: () => library,
    logger,
  });
  console.log(`Local web chat: ${web.url}`);
  console.log(
    'To connect Slack or Discord, put their tokens into .env: README.md, sections "Slack" and "Discord", has every click.',
  );
  return [web, embedder];
}

/** The first signal ends what runs in order; a second one ends the process at once. */
function stopOnSignals(running: readonly Running[], logger: Logger): void {
  let stopping = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.info({ signal }, 'stopping');
    for (const part of running)
      await part.close().catch((thrown: unknown) => logger.error({ error: messageOf(thrown) }, 'did not stop cleanly'));
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(signal));
}
