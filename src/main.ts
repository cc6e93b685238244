import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { startDiscordBySettings } from './adapters/discord/start.ts';
import { startHealthServer } from './adapters/health/server.ts';
import { slackMode } from './adapters/slack/settings.ts';
import { startSlack } from './adapters/slack/start.ts';
import { createProgress } from './adapters/terminal/progress.ts';
import { startWebServer } from './adapters/web/server.ts';
import type { AnswerQuestion } from './answer/answer.ts';
import { createAnswerer } from './answer/answer-question.ts';
import { buildIndex } from './build-index.ts';
import { openChat } from './chat.ts';
import { corpusFolders, readConfig, readEnvironment, type Settings } from './config.ts';
import { AdvisorError, messageOf } from './errors.ts';
import { createEmbeddingPool } from './knowledge/embedding-pool.ts';
import { type Model, readModel } from './knowledge/model.ts';
import { type LiveLibrary, openLiveLibrary } from './live-library.ts';
import { createLogger, type Logger } from './logger.ts';
import { PRODUCT_DIRECTORY } from './product.ts';
import { readPolicy } from './recommendation/policy.ts';

/** Something that runs until it is closed. */
interface Running {
  close(): Promise<void>;
}

let stopping = false;
let unhandled = 0;

try {
  const settings = readConfig(readEnvironment());
  const logger = createLogger(settings.LOG_LEVEL);
  // Slack's libraries reject inside themselves on envelopes that they do not know; nobody else could catch that.
  process.on('unhandledRejection', (reason) => {
    unhandled++;
    logger.error({ error: messageOf(reason) }, 'a promise was rejected that nobody waited for');
  });
  stopOnSignals(await start(settings, logger), logger);
} catch (thrown) {
  const code = thrown instanceof AdvisorError ? thrown.code : 'START_FAILED';
  process.stderr.write(`start failed (${code}): ${messageOf(thrown)}\n`);
  process.exitCode = 1;
}

async function start(settings: Settings, logger: Logger): Promise<Running[]> {
  const slackBy = slackMode(settings);
  const model = await readModel(settings.MODEL_DIR);
  const live = await openOrBuild(settings, model, logger);
  const { library } = live;
  for (const warning of live.warnings()) logger.warn(warning);
  const processes = settings.EMBEDDING_PROCESSES;
  const embedder = await createEmbeddingPool({
    model,
    processes,
    threads: Math.max(1, Math.floor(availableParallelism() / processes)),
    allowRemote: settings.ALLOW_REMOTE_MODELS,
  });
  const counts = { answered: 0, abstained: 0, failed: 0 };
  const answerer = createAnswerer({ library, embedder, policy: readPolicy(settings.POLICY_FILE) });
  // The first answer loads and compiles what all need, half a second of it on the event loop: it is nobody's.
  await answerer('PyTorch or TensorFlow for a phone app?');
  const answerQuestion = counting(answerer, counts);
  const { manifest, vectorIndex } = library().knowledge;
  console.log(
    `Index ${manifest.generation}: ${manifest.counts.documents} documents, ${manifest.counts.passages} passages, vector index: ${vectorIndex.kind}, model ${manifest.model.id}.`,
  );
  const web = await startWebServer({
    port: settings.PORT,
    pageDirectory: join(PRODUCT_DIRECTORY, 'src/adapters/web/page'),
    answerQuestion,
    library,
    decisionsDirectory: join(settings.STATE_DIR, 'decisions'),
    logger,
  });
  console.log(`Local web chat: ${web.url}`);
  const chat = slackBy || settings.DISCORD_TOKEN ? openChat(settings, { answerQuestion, library, logger }) : null;
  const platforms = { logger, onReady: (text: string) => console.log(text), onFatal: endWith };
  const slack =
    chat && slackBy ? await startSlack({ ...chat, ...platforms, mode: slackBy, apiUrl: settings.SLACK_API_URL }) : null;
  const discord = chat ? startDiscordBySettings(settings, { ...chat, ...platforms }) : null;
  // The adapters end first: their answers under way still need the index, the model and the state.
  const running = [slack, discord, web, chat, live, embedder].filter((part) => part !== null);
  if (settings.HEALTH_PORT === undefined) return running;
  const health = await startHealthServer(settings.HEALTH_PORT, () => ({
    notReady: [...(stopping ? ['stopping'] : []), ...(slack?.notReady() ?? [])],
    notes: live.warnings(),
    metrics: {
      advisor_answers_total: counts.answered,
      advisor_abstentions_total: counts.abstained,
      advisor_failures_total: counts.failed,
      advisor_index_warnings: live.warnings().length,
      advisor_index_passages: library().knowledge.manifest.counts.passages,
      advisor_memory_bytes: process.memoryUsage.rss(),
      advisor_under_way: chat?.conversation.underWay() ?? 0,
      advisor_unhandled_rejections_total: unhandled,
      ...(slack && {
        advisor_slack_posts_total: slack.counts.posted,
        advisor_slack_posts_ambiguous_total: slack.counts.ambiguous,
        advisor_slack_posts_failed_total: slack.counts.failed,
      }),
    },
  }));
  return [...running, health];
}

/** What can never work is said in one line that an operator can act upon, and ends the process. */
function endWith(reason: string): void {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}

/** Opens the index; where there is none, or one of another version or model, builds it first. */
async function openOrBuild(settings: Settings, model: Model, logger: Logger): Promise<LiveLibrary> {
  const options = { indexDirectory: settings.INDEX_DIR, model, logger };
  try {
    return await openLiveLibrary(options);
  } catch (thrown) {
    const code = thrown instanceof AdvisorError ? thrown.code : '';
    if (code !== 'INDEX_MISSING' && code !== 'INDEX_MISMATCH') throw thrown;
    console.log(`Building the index from ${settings.CORPUS_DIR}: ${messageOf(thrown)}`);
  }
  const summary = await buildIndex({
    settings,
    corpus: corpusFolders(settings),
    indexDirectory: settings.INDEX_DIR,
    onProgress: createProgress(process.stderr, 'embedding passages'),
  });
  for (const { path, reason } of summary.skipped) logger.warn({ path, reason }, 'file skipped');
  return openLiveLibrary(options);
}

/** The same answerer, with what it did counted. */
function counting(
  answerQuestion: AnswerQuestion,
  counts: { answered: number; abstained: number; failed: number },
): AnswerQuestion {
  return async (question, options) => {
    try {
      const answer = await answerQuestion(question, options);
      counts[answer.kind]++;
      return answer;
    } catch (thrown) {
      counts.failed++;
      throw thrown;
    }
  };
}

/** The first signal ends what runs in order; a second one ends the process at once. */
function stopOnSignals(running: readonly Running[], logger: Logger): void {
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
