import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deployCommands } from '../../../src/adapters/discord/deploy-commands.ts';
import { type DiscordBot, type DiscordBotOptions, startDiscordBot } from '../../support/discord-bot.ts';
import { type DiscordEmulator, startDiscordEmulator } from '../../support/discord-emulator/emulator.ts';
import { APPLICATION, GUILD_CHANNELS, GUILDS, TOKEN } from '../../support/discord-emulator/payloads.ts';
import { openQuickAdvisor, type QuickAdvisor } from '../../support/real-advisor.ts';
import { until } from '../../support/until.ts';

let advisor: QuickAdvisor;
beforeAll(async () => {
  advisor = await openQuickAdvisor();
});
afterAll(() => advisor.close());

let emulator: DiscordEmulator;
let bot: DiscordBot | null = null;
beforeEach(async () => {
  emulator = await startDiscordEmulator();
});
afterEach(async () => {
  await bot?.close();
  bot = null;
  expect(emulator.breaches).toEqual([]);
  await emulator.close();
});

async function start(options: Partial<DiscordBotOptions> = {}): Promise<DiscordBot> {
  bot = await startDiscordBot({ emulator, answerQuestion: advisor.quick, library: advisor.library, ...options });
  return bot;
}

const callbacks = () => emulator.sent.filter(({ path }) => path.endsWith('/callback'));
const shownText = (at: number): string => JSON.stringify(emulator.shown.at(at)?.body ?? null);
const isShown = (text: string): boolean => emulator.shown.some(({ body }) => JSON.stringify(body).includes(text));

describe('interactions', () => {
  it('complete options from memory, 25 at most', async () => {
    await start();
    const complete = (command: string, option: string, value: string) =>
      emulator.interact(4, {
        id: '1',
        name: command,
        type: 1,
        options: [{ type: 3, name: option, value, focused: true }],
      });
    complete('compare', 'a', 'py');
    await until(() => callbacks().length === 1);
    expect(JSON.stringify(callbacks()[0]?.body)).toContain('PyTorch');
    complete('recommend', 'goal', '');
    complete('recommend', 'target', 'x'.repeat(6000));
    await until(() => callbacks().length === 3);
    const [all, none] = callbacks()
      .slice(1)
      .map(({ body }) => (body as { data: { choices: unknown[] } }).data.choices.length);
    expect(all).toBeGreaterThan(3);
    expect(none).toBe(0);
  });

  it('act on buttons, open the feedback form and keep what is said in it', async () => {
    const { state } = await start();
    emulator.ask('PyTorch or JAX?');
    const { id } = await advisor.quick('PyTorch or JAX?');
    await until(() => isShown(`answer ${id}`));
    emulator.press(`why|${id}|`);
    await until(() => isShown('Why this recommendation'));
    emulator.press(`compare|${id}|pytorch jax`);
    await until(() => isShown('attachment://comparison.png'));
    emulator.press(`feedback|${id}|3`);
    await until(() => callbacks().some(({ body }) => body.type === 9));
    emulator.interact(5, {
      custom_id: `feedback|${id}`,
      components: [
        { type: 18, id: 1, component: { type: 3, id: 2, custom_id: 'about', values: ['2'] } },
        { type: 18, id: 3, component: { type: 3, id: 4, custom_id: 'kind', values: ['outdated'] } },
        { type: 18, id: 5, component: { type: 4, id: 6, custom_id: 'text', value: 'a newer release exists' } },
      ],
    });
    await until(() => isShown('Thank you'));
    expect(await state.listFeedback(5)).toMatchObject([
      { answer: id, citation: 2, kind: 'outdated', text: 'a newer release exists' },
    ]);
  });

  it('tell how to use a command that says nothing it can work with', async () => {
    await start();
    const pair = (a: string, b: string) => [
      { type: 3, name: 'a', value: a },
      { type: 3, name: 'b', value: b },
    ];
    emulator.command('compare', pair('pytorch', 'pytorch'));
    await until(() => emulator.shown.length === 1);
    expect(shownText(0)).toContain('How to use /compare');
    emulator.command('compare', pair('torch', 'tf'));
    await until(() => isShown('PyTorch and TensorFlow'));
    emulator.command('recommend');
    await until(() => isShown('Nothing to go by'));
  });

  it('read what was typed past the completions of /recommend as words', async () => {
    const asked: string[] = [];
    await start({
      answerQuestion: (question, options) => {
        asked.push(`${question} ${options?.requirements?.map(({ id }) => id)}`);
        return advisor.quick(question, options);
      },
    });
    emulator.command('recommend', [
      { type: 3, name: 'goal', value: 'goal:research' },
      { type: 3, name: 'target', value: 'a coffee machine' },
    ]);
    await until(() => asked.length === 1);
    expect(asked[0]).toMatch(/a coffee machine.*goal:research/);
  });

  it('carry out /index for administrators, and nobody else', async () => {
    const { done } = await start({ administrators: [`${GUILDS[0]}:7`] });
    const circumstances = { guild: GUILDS[0], channel: GUILD_CHANNELS[0] };
    emulator.command('index', [{ type: 1, name: 'rebuild', options: [] }], { ...circumstances, user: '7' });
    await until(() => emulator.shown.length === 1);
    emulator.command('index', [{ type: 1, name: 'rebuild', options: [] }], { ...circumstances, user: '8' });
    await until(() => emulator.shown.length === 2);
    expect(done).toEqual(['rebuild']);
    expect(shownText(1)).toContain('Not allowed');
    const off = { type: 1, name: 'follow-ups', options: [{ type: 3, name: 'state', value: 'off' }] };
    emulator.command('index', [off], { ...circumstances, user: '7' });
    await until(() => emulator.shown.length === 3);
    expect(shownText(2)).toContain('mention');
  });
});

