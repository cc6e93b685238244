import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWebServer, type WebServer } from '../../src/adapters/web/server.ts';
import type { Answer } from '../../src/answer/answer.ts';
import { createLogger } from '../../src/logger.ts';
import { PRODUCT_DIRECTORY } from '../../src/product.ts';
import { SHARED_INDEX } from '../support/build-shared-index.ts';
import { type DiscordBot, startDiscordBot } from '../support/discord-bot.ts';
import { type DiscordEmulator, startDiscordEmulator } from '../support/discord-emulator/emulator.ts';
import { openRealAdvisor, type RealAdvisor } from '../support/real-advisor.ts';
import { runScript } from '../support/run.ts';
import { type SlackBot, startSlackBot } from '../support/slack-bot.ts';
import { BOT_TOKEN, type SlackEmulator, startSlackEmulator } from '../support/slack-emulator/emulator.ts';
import { until } from '../support/until.ts';
import { QUESTIONS, quotesOf, shownIn, textsIn, unescapeMarkdown } from './shown.ts';

/** The same questions by every way in, through the real libraries: what reaches the reader must be one answer. */
let advisor: RealAdvisor;
let slacks: { readonly by: 'http' | 'socket'; readonly emulator: SlackEmulator; readonly bot: SlackBot }[];
let discord: DiscordEmulator;
let discordBot: DiscordBot;
let web: WebServer;
const decisions = mkdtempSync(join(tmpdir(), 'advisor-conformance-'));

beforeAll(async () => {
  advisor = await openRealAdvisor();
  const { answerQuestion, library } = advisor;
  slacks = [];
  for (const by of ['http', 'socket'] as const) {
    const emulator = await startSlackEmulator();
    const channels = QUESTIONS.map((_, at) => `C${at}`);
    emulator.workspace('T0TEAM', { token: BOT_TOKEN, botUserId: 'U0ADVISOR', botId: 'B0ADVISOR', channels });
    slacks.push({ by, emulator, bot: await startSlackBot({ emulator, by, answerQuestion, library }) });
  }
  discord = await startDiscordEmulator();
  discordBot = await startDiscordBot({ emulator: discord, answerQuestion, library });
  web = await startWebServer({
    port: 0,
    pageDirectory: join(PRODUCT_DIRECTORY, 'src/adapters/web/page'),
    answerQuestion,
    library: () => library,
    decisionsDirectory: decisions,
    logger: createLogger('silent'),
  });
}, 60_000);
afterAll(async () => {
  for (const { bot, emulator } of slacks) {
    await bot.close();
    await emulator.close();
  }
  await discordBot.close();
  await discord.close();
  await web.close();
  await advisor.close();
  rmSync(decisions, { recursive: true, force: true });
});

async function askSlack(by: 'http' | 'socket', channel: string, text: string): Promise<string> {
  const { emulator, bot } = slacks.find((slack) => slack.by === by)!;
  const sender = by === 'http' ? emulator.http(bot.url) : emulator.socket();
  await sender.event(emulator.build.appMention({ channel, text }));
  const posted = () => emulator.messages.filter((message) => message.channel === channel);
  await until(() => textsIn(posted().map(({ blocks }) => blocks)).some((shown) => shown.includes('answer ')));
  return textsIn(posted().map(({ blocks }) => blocks)).join(' ');
}

async function askDiscord(question: string): Promise<string> {
  const { id } = discord.ask(question);
  const shown = (): string =>
    discord.shown
      .filter(({ interaction }) => interaction === id)
      .flatMap(({ body }) => body.components as { content?: string }[])
      .map(({ content = '' }) => content)
      .join('\n');
  await until(() => shown().includes('answer '));
  return unescapeMarkdown(shown());
}

async function askWeb(question: string): Promise<string> {
  const response = await fetch(new URL('/api/ask', web.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ question }),
  });
  const { reply } = (await response.json()) as { reply: { blocks: object[] } };
  return reply.blocks.map((block) => Object.values(block).join(' ')).join('\n');
}

async function askTerminal(question: string): Promise<string> {
  const { stdout } = await runScript('scripts/ask.ts', ['--index', SHARED_INDEX, question]);
  return stdout;
}

describe('one question by every way in', () => {
  for (const [at, question] of QUESTIONS.entries()) {
    it(`shows the same answer id, quotes and order: ${question}`, { timeout: 30_000 }, async () => {
      const answer: Answer = await advisor.answerQuestion(question);
      const expected = { id: answer.id, quotes: quotesOf(answer) };
      const shown = {
        'Slack over HTTP': await askSlack('http', `C${at}`, question),
        'Slack over Socket Mode': await askSlack('socket', `C${at}`, question),
        Discord: await askDiscord(question),
        web: await askWeb(question),
        terminal: await askTerminal(question),
      };
      for (const [way, text] of Object.entries(shown)) expect(shownIn(text, expected), way).toEqual(expected);
    });
  }
});
