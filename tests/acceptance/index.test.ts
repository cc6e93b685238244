import { existsSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { currentGeneration } from '../../src/knowledge/generation.ts';
import { buildInChild, startChildBuild } from '../support/build-in-child.ts';
import type { Fault } from '../support/faulty-file-system.ts';
import { seeded } from '../support/hostile-questions.ts';
import { inPairs, leftovers, openTrialGround, spread, type TrialGround } from '../support/index-trial.ts';

const FULL = process.env.ACCEPTANCE === 'full';
/** All of them in the full run, some evenly spread ones otherwise. */
const some = (count: number, short: number): number[] => spread(count, FULL ? count : short);
const LONG = 1_800_000;

let ground: TrialGround;
beforeAll(async () => {
  ground = await openTrialGround();
});
afterAll(() => ground.close());

/** Whatever became of the build: one whole generation serves, the old or the new, and the next build works and cleans up. */
async function expectWhole(index: string, what: string): Promise<'old' | 'new'> {
  const { knowledge, warnings } = await ground.load(index);
  expect(warnings, what).toEqual([]);
  expect(knowledge.documents.size, what).toBe(8);
  const served = knowledge.manifest.generation;
  // A minute later: whatever lock has no living owner to be seen is old by then.
  const past = new Date(Date.now() - 60_000);
  for (const name of leftovers(index)) if (name.startsWith('.lock')) utimesSync(join(index, name), past, past);
  const { generation } = await ground.build(index);
  expect((await ground.load(index)).knowledge.manifest.generation, what).toBe(generation);
  expect(leftovers(index), what).toEqual([]);
  rmSync(index, { recursive: true });
  return served === ground.before ? 'old' : 'new';
}

async function withFault(fault: Omit<Fault, 'root'>): Promise<{ index: string; outcome: string; died: boolean }> {
  const index = ground.index();
  const { corpus } = ground;
  const { outcomes, signal } = await buildInChild({ corpus, index, fault: { ...fault, root: index } });
  return { index, outcome: outcomes[0] ?? '', died: signal === 'SIGKILL' };
}

function counter(): { count: (kind: string) => void; shown: () => string } {
  const counts = new Map<string, number>();
  return {
    count: (kind) => counts.set(kind, (counts.get(kind) ?? 0) + 1),
    shown: () => [...counts].map(([kind, count]) => `${count} ${kind}`).join(', '),
  };
}

describe('kill -9', () => {
  it(
    'before and within every file operation of a build leaves the old or the new index',
    async () => {
      const writing = [...ground.operations.entries()].filter(([, name]) => /^(?:write|rm)/.test(name));
      const faults: Omit<Fault, 'root'>[] = [
        ...some(ground.operations.length, 8).map((at) => ({ kind: 'kill' as const, at })),
        ...some(writing.length, 4).map((at) => ({ kind: 'tear' as const, at: writing[at]![0] })),
      ];
      const served = counter();
      await inPairs(faults, async (fault) => {
        const { index, died } = await withFault(fault);
        const what = `${fault.kind} at ${ground.operations[fault.at]}`;
        expect(died, what).toBe(true);
        served.count(await expectWhole(index, what));
      });
      console.log(`killed at ${faults.length} file operations: ${served.shown()}, 0 neither`);
    },
    LONG,
  );

  it(
    'at random points of time leaves the old or the new index',
    async () => {
      const seed = 20261125;
      const random = seeded(seed);
      const served = counter();
      const started = performance.now();
      await buildInChild({ corpus: ground.corpus, index: ground.index() });
      const whole = performance.now() - started;
      const points = Array.from({ length: FULL ? 200 : 4 }, () => random());
      await inPairs(points, async (point) => {
        const index = ground.index();
        const { child, finished } = startChildBuild({ corpus: ground.corpus, index });
        // From the first lines of code to the time by which a build is done, on this machine, two at a time.
        setTimeout(() => child.kill('SIGKILL'), whole * (0.5 + point * 0.9));
        await finished;
        served.count(await expectWhole(index, `killed after ${point}`));
      });
      console.log(`${points.length} kills at random times (seed ${seed}): ${served.shown()}, 0 neither`);
    },
    LONG,
  );
});

describe('power loss', () => {
  it(
    'at any file operation, with all unsynced bytes gone, leaves the old or the new index',
    async () => {
      const first = ground.operations.findIndex((name) => name.startsWith('mkdir') && name.includes('.tmp-'));
      const count = ground.operations.length - first;
      // Always right after the swap of the pointer and at the end: the new generation serves, and nothing of it may be lost.
      const swap = ground.operations.findIndex((name) => /^rename .*CURRENT$/.test(name)) - first;
      const points = FULL ? some(count, count) : [...some(count, 4), swap + 1, count - 1];
      const faults = [undefined, 'all' as const, 'older' as const].flatMap((losesNames) =>
        points.map((at) => ({ kind: 'power' as const, at: first + at, ...(losesNames && { losesNames }) })),
      );
      const served = counter();
      await inPairs(faults, async (fault) => {
        const { index, died } = await withFault(fault);
        const what = `${ground.operations[fault.at]}${fault.losesNames ? `, ${fault.losesNames} names lost too` : ''}`;
        expect(died, what).toBe(true);
        served.count(await expectWhole(index, what));
      });
      console.log(`power lost at ${faults.length} points: ${served.shown()}, 0 neither`);
    },
    LONG,
  );
});

describe('a failing disk', () => {
  const expectOldOrDone = async (index: string, outcome: string, what: string): Promise<string> => {
    const failed = outcome.includes(': ');
    if (failed) {
      // A sentence that names the error, and no trace of the attempt.
      expect(outcome, what).toMatch(/E[A-Z]{2,}|INDEX_/);
      expect(await currentGeneration(index), what).toBe(ground.before);
      expect(leftovers(index), what).toEqual([]);
    }
    const served = await expectWhole(index, what);
    expect(served, what).toBe(failed ? 'old' : 'new');
    return failed ? 'failed by name' : 'went on';
  };

  it(
    'of any size makes a build fail by name and changes nothing',
    async () => {
      const outcomes = counter();
      const whole = readFileSync(join(ground.index(), ground.before, 'manifest.json'), 'utf8');
      const { manifest } = JSON.parse(whole) as { manifest: { files: Record<string, { bytes: number }> } };
      const sizes = Object.values(manifest.files).map(({ bytes }) => bytes);
      const total = sizes.reduce((sum, bytes) => sum + bytes, 0);
      await inPairs(spread(total, FULL ? 50 : 4), async (at) => {
        const { index, outcome } = await withFault({ kind: 'full', at });
        expect(outcome, `${at} bytes free`).toContain(': ');
        outcomes.count(await expectOldOrDone(index, outcome, `${at} bytes free`));
      });
      // What the kernel itself says: no file may grow beyond a limit, in blocks of 1,024 bytes.
      const blocks = Math.floor(Math.max(...sizes) / 1024);
      const limits = spread(blocks, FULL ? 50 : 2);
      await inPairs(limits, async (limit) => {
        const index = ground.index();
        const result = await buildInChild({ corpus: ground.corpus, index, fileLimit: limit * 1024 });
        expect(result.signal).toBe(null);
        outcomes.count(await expectOldOrDone(index, result.outcomes[0] ?? '', `files of ${limit} KiB at most`));
      });
      console.log(`disk full at ${FULL ? 50 : 4} sizes and ${limits.length} file limits: ${outcomes.shown()}`);
    },
    LONG,
  );

  it.each(['EACCES', 'EMFILE', 'EIO', 'ENOSPC'])(
    '%s at any file operation makes a build fail by name or go on whole',
    async (code) => {
      const outcomes = counter();
      const points = some(ground.operations.length, 2);
      await inPairs(points, async (at) => {
        const { index, outcome } = await withFault({ kind: 'error', at, code });
        outcomes.count(await expectOldOrDone(index, outcome, `${code} at ${ground.operations[at]}: ${outcome}`));
      });
      console.log(`${code} at ${points.length} operations: ${outcomes.shown()}`);
    },
    LONG,
  );

  it(
    'that stays broken makes a build fail by name, and the old index serves',
    async () => {
      const points = some(ground.operations.length, 4);
      const outcomes = counter();
      await inPairs(points, async (at) => {
        const { index, outcome } = await withFault({ kind: 'error', at, code: 'EIO', lasting: true });
        outcomes.count(outcome.includes(': ') ? 'failed by name' : 'went on');
        await expectWhole(index, `EIO from ${ground.operations[at]} on: ${outcome}`);
      });
      console.log(`EIO from ${points.length} operations on: ${outcomes.shown()}`);
    },
    LONG,
  );
});

describe('two builders', () => {
  it(
    '20 calls from 2 processes: one builds, 19 are told who does',
    async () => {
      const index = ground.index();
      const request = { corpus: ground.corpus, index, calls: 10, delay: FULL ? 3_000 : 1_500 };
      const results = await Promise.all([buildInChild(request), buildInChild(request)]);
      const outcomes = results.flatMap((result) => result.outcomes);
      const refused = outcomes.filter((outcome) => /^INDEX_LOCKED: another build \(process \d+\)/.test(outcome));
      console.log(
        `20 calls from 2 processes: ${outcomes.length - refused.length} built, ${refused.length} refused by name`,
      );
      expect(refused).toHaveLength(19);
      expect(await expectWhole(index, 'after 20 calls')).toBe('new');
    },
    LONG,
  );

  it(
    'one that is frozen anywhere loses its lock and cannot publish any more',
    async () => {
      const held = ground.operations.findIndex((name) => /^rename .*\.lock$/.test(name)) + 1;
      const points = some(ground.operations.length - held, 4).map((at) => at + held);
      // The last steps each: here a check and what follows it could be torn apart.
      if (!FULL) points.push(...spread(14, 5).map((at) => ground.operations.length - 1 - at));
      const outcomes = counter();
      await inPairs(points, async (at) => {
        const index = ground.index();
        const what = `frozen before ${ground.operations[at]}`;
        const { child, finished } = startChildBuild({
          corpus: ground.corpus,
          index,
          fault: { kind: 'stop', at, root: index },
        });
        await stopped(child.pid!);
        const past = new Date(Date.now() - 60_000);
        const owner = join(index, '.lock/owner.json');
        if (existsSync(owner)) utimesSync(owner, past, past);
        const taken = await ground.build(index, { attachments: { version: '2', make: async () => new Map() } });
        child.kill('SIGCONT');
        const [outcome = ''] = (await finished).outcomes;
        expect(await currentGeneration(index), `${what}: ${outcome}`).toBe(taken.generation);
        const { knowledge, warnings } = await ground.load(index);
        expect({ generation: knowledge.manifest.generation, warnings }, what).toEqual({
          generation: taken.generation,
          warnings: [],
        });
        if (outcome.includes(': ')) expect(outcome, what).toContain('INDEX_LOCKED');
        outcomes.count(outcome.includes(': ') ? 'refused by name' : 'had published before');
        expect(leftovers(index), what).toEqual([]);
        rmSync(index, { recursive: true });
      });
      console.log(`frozen at ${points.length} operations: ${outcomes.shown()}, 0 published late`);
    },
    LONG,
  );

  it.runIf(FULL)(
    'one that is killed or frozen is followed by the next within 30 s',
    async () => {
      for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
        const index = ground.index();
        const { child, finished } = startChildBuild({ corpus: ground.corpus, index, delay: 5_000 });
        while (!existsSync(join(index, '.lock'))) await pause(20);
        child.kill(signal);
        const started = performance.now();
        for (;;) {
          const built = await ground.build(index).catch((thrown: { code: string }) => thrown.code);
          if (built !== 'INDEX_LOCKED') break;
          await pause(200);
        }
        const seconds = (performance.now() - started) / 1000;
        console.log(`builder ended by ${signal}: taken over after ${seconds.toFixed(1)} s`);
        expect(seconds).toBeLessThan(30);
        child.kill('SIGKILL');
        await finished;
      }
    },
    LONG,
  );
});

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits until a process of ours has stopped itself. */
async function stopped(pid: number): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const state = /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
    if (state === 'T') return;
    await pause(20);
  }
  throw new Error(`process ${pid} did not stop`);
}
