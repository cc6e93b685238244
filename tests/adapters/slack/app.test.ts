import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { contextOf } from '../../../src/adapters/slack/assistant.ts';
import { openRealAdvisor, type RealAdvisor } from '../../support/real-advisor.ts';
import { type SlackBot, startSlackBot } from '../../support/slack-bot.ts';
import {
  CHANNEL,
  DIRECT,
  type SlackEmulator,
  startSlackEmulator,
  USER,
} from '../../support/slack-emulator/emulator.ts';
import { until } from '../../support/until.ts';

const PHONE = 'PyTorch or TensorFlow for an Android app?';
let advisor: RealAdvisor;
beforeAll(async () => {
  advisor = await openRealAdvisor();
});
afterAll(() => advisor.close());

let emulator: SlackEmulator;
let bot: SlackBot | null = null;
afterEach(async () => {
  await bot?.close();
  bot = null;
  expect(emulator.violations).toEqual([]);
  expect(emulator.pings).toEqual([]);
  await emulator.close();
});

async function start(by: 'http' | 'socket', options: Partial<Parameters<typeof startSlackBot>[0]> = {}) {
  emulator = await startSlackEmulator();
  const { answerQuestion, library } = advisor;
  bot = await startSlackBot({ emulator, by, answerQuestion, library, ...options });
  return { bot, sender: by === 'http' ? emulator.http(bot.url) : emulator.socket() };
}

const button = (action: string) => {
  const message = emulator.messages.at(-1)!;
  const elements = message.blocks.flatMap((block) => (block.elements ?? []) as { action_id?: string }[]);
  return elements.find(({ action_id }) => action_id?.startsWith(`${action}:`))?.action_id ?? '';
};

