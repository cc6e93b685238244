import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REST } from 'discord.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startDiscord } from '../../../src/adapters/discord/client.ts';
import { deployCommands } from '../../../src/adapters/discord/deploy-commands.ts';
import type { Answer, AnswerQuestion } from '../../../src/answer/answer.ts';
import { APPLICATION, startDiscordEmulator } from '../../support/discord-emulator/emulator.ts';
import { makeChat, quickAnswers } from '../../support/make-chat.ts';
import { openRealAdvisor, type RealAdvisor } from '../../support/real-advisor.ts';

const TOKEN = `${'M'.repeat(24)}.abcdef.${'x'.repeat(30)}`;

describe('the Discord client', () => {
  let emulator: Awaited<ReturnType<typeof startDiscordEmulator>>;
  let running: { close(): Promise<void> } | null = null;
  const fatal: string[] = [];
  const ready = vi.fn();

  let advisor: RealAdvisor;
  let canned: Answer;
  let chat: ReturnType<typeof makeChat>;
  beforeAll(async () => {
    advisor = await openRealAdvisor();
    canned = await advisor.answerQuestion('PyTorch or TensorFlow for an Android app?');
  });
  afterAll(() => advisor.close());

  async function start(answerQuestion: AnswerQuestion = quickAnswers(canned)): Promise<void> {
    chat = makeChat(answerQuestion, advisor.library, ['direct:7']);
    running = startDiscord({
      ...chat,
      token: TOKEN,
      apiUrl: emulator.apiUrl,
      readsContent: false,
      onReady: ready,
      onFatal: (reason) => fatal.push(reason),
    });
  }
  const edits = () => emulator.sent.filter(({ method }) => method === 'PATCH');

  beforeEach(async () => {
    emulator = await startDiscordEmulator();
    fatal.length = 0;
    ready.mockClear();
  });
  afterEach(async () => {
    expect(emulator.breaches).toEqual([]);
    await running?.close();
    running = null;
    await emulator.close();
  });

  it('answers 50 slash commands at once within a second each, asking for no privileged intent', async () => {
    await start();
    await vi.waitFor(() => expect(ready).toHaveBeenCalled(), 5000);
    const from = performance.now();
    for (let n = 0; n < 50; n++) emulator.ask(`question ${n}`);
    await vi.waitFor(() => expect(edits()).toHaveLength(50), 5000);
    const slowest = Math.max(
      ...emulator.sent.filter(({ path }) => path.endsWith('/callback')).map(({ at }) => at - from),
    );
    console.log(`slowest first response of 50: ${Math.round(slowest)} ms`);
    expect(slowest).toBeLessThan(1000);
    expect(emulator.identifies[0]?.intents).toBe(1 + 512 + 4096);
    expect(ready.mock.calls[0]?.[0]).toContain(`client_id=${APPLICATION}`);
  });

  it('answers a duplicate once, a lost first response still, and outlives handlers that throw', async () => {
    await start(async (question) => {
      if (question === 'throw') throw new Error('planted');
      return quickAnswers(canned)(question);
    });
    await vi.waitFor(() => expect(ready).toHaveBeenCalled(), 5000);
    const first = emulator.ask('once');
    emulator.ask('once', first);
    await vi.waitFor(() => expect(edits()).toHaveLength(1), 5000);
    emulator.knobs.dropCallbacks = 1;
    emulator.ask('lost');
    await vi.waitFor(() => expect(edits()).toHaveLength(2), 8000);
    emulator.ask('throw');
    await vi.waitFor(() => expect(JSON.stringify(edits()[2]?.body)).toContain('did not work'), 5000);
    emulator.directMessage('PyTorch or JAX?');
    await vi.waitFor(
      () => expect(emulator.sent.find(({ path }) => path.endsWith('/messages'))?.body.enforce_nonce).toBe(true),
      5000,
    );
  });

  it('completes options, opens the feedback form and acts on buttons', async () => {
    await start();
    await vi.waitFor(() => expect(ready).toHaveBeenCalled(), 5000);
    const callbacks = () => emulator.sent.filter(({ path }) => path.endsWith('/callback'));
    emulator.interact(4, {
      id: '1',
      name: 'compare',
      type: 1,
      options: [{ type: 3, name: 'a', value: 'py', focused: true }],
    });
    await vi.waitFor(() => expect(JSON.stringify(callbacks()[0]?.body)).toContain('PyTorch'), 5000);
    emulator.interact(3, { custom_id: 'feedback|0123456789ab|', component_type: 2 });
    await vi.waitFor(() => expect(callbacks()[1]?.body.type).toBe(9), 5000);
    emulator.ask('PyTorch or JAX?');
    await vi.waitFor(() => expect(edits()).toHaveLength(1), 5000);
    const { id } = await quickAnswers(canned)('PyTorch or JAX?');
    emulator.interact(3, { custom_id: `why|${id}|`, component_type: 2 });
    await vi.waitFor(() => expect(JSON.stringify(edits()[1]?.body)).toContain('Why this recommendation'), 5000);
    emulator.interact(3, { custom_id: `compare|${id}|pytorch jax`, component_type: 2 });
    await vi.waitFor(() => expect(JSON.stringify(edits()[2]?.body)).toContain('attachment://comparison.png'), 5000);
    emulator.interact(5, {
      custom_id: `feedback|${id}`,
      components: [
        { type: 18, id: 1, component: { type: 3, id: 2, custom_id: 'about', values: ['2'] } },
        { type: 18, id: 3, component: { type: 3, id: 4, custom_id: 'kind', values: ['outdated'] } },
        { type: 18, id: 5, component: { type: 4, id: 6, custom_id: 'text', value: 'a newer release exists' } },
      ],
    });
    await vi.waitFor(() => expect(JSON.stringify(edits().at(-1)?.body)).toContain('Thank you'), 5000);
    expect(await chat.state.listFeedback(5)).toMatchObject([
      { answer: id, citation: 2, kind: 'outdated', text: 'a newer release exists' },
    ]);
  });

  it('lets nobody who is not named touch the index, and writes each attempt down', async () => {
    await start();
    await vi.waitFor(() => expect(ready).toHaveBeenCalled(), 5000);
    const count = process.env.ACCEPTANCE === 'full' ? 1_000 : 40;
    for (let n = 0; n < count; n++) {
      emulator.interact(2, {
        id: '1',
        name: 'index',
        type: 1,
        options: [{ type: 3, name: 'action', value: n % 2 ? 'rebuild' : 'follow-ups off' }],
      });
    }
    await vi.waitFor(() => expect(edits()).toHaveLength(count), 60_000);
    expect(chat.done).toEqual([]);
    expect(await chat.state.listAudit(2_000)).toHaveLength(count);
    expect(edits().every(({ body }) => JSON.stringify(body).includes('Not allowed'))).toBe(true);
  }, 120_000);

  it('resumes after faults of the gateway and answers what came meanwhile once', async () => {
    await start();
    await vi.waitFor(() => expect(ready).toHaveBeenCalled(), 5000);
    const faults = ['reconnect', 'close', 'drop'] as const;
    const cycles = process.env.ACCEPTANCE === 'full' ? 100 : 6;
    for (let n = 0; n < cycles; n++) {
      emulator.fault(faults[n % 3] as (typeof faults)[number]);
      emulator.ask(`during ${n}`);
      await vi.waitFor(() => expect(emulator.resumes()).toBe(n + 1), 10_000);
      await vi.waitFor(() => expect(edits()).toHaveLength(n + 1), 10_000);
    }
    expect(emulator.identifies).toHaveLength(1);
    console.log(`${cycles} faults: ${emulator.resumes()} resumed, ${edits().length} answers`);
  }, 300_000);

  for (const code of [4004, 4013, 4014]) {
    it(`says what to change on close code ${code} within 5 s`, async () => {
      emulator.knobs.closeOnIdentify = code;
      await start();
      await vi.waitFor(() => expect(fatal).toHaveLength(1), 5000);
      expect(fatal[0]).toContain(String(code));
    });
  }

  it('waits while no session starts are left, and tries again while Discord is down', async () => {
    emulator.knobs.remaining = 0;
    await start();
    await vi.waitFor(() => expect(emulator.gatewayCalls()).toBe(1), 5000);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(emulator.gatewayCalls()).toBe(1);
    expect(emulator.identifies).toHaveLength(0);
    emulator.knobs.gatewayFailures = 2;
    emulator.knobs.remaining = 5;
    await vi.waitFor(() => expect(ready).toHaveBeenCalled(), 10_000);
  });

  it('opens as many shards as Discord asks for, and answers on each', async () => {
    emulator.knobs.shards = 2;
    await start();
    await vi.waitFor(() => expect(ready).toHaveBeenCalledOnce(), 15_000);
    const shards = emulator.identifies.map((identify) => (identify as { shard?: unknown }).shard);
    expect(shards).toEqual(
      expect.arrayContaining([
        [0, 2],
        [1, 2],
      ]),
    );
    emulator.ask('PyTorch or JAX?');
    await vi.waitFor(() => expect(edits()).toHaveLength(1), 5000);
  });

  it('registers commands once for three starts', async () => {
    const rest = new REST({ api: emulator.apiUrl }).setToken(TOKEN);
    const record = join(await mkdtemp(join(tmpdir(), 'discord-')), 'hash');
    const written = [];
    for (let n = 0; n < 3; n++) written.push(await deployCommands(rest, APPLICATION, record));
    expect(written).toEqual([true, false, false]);
    expect(emulator.sent.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });
});
