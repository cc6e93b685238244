import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { type RunningSlack, type SlackMode, startSlack } from '../../src/adapters/slack/start.ts';
import type { AnswerQuestion } from '../../src/answer/answer.ts';
import type { Library } from '../../src/answer/answer-question.ts';
import { createAdministration } from '../../src/conversation/administration.ts';
import { createAdvice } from '../../src/conversation/advice.ts';
import { createConversation } from '../../src/conversation/conversation.ts';
import { createOffers, type Offers } from '../../src/conversation/offers.ts';
import type { IndexAdministration } from '../../src/index-administration.ts';
import { createLogger } from '../../src/logger.ts';
import { requirementGroups } from '../../src/reply/requirement-groups.ts';
import { openSqliteState } from '../../src/state/sqlite-state.ts';
import type { State } from '../../src/state/state.ts';
import { APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, type SlackEmulator } from './slack-emulator/emulator.ts';

export interface SlackBot {
  /** Where requests are posted in HTTP mode. */
  readonly url: string;
  readonly slack: RunningSlack;
  readonly state: State;
  readonly offers: Offers;
  /** What the bot said that it cannot go on from. */
  readonly fatal: string[];
  /** What `/index` was made to do. */
  readonly done: string[];
  close(): Promise<void>;
}

export interface SlackBotOptions {
  readonly emulator: SlackEmulator;
  readonly by: 'http' | 'socket';
  readonly answerQuestion: AnswerQuestion;
  readonly library: Library;
  readonly state?: State;
  readonly asksPerMinute?: number;
  readonly patienceMs?: number;
  readonly mode?: Partial<SlackMode>;
  readonly generation?: () => string;
  readonly now?: () => number;
}

/** The real adapter on the real Bolt, against an emulator, in this process. */
export async function startSlackBot(options: SlackBotOptions): Promise<SlackBot> {
  const { emulator, by, answerQuestion, library } = options;
  const state = options.state ?? openSqliteState(':memory:', options.now ? { now: options.now } : {});
  const logger = createLogger(process.env.TEST_LOG ?? 'silent');
  const done: string[] = [];
  const note = (what: string) => async () => {
    done.push(what);
    return what;
  };
  const index: IndexAdministration = {
    status: async () => ({ current: 'g1', generations: [], builder: null }),
    rebuild: note('rebuild'),
    rollback: note('rollback'),
    diff: async () => {
      throw new Error('there is no generation before g1');
    },
    verify: async () => {
      throw new Error('not used');
    },
  };
  const advice = createAdvice({
    answerQuestion,
    library: () => library,
    state,
    policies: { everywhere: [], workspaces: {} },
    decisionsFolder: '/tmp/advisor-test-decisions',
    logger,
  });
  const administer = createAdministration({ administrators: ['T0TEAM:U0ADMIN'], index, state, logger });
  const { asksPerMinute = 10_000, patienceMs = 30_000 } = options;
  const conversation = createConversation({ advice, administer, state, logger, asksPerMinute, patienceMs });
  const generation = options.generation ?? (() => library.knowledge.manifest.generation);
  const offers = createOffers({ advice, state, generation, logger, intervalMs: 1e6 });
  const port = by === 'http' ? await freePort() : 0;
  const fatal: string[] = [];
  let ready: () => void = () => {};
  const isReady = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const slack = await startSlack({
    mode: {
      http: by === 'http' ? { port, signingSecret: SIGNING_SECRET } : null,
      appToken: by === 'socket' ? APP_TOKEN : null,
      botToken: BOT_TOKEN,
      oauth: null,
      ...options.mode,
    },
    apiUrl: emulator.apiUrl,
    conversation,
    offers,
    state,
    groups: () => requirementGroups(library.rules.labels),
    homeFacts: (user) => ({
      documents: 130,
      passages: 824,
      generation: 'g1',
      built: '2026-11-20T10:00:00Z',
      checked: '2026-11-20',
      asksPerMinute,
      administrators: 1,
      canAdminister: user === 'T0TEAM:U0ADMIN',
    }),
    logger,
    onFatal: (reason) => {
      fatal.push(reason);
      ready();
    },
    onReady: () => ready(),
  });
  await isReady;
  if (by === 'socket' && fatal.length === 0) await until(() => emulator.sockets.count() === 2);
  return {
    url: `http://127.0.0.1:${port}/slack/events`,
    slack,
    state,
    offers,
    fatal,
    done,
    async close() {
      offers.close();
      await slack.close();
      if (!options.state) await state.close();
    },
  };
}

/** Waits for a condition, up to so many milliseconds; throws what it was when it does not come. */
export async function until(condition: () => boolean, milliseconds = 15_000, what = String(condition)): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not within ${milliseconds} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
