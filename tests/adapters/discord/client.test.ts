import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REST } from 'discord.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startDiscord } from '../../../src/adapters/discord/client.ts';
import { deployCommands } from '../../../src/adapters/discord/deploy-commands.ts';
import type { Desk } from '../../../src/adapters/discord/desk.ts';
import { createLogger } from '../../../src/logger.ts';
import { APPLICATION, startDiscordEmulator } from '../../support/discord-emulator/emulator.ts';

const reply = {
  kind: 'answer' as const,
  id: '0123456789ab',
  title: 'Recommendation',
  blocks: [{ kind: 'text' as const, text: 'hello @everyone' }],
  choices: [{ label: 'Why', action: 'why' as const, value: '' }],
};
const TOKEN = `${'M'.repeat(24)}.abcdef.${'x'.repeat(30)}`;

describe('the Discord client', () => {
  let emulator: Awaited<ReturnType<typeof startDiscordEmulator>>;
  let running: { close(): Promise<void> } | null = null;
  const fatal: string[] = [];
  const ready = vi.fn();

  async function start(ask: Desk['ask'] = async () => ({ reply })): Promise<void> {
    const desk: Desk = {
      ask,
      recommend: async () => ({ reply }),
      compare: async () => ({ reply, png: new Uint8Array([1]) }),
      act: async () => ({ reply }),
      administer: async () => ({ reply }),
      labels: () => ({ 'target:mobile': 'it runs on phones' }),
    };
    const logger = createLogger('silent');
    running = startDiscord({
      token: TOKEN,
      apiUrl: emulator.apiUrl,
      desk,
      logger,
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
      return { reply };
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
    emulator.directMessage('hello');
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
    emulator.interact(3, { custom_id: 'why|0123456789ab|', component_type: 2 });
    await vi.waitFor(() => expect(edits()).toHaveLength(1), 5000);
  });

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

  it('registers commands once for three starts', async () => {
    const rest = new REST({ api: emulator.apiUrl }).setToken(TOKEN);
    const record = join(await mkdtemp(join(tmpdir(), 'discord-')), 'hash');
    const written = [];
    for (let n = 0; n < 3; n++) written.push(await deployCommands(rest, APPLICATION, record));
    expect(written).toEqual([true, false, false]);
    expect(emulator.sent.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });
});
