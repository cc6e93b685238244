import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SHARED_INDEX } from '../../support/build-shared-index.ts';
import { type DiscordEmulator, startDiscordEmulator } from '../../support/discord-emulator/emulator.ts';
import { TOKEN } from '../../support/discord-emulator/payloads.ts';
import { type Program, startProgram } from '../../support/program.ts';
import { until } from '../../support/until.ts';

let emulator: DiscordEmulator;
let program: Program | null = null;
let state = '';
beforeEach(async () => {
  emulator = await startDiscordEmulator();
  state = mkdtempSync(join(tmpdir(), 'advisor-discord-'));
});
afterEach(async () => {
  program?.process.kill('SIGKILL');
  program = null;
  expect(emulator.breaches).toEqual([]);
  await emulator.close();
  rmSync(state, { recursive: true, force: true });
});

function start(settings: Record<string, string> = {}): Program {
  program = startProgram({
    INDEX_DIR: SHARED_INDEX,
    STATE_DIR: state,
    LOG_LEVEL: 'debug',
    DISCORD_API_URL: emulator.apiUrl,
    DISCORD_TOKEN: TOKEN,
    ...settings,
  });
  return program;
}

describe('the program on Discord', () => {
  it('answers what it took before SIGTERM, exits 0, and tells no secret', { timeout: 90_000 }, async () => {
    const { process: running, output, ended } = start();
    await until(() => output().includes('Discord: connected') || running.exitCode !== null, 60_000);
    expect(output()).toContain('https://discord.com/oauth2/authorize?client_id=');
    const canary = 'Should we use PyTorch or JAX for research? canary-question';
    const asked = Array.from({ length: 20 }, (_, n) => emulator.ask(canary, { user: String(1_000 + n) }));
    await until(() => emulator.sent.filter(({ path }) => path.endsWith('/callback')).length === 20);
    const began = Date.now();
    running.kill('SIGTERM');
    expect(await ended, output()).toBe(0);
    expect(Date.now() - began).toBeLessThan(12_000);
    for (const { id } of asked)
      expect(emulator.shown.filter(({ interaction }) => interaction === id).length, output()).toBeGreaterThan(0);
    const secrets = [TOKEN, ...asked.map(({ token }) => token)];
    for (const secret of [...secrets, 'canary-question']) expect(output()).not.toContain(secret);
    for (const name of readdirSync(state)) {
      const stored = readFileSync(join(state, name), 'latin1');
      for (const secret of secrets) expect(stored).not.toContain(secret);
    }
  });

  it('21: registers its commands once in three starts', { timeout: 90_000 }, async () => {
    for (let boot = 0; boot < 3; boot++) {
      const { process: running, output, ended } = start();
      await until(() => output().includes('Discord: connected') || running.exitCode !== null, 60_000);
      if (boot === 0) await until(() => output().includes('the commands of this version were registered'));
      else await new Promise((resolve) => setTimeout(resolve, 500));
      running.kill('SIGTERM');
      expect(await ended, output()).toBe(0);
    }
    expect(emulator.sent.filter(({ method, path }) => method === 'PUT' && path.endsWith('/commands'))).toHaveLength(1);
  });

  it.each([
    [4004, 'DISCORD_TOKEN'],
    [4013, 'intents'],
    [4014, 'Message Content Intent'],
  ])('20: close code %i ends it within 5 s with what to do', { timeout: 60_000 }, async (code, remedy) => {
    emulator.knobs.closeOnIdentify = code;
    const { output, ended } = start({ DISCORD_MESSAGE_CONTENT: 'true' });
    await until(() => emulator.identifies.length > 0, 50_000);
    const refused = performance.now();
    expect(await ended).toBe(1);
    expect(performance.now() - refused).toBeLessThan(5_000);
    expect(output()).toContain(String(code));
    expect(output()).toContain(remedy);
    expect(output()).not.toContain(TOKEN);
  });

  it('a token that Discord does not know ends it with what to do', { timeout: 60_000 }, async () => {
    const { output, ended } = start({ DISCORD_TOKEN: `${TOKEN}wrong` });
    expect(await ended).toBe(1);
    expect(output()).toContain('DISCORD_TOKEN');
  });
});
