import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { SHARED_INDEX } from '../../support/build-shared-index.ts';
import { type Program, startProgram } from '../../support/program.ts';
import { freePort } from '../../support/slack-bot.ts';
import {
  APP_TOKEN,
  BOT_TOKEN,
  SIGNING_SECRET,
  type SlackEmulator,
  startSlackEmulator,
} from '../../support/slack-emulator/emulator.ts';
import { until } from '../../support/until.ts';

let emulator: SlackEmulator;
let program: Program | null = null;
const folders: string[] = [];
afterEach(async () => {
  program?.process.kill('SIGKILL');
  program = null;
  await emulator.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function start(settings: Record<string, string>, state = temporary()): Program {
  program = startProgram({
    INDEX_DIR: SHARED_INDEX,
    STATE_DIR: state,
    LOG_LEVEL: 'debug',
    SLACK_API_URL: emulator.apiUrl,
    ...settings,
  });
  return program;
}

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'advisor-program-'));
  folders.push(folder);
  return folder;
}

const PORT = await freePort();
const modes = {
  http: { SLACK_BOT_TOKEN: BOT_TOKEN, SLACK_SIGNING_SECRET: SIGNING_SECRET, SLACK_HTTP_PORT: String(PORT) },
  socket: { SLACK_BOT_TOKEN: BOT_TOKEN, SLACK_APP_TOKEN: APP_TOKEN },
};

describe.each(['http', 'socket'] as const)('the program over %s', (by) => {
  it('answers what it took before SIGTERM, exits 0, and tells no secret', { timeout: 90_000 }, async () => {
    emulator = await startSlackEmulator();
    const channels = Array.from({ length: 20 }, (_, at) => `C${at}`);
    emulator.workspace('T0TEAM', { token: BOT_TOKEN, botUserId: 'U0ADVISOR', botId: 'B0ADVISOR', channels });
    const state = temporary();
    const { process: running, output, ended } = start(modes[by], state);
    await until(() => output().includes('Slack: listening') || running.exitCode !== null, 60_000);
    expect(output()).toContain('Slack: listening');
    if (by === 'socket') await until(() => emulator.sockets.count() === 2);
    const sender = by === 'http' ? emulator.http(`http://127.0.0.1:${PORT}/slack/events`) : emulator.socket();
    const canary = 'Should we use PyTorch or JAX for research? canary-question';
    const deliveries = await Promise.all(
      channels.map((channel) => sender.event(emulator.build.appMention({ channel, text: canary }))),
    );
    const began = Date.now();
    running.kill('SIGTERM');
    expect(await ended, output()).toBe(0);
    expect(Date.now() - began).toBeLessThan(12_000);
    expect(deliveries.every(({ acked }) => acked)).toBe(true);
    expect(emulator.messages).toHaveLength(20);
    expect(new Set(emulator.messages.map(({ channel }) => channel)).size).toBe(20);
    expect(emulator.violations).toEqual([]);
    for (const secret of [BOT_TOKEN, APP_TOKEN, SIGNING_SECRET, 'canary-question'])
      expect(output()).not.toContain(secret);
    for (const name of readdirSync(state)) {
      const stored = readFileSync(join(state, name), 'latin1');
      for (const secret of [BOT_TOKEN, APP_TOKEN, SIGNING_SECRET]) expect(stored).not.toContain(secret);
    }
  });
});

describe('what can never work', () => {
  it.each([
    ['a bot token that Slack refuses', { ...modes.socket, SLACK_BOT_TOKEN: 'xoxb-wrong' }, /SLACK_BOT_TOKEN.*OAuth/],
    ['an app token that Slack refuses', { ...modes.socket, SLACK_APP_TOKEN: 'xapp-wrong' }, /SLACK_APP_TOKEN/],
    ['a bot token alone', { SLACK_BOT_TOKEN: BOT_TOKEN }, /SLACK_APP_TOKEN is missing.*Socket Mode/],
    [
      'HTTP without its secret',
      { SLACK_BOT_TOKEN: BOT_TOKEN, SLACK_HTTP_PORT: '0' },
      /SLACK_SIGNING_SECRET is missing/,
    ],
  ])('%s ends the program with what to do', { timeout: 60_000 }, async (_what, settings, expected) => {
    emulator = await startSlackEmulator();
    const { output, ended } = start(settings);
    expect(await ended).toBe(1);
    expect(output()).toMatch(expected);
    expect(output()).not.toContain('xoxb-wrong');
  });
});