describe.each(['http', 'socket'] as const)('Slack over %s', (by) => {
  it('answers a mention in its thread, once for the two events that Slack sends', async () => {
    const { sender } = await start(by);
    const mention = emulator.build.appMention({ text: PHONE });
    const { event } = mention as { event: { ts: string; text: string } };
    const [delivery] = await Promise.all([
      sender.event(mention),
      sender.event(emulator.build.channelMessage({ text: event.text, ts: event.ts })),
    ]);
    expect(delivery).toMatchObject({ acked: true });
    await until(() => emulator.messages.length > 0);
    await bot!.close();
    expect(emulator.messages).toHaveLength(1);
    const [message] = emulator.messages;
    expect(message).toMatchObject({ channel: CHANNEL, threadTs: event.ts, ephemeralFor: null });
    expect(message!.text).toContain('Recommendation:');
    expect(message!.text).toMatch(/\[1\] ".+"/);
    bot = null;
  });

  it('answers direct messages where they are written, and follows a thread', async () => {
    const { sender } = await start(by);
    await sender.event(emulator.build.directMessage({ text: PHONE }));
    await until(() => emulator.messages.length === 1);
    expect(emulator.messages[0]).toMatchObject({ channel: DIRECT, threadTs: null });
    const mention = emulator.build.appMention({ text: 'Which framework for a research prototype?' });
    const { ts } = (mention as { event: { ts: string } }).event;
    await sender.event(mention);
    await until(() => emulator.messages.length === 2);
    await sender.event(emulator.build.channelMessage({ text: 'and it must run on Android', threadTs: ts }));
    await until(() => emulator.messages.length === 3);
    expect(emulator.messages[2]).toMatchObject({ channel: CHANNEL, threadTs: ts });
    expect(emulator.messages[2]!.text).toMatch(/research/);
    await sender.event(emulator.build.channelMessage({ text: 'thanks!', threadTs: ts }));
    await sender.event(emulator.build.channelMessage({ text: 'anyone for lunch?' }));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(emulator.messages).toHaveLength(3);
  });

  it('answers /ask to the asker alone and shares it on demand', async () => {
    const { sender } = await start(by);
    await sender.command(emulator.build.command('/ask', PHONE));
    await until(() => emulator.messages.length === 1);
    expect(emulator.messages[0]).toMatchObject({ ephemeralFor: USER, via: 'response_url' });
    await sender.action(emulator.build.action(emulator.messages[0]!, button('share')));
    await until(() => emulator.messages.length === 2);
    expect(emulator.messages[1]).toMatchObject({ ephemeralFor: null, channel: CHANNEL });
    expect(button('share')).toBe('');
  });

  it('opens a form for /recommend, and answers what was chosen', async () => {
    const { sender } = await start(by);
    await sender.command(emulator.build.command('/recommend'));
    await until(() => emulator.views.length === 1);
    await sender.viewSubmission(
      emulator.build.viewSubmission(emulator.views[0]!, {
        'need:target': ['target:mobile'],
        text: { text: 'the team knows Keras' },
      }),
    );
    await until(() => emulator.messages.length === 1);
    expect(emulator.messages[0]).toMatchObject({ ephemeralFor: USER });
    expect(emulator.messages[0]!.text).toContain('phones');
    await sender.command(emulator.build.command('/recommend', 'research on TPUs'));
    await until(() => emulator.messages.length === 2);
    expect(emulator.messages[1]!.text).toContain('Recommendation:');
  });

  it('compares, helps, and denies /index to who may not', async () => {
    const { sender } = await start(by);
    for (const [command, text, expected] of [
      ['/compare', 'torch vs jax', 'PyTorch against JAX'],
      ['/compare', '', 'How to use /compare'],
      ['/ask', 'help', 'How to use /ask'],
      ['/index', 'rebuild', 'Not allowed'],
    ] as const) {
      const before = emulator.messages.length;
      await sender.command(emulator.build.command(command, text));
      await until(() => emulator.messages.length > before);
      expect(emulator.messages[before]!.text).toContain(expected);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(bot!.done).toEqual([]);
    await sender.command(emulator.build.command('/index', 'rebuild', { user: 'U0ADMIN' }));
    await until(() => bot!.done.length === 1);
  });

  it('updates the answer in place when its asker refines it, and shows details to who asks for them', async () => {
    const { sender } = await start(by);
    await sender.event(emulator.build.appMention({ text: 'Which framework should we use?' }));
    await until(() => emulator.messages.length === 1);
    const posted = emulator.messages[0]!;
    const elements = posted.blocks.flatMap((block) => (block.elements ?? []) as { options?: { value: string }[] }[]);
    const option = elements.find(({ options }) => options)!.options![0]!.value;
    await sender.action(emulator.build.action(posted, { actionId: 'refine:select', option }));
    await until(() => posted.edits.length === 1);
    expect(posted.text).not.toBe(posted.edits[0]!.text);
    await sender.action(emulator.build.action(posted, button('why')));
    await until(() => emulator.messages.length === 2);
    expect(emulator.messages[1]).toMatchObject({ ephemeralFor: USER });
    await sender.action(emulator.build.action(posted, button('why') || 'why:0', { user: 'U0OTHER' }));
    await until(() => emulator.messages.length === 3);
    expect(emulator.messages[2]).toMatchObject({ ephemeralFor: 'U0OTHER' });
  });

  it('takes feedback on one quote, of one kind', async () => {
    const { sender } = await start(by);
    await sender.event(emulator.build.appMention({ text: PHONE }));
    await until(() => emulator.messages.length === 1);
    await sender.action(emulator.build.action(emulator.messages[0]!, button('feedback')));
    await until(() => emulator.views.length === 1);
    const entered = { about: '2', kind: 'outdated', text: { text: 'there is a newer release' } };
    await sender.viewSubmission(emulator.build.viewSubmission(emulator.views[0]!, entered));
    await until(() => emulator.messages.length === 2);
    expect(await bot!.state.listFeedback(5)).toMatchObject([
      { citation: 2, kind: 'outdated', text: 'there is a newer release', user: USER },
    ]);
  });

  it('answers a message by its shortcut, shows its home, and begins in the assistant pane', async () => {
    const { sender } = await start(by);
    const said = emulator.build.channelMessage({ text: PHONE });
    await sender.event(said);
    await sender.shortcut(emulator.build.messageShortcut('ask_about_this', said));
    await until(() => emulator.messages.length === 1);
    expect(emulator.messages[0]).toMatchObject({ ephemeralFor: USER });
    await sender.event(emulator.build.appHomeOpened());
    await until(() => emulator.views.length === 1);
    expect(JSON.stringify(emulator.views[0]!.view)).toContain('2026-11-20');
    const thread = emulator.build.assistantThreadStarted({ context: { channel_id: CHANNEL } });
    await sender.event(thread);
    await until(() => emulator.calls.some(({ method }) => method === 'assistant.threads.setSuggestedPrompts'));
    const { assistant_thread } = (thread as { event: { assistant_thread: { thread_ts: string } } }).event;
    await sender.event(emulator.build.directMessage({ text: PHONE, threadTs: assistant_thread.thread_ts }));
    await until(() => emulator.messages.length === 2);
    expect(emulator.messages[1]).toMatchObject({ channel: DIRECT, threadTs: assistant_thread.thread_ts });
    expect(emulator.calls.some(({ method }) => method === 'assistant.threads.setStatus')).toBe(true);
    const at = assistant_thread.thread_ts;
    expect(await contextOf(bot!.state, 'T0TEAM', DIRECT, at)).toEqual({ channel_id: CHANNEL });
    expect(await contextOf(bot!.state, 'T2', DIRECT, at)).toBeNull();
  });
});
