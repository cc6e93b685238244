import { createServer } from 'node:net';
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { afterEach, describe, expect, test } from 'vitest';
import {
  APP_TOKEN,
  BOT_TOKEN,
  BOT_USER,
  CHANNEL,
  SIGNING_SECRET,
  type SlackEmulator,
  startSlackEmulator,
} from './slack-emulator/emulator.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function start(options?: Parameters<typeof startSlackEmulator>[0]): Promise<SlackEmulator> {
  const slack = await startSlackEmulator(options);
  ends.push(() => slack.close());
  return slack;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

const QUIET = { unfurl_links: false, unfurl_media: false } as const;

function appOn(slack: SlackEmulator, receiver: InstanceType<typeof HTTPReceiver | typeof SocketModeReceiver>) {
  const app = new App({
    receiver,
    token: BOT_TOKEN,
    botId: 'B0ADVISOR',
    botUserId: BOT_USER,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: slack.apiUrl, timeout: 5_000 },
  });
  app.event('app_mention', async ({ event, say }) => {
    await say({ text: 'hello world', thread_ts: event.thread_ts ?? event.ts, ...QUIET });
  });
  return app;
}

async function onHttp(slack: SlackEmulator) {
  const port = await freePort();
  const receiver = new HTTPReceiver({ signingSecret: SIGNING_SECRET, port, logLevel: LogLevel.ERROR });
  const app = appOn(slack, receiver);
  await app.start(port);
  ends.push(() => app.stop());
  return { app, sender: slack.http(`http://127.0.0.1:${port}/slack/events`) };
}

async function onSocket(slack: SlackEmulator) {
  const receiver = new SocketModeReceiver({
    appToken: APP_TOKEN,
    logLevel: LogLevel.ERROR,
    installerOptions: { clientOptions: { slackApiUrl: slack.apiUrl } },
  });
  const app = appOn(slack, receiver);
  await app.start();
  ends.push(() => app.stop());
  return { app, sender: slack.socket() };
}

describe('a real Bolt app', () => {
  test.each([
    ['HTTP', onHttp],
    ['Socket Mode', onSocket],
  ])('answers a mention over %s', async (_, connect) => {
    const slack = await start();
    const { sender } = await connect(slack);
    const mention = slack.build.appMention({ text: 'which framework?' });
    const delivery = await sender.event(mention);
    expect(delivery).toMatchObject({ acked: true, status: 200, attempts: 1, reason: null });
    await expect.poll(() => slack.messages.length).toBe(1);
    const { ts } = mention.event as { ts: string };
    expect(slack.messages[0]).toMatchObject({
      channel: CHANNEL,
      threadTs: ts,
      text: 'hello world',
      via: 'chat.postMessage',
    });
    expect(slack.violations).toEqual([]);
  });
});