describe('a start', () => {
  it('asks for no privileged intent, and invites with no permission that it does not use', async () => {
    const { ready } = await start();
    expect(emulator.identifies[0]?.intents).toBe(1 + 512 + 4096);
    const invite = new URL(ready[0] as string);
    expect(invite.searchParams.get('client_id')).toBe(APPLICATION);
    expect(invite.searchParams.get('permissions')).toBe(String(0x400n + 0x800n + 0x4000n + 0x8000n + 0x4000000000n));
  });

  for (const code of [4004, 4013, 4014]) {
    it(`says what to change on close code ${code} within 5 s`, async () => {
      emulator.knobs.closeOnIdentify = code;
      const { fatal } = await start({ waits: false });
      await until(() => fatal.length === 1, 5000);
      expect(fatal[0]).toContain(String(code));
    });
  }

  it('waits while no session starts are left, and tries again while Discord is down', async () => {
    emulator.knobs.remaining = 0;
    const { ready } = await start({ waits: false });
    await until(() => emulator.gatewayCalls() === 1, 5000);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(emulator.gatewayCalls()).toBe(1);
    expect(emulator.identifies).toHaveLength(0);
    emulator.knobs.gatewayFailures = 2;
    emulator.knobs.remaining = 5;
    await until(() => ready.length === 1, 10_000);
  });

  it('opens as many shards as Discord asks for, and answers on each', async () => {
    emulator.knobs.shards = 2;
    emulator.knobs.hasGuilds = true;
    await start();
    expect(emulator.identifies.map(({ shard }) => shard)).toEqual(
      expect.arrayContaining([
        [0, 2],
        [1, 2],
      ]),
    );
    for (const [at, guild] of GUILDS.entries()) emulator.ask(`question ${at}`, { guild, channel: GUILD_CHANNELS[at]! });
    await until(() => new Set(emulator.shown.map(({ channel }) => channel)).size === 2, 5000);
  });

  it('registers commands once for three starts, within what Discord takes', async () => {
    const stateDirectory = await mkdtemp(join(tmpdir(), 'discord-'));
    const options = { token: TOKEN, apiUrl: emulator.apiUrl, applicationId: undefined, stateDirectory };
    const written = [];
    for (let n = 0; n < 3; n++) written.push(await deployCommands(options));
    expect(written).toEqual([true, false, false]);
    expect(emulator.sent.filter(({ method }) => method === 'PUT')).toHaveLength(1);
    expect(emulator.commands.map((command) => (command as { name: string }).name)).toEqual([
      'ask',
      'recommend',
      'compare',
      'index',
      'Ask about this',
    ]);
  });
});
