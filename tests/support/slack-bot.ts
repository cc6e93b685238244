import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { type RunningSlack, type SlackMode, startSlack } from '../../src/adapters/slack/start.ts';
import type { AnswerQuestion } from '../../src/answer/answer.ts';
import type { Library } from '../../src/answer/answer-question.ts';
import type { Offers } from '../../src/conversation/offers.ts';
import { requirementGroups } from '../../src/reply/requirement-groups.ts';
import type { State } from '../../src/state/state.ts';
import { makeChat } from './make-chat.ts';
import { APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, type SlackEmulator } from './slack-emulator/emulator.ts';
import { until } from './until.ts';

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
  const { emulator, by, library } = options;
  const { asksPerMinute = 10_000 } = options;
  const chat = makeChat({ ...options, asksPerMinute, administrators: ['T0TEAM:U0ADMIN'] });
  const { state, offers, conversation, logger, done } = chat;
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

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
