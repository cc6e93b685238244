import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type DiscordBot, startDiscordBot } from '../support/discord-bot.ts';
import { type DiscordEmulator, startDiscordEmulator } from '../support/discord-emulator/emulator.ts';
import { FAULTS } from '../support/discord-emulator/gateway.ts';
import { seeded } from '../support/hostile-questions.ts';
import { openQuickAdvisor, type QuickAdvisor } from '../support/real-advisor.ts';
import { until } from '../support/until.ts';

/** Item 19 of the acceptance list; 100 faults with ACCEPTANCE=full. */
const FULL = process.env.ACCEPTANCE === 'full';
const seed = Number(process.env.SEED ?? 20261119);

let advisor: QuickAdvisor;
beforeAll(async () => {
  advisor = await openQuickAdvisor();
});
afterAll(() => advisor.close());

let emulator: DiscordEmulator;
let bot: DiscordBot | null = null;
afterEach(async () => {
  await bot?.close();
  bot = null;
  expect(emulator.breaches.slice(0, 5)).toEqual([]);
  await emulator.close();
});

it('19: after every fault of the gateway, what it replays is answered once', { timeout: 1_200_000 }, async () => {
  emulator = await startDiscordEmulator();
  // Milliseconds; short, so that a connection that falls silent is noticed within two beats.
  emulator.knobs.heartbeat = 400;
  bot = await startDiscordBot({ emulator, answerQuestion: advisor.quick, library: advisor.library });
  const cycles = FULL ? 100 : 6;
  const random = seeded(seed);
  // Each fault in turn, then at random; ended sessions cost discord.js five seconds of waiting each.
  const faults = Array.from(
    { length: cycles },
    (_, n) => FAULTS[n < FAULTS.length ? n : Math.floor(random() * FAULTS.length)]!,
  );
  const ids: string[] = [];
  let ended = 0;
  for (const [n, fault] of faults.entries()) {
    if (fault === 'invalid') ended += 1;
    const before = emulator.counts.resumes + emulator.identifies.length;
    emulator.fault(fault);
    // An ended session has nowhere to keep what comes meanwhile; every other one replays it.
    if (fault === 'invalid') await until(() => emulator.isLive(), 30_000, 'a new session');
    ids.push(emulator.ask(`during fault ${n}`).id);
    await until(() => emulator.counts.resumes + emulator.identifies.length > before, 30_000, `${fault} ${n}`);
    await until(() => answered(ids.at(-1) as string) > 0, 30_000, `the answer during ${fault} ${n}`);
  }
  const resumable = cycles - ended;
  console.log(
    `seed ${seed}: ${cycles} faults, ${emulator.counts.resumes} of ${resumable} resumed, ${emulator.counts.replayed} events replayed, ${emulator.identifies.length} identified, ${ids.filter((id) => answered(id) === 1).length} of ${ids.length} interactions answered once`,
  );
  expect(ids.every((id) => answered(id) === 1)).toBe(true);
  expect(emulator.counts.resumes).toBeGreaterThanOrEqual(resumable * 0.95);
  expect(emulator.counts.refusedResumes).toBe(0);
  expect(emulator.identifies).toHaveLength(1 + ended);
});

const answered = (id: string): number => emulator.shown.filter(({ interaction }) => interaction === id).length;
