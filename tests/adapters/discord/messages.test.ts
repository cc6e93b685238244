import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AnswerQuestion } from '../../../src/answer/answer.ts';
import { type DiscordBot, type DiscordBotOptions, startDiscordBot } from '../../support/discord-bot.ts';
import { type DiscordEmulator, startDiscordEmulator } from '../../support/discord-emulator/emulator.ts';
import {
  APPLICATION,
  GUILD,
  GUILD_CHANNELS,
  type Thread,
  threadChannel,
} from '../../support/discord-emulator/payloads.ts';
import { openRealAdvisor, type RealAdvisor } from '../../support/real-advisor.ts';
import { until } from '../../support/until.ts';

const [CHANNEL] = GUILD_CHANNELS;
let advisor: RealAdvisor;
beforeAll(async () => {
  advisor = await openRealAdvisor();
});
afterAll(() => advisor.close());

let emulator: DiscordEmulator;
let bot: DiscordBot | null = null;
/** Every question that was answered, with the requirements that its thread carried. */
let asked: string[] = [];
beforeEach(async () => {
  emulator = await startDiscordEmulator();
  emulator.knobs.hasGuilds = true;
  asked = [];
});
afterEach(async () => {
  await bot?.close();
  bot = null;
  expect(emulator.breaches).toEqual([]);
  await emulator.close();
});

async function start(options: Partial<DiscordBotOptions> = {}): Promise<DiscordBot> {
  const answerQuestion: AnswerQuestion = (question, given) => {
    asked.push(question);
    return advisor.answerQuestion(question, given);
  };
  bot = await startDiscordBot({ emulator, answerQuestion, library: advisor.library, ...options });
  return bot;
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 300));

describe('without the Message Content intent', () => {
  it('answers mentions, replies to the bot and direct messages, and nothing else', async () => {
    const { state } = await start();
    emulator.mention('PyTorch or TensorFlow for an Android app?', CHANNEL);
    await until(() => emulator.shown.length >= 1);
    expect(emulator.threads).toEqual([]);
    const first = emulator.shown[0]!;
    // Nobody replies before the bot knows the id of its own message.
    await vi.waitFor(async () => expect(await state.get('discord-roots', first.id)).not.toBeNull(), 5_000);
    emulator.write({ channel: CHANNEL, guild: GUILD, content: 'and in the browser?', replyTo: first.id });
    await until(() => asked.length === 2);
    // A chain of replies is one conversation.
    expect(asked[1]).toContain('Android');
    emulator.directMessage('JAX or PyTorch on TPUs?');
    await until(() => asked.length === 3);
    emulator.write({ channel: CHANNEL, guild: GUILD, content: 'PyTorch or JAX, anybody?' });
    emulator.write({ channel: CHANNEL, guild: GUILD, author: APPLICATION, content: 'my own message' });
    await settled();
    expect(asked).toHaveLength(3);
  });

  it('posts a message once though the response to it was lost', async () => {
    await start();
    emulator.knobs.dropMessages = 1;
    emulator.mention('PyTorch or TensorFlow for an Android app?', CHANNEL);
    await until(() => emulator.shown.length === 1);
    await settled();
    expect(emulator.shown).toHaveLength(1);
  });
});

describe('with the Message Content intent', () => {
  it('answers a mention in a thread of its own and follows it without a mention', async () => {
    const { ready } = await start({ readsContent: true });
    expect(emulator.identifies[0]?.intents).toBe(1 + 512 + 4096 + 32768);
    expect(BigInt(new URL(ready[0]!).searchParams.get('permissions')!) & 0x800000000n).toBe(0x800000000n);
    emulator.mention('PyTorch or TensorFlow for an Android app?', CHANNEL);
    await until(() => emulator.threads.length === 1);
    const thread = emulator.threads[0]!;
    await until(() => emulator.shown.some(({ channel }) => channel === thread.id));
    expect(emulator.shown.every(({ channel }) => channel === thread.id)).toBe(true);
    emulator.write({ channel: thread.id, guild: GUILD, content: 'and in the browser?' });
    await until(() => asked.length === 2);
    expect(asked[1]).toContain('Android');
    // What begins by naming somebody else is not for the bot.
    emulator.write({ channel: thread.id, guild: GUILD, content: '<@5> PyTorch or JAX?', mentions: ['5'] });
    await settled();
    expect(asked).toHaveLength(2);
  });

  it('follows a thread that it opened, though it has forgotten what was said there', async () => {
    await start({ readsContent: true });
    const thread: Thread = { id: '300000000000000001', guild: GUILD, parent: CHANNEL, owner: APPLICATION };
    emulator.appear(thread);
    emulator.write({ channel: thread.id, guild: GUILD, content: 'PyTorch or JAX for research?' });
    await until(() => asked.length === 1);
    const other: Thread = { ...thread, id: '300000000000000002', owner: '5' };
    emulator.appear(other);
    emulator.write({ channel: other.id, guild: GUILD, content: 'PyTorch or JAX for research?' });
    await settled();
    expect(asked).toHaveLength(1);
    expect(threadChannel(thread).owner_id).toBe(APPLICATION);
  });

  it('follows no thread of a channel in which an administrator has switched that off', async () => {
    await start({ readsContent: true, administrators: [`${GUILD}:7`] });
    const off = { type: 1, name: 'follow-ups', options: [{ type: 3, name: 'state', value: 'off' }] };
    emulator.command('index', [off], { guild: GUILD, channel: CHANNEL, user: '7' });
    await until(() => emulator.shown.length === 1);
    const thread: Thread = { id: '300000000000000003', guild: GUILD, parent: CHANNEL, owner: APPLICATION };
    emulator.appear(thread);
    emulator.write({ channel: thread.id, guild: GUILD, content: 'PyTorch or JAX for research?' });
    await settled();
    expect(asked).toEqual([]);
  });

  it('replies in the channel where it may not open a thread', async () => {
    emulator.knobs.maySpawnThreads = false;
    await start({ readsContent: true });
    emulator.mention('PyTorch or TensorFlow for an Android app?', CHANNEL);
    await until(() => emulator.shown.length >= 1);
    expect(emulator.shown[0]).toMatchObject({ channel: CHANNEL });
  });

  it('opens no thread to say that it has no answer', async () => {
    await start({ readsContent: true });
    emulator.mention('What is the best pizza in town?', CHANNEL);
    await until(() => emulator.shown.length >= 1);
    expect(emulator.threads).toEqual([]);
  });
});
