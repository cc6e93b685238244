import { afterEach, describe, expect, it } from 'vitest';
import type { Place, State } from '../../src/state/state.ts';

const PLACE: Place = { platform: 'slack', workspace: 'T1', channel: 'C1', thread: '1.1' };
const REQUIREMENT = { id: 'target:mobile', trigger: 'Android', wanted: true };

/** What every engine of the state must do; `open` gives a fresh, empty one with the clock that is passed. */
export function testState(name: string, open: (now: () => number) => State): void {
  describe(`state: ${name}`, () => {
    let clock = 1_000_000_000;
    let opened: State | null = null;
    const fresh = (): State => {
      clock = 1_000_000_000;
      opened = open(() => clock);
      return opened;
    };
    afterEach(async () => {
      await opened?.close();
      opened = null;
    });

    it('lets one of many claim a key, for an hour once it is settled', async () => {
      const state = fresh();
      const claims = await Promise.all(Array.from({ length: 50 }, () => state.claim('slack:T1:C1:1.1')));
      expect(claims.filter(Boolean)).toHaveLength(1);
      await state.settle('slack:T1:C1:1.1');
      clock += 59 * 60_000;
      expect(await state.claim('slack:T1:C1:1.1')).toBe(false);
      clock += 2 * 60_000;
      expect(await state.claim('slack:T1:C1:1.1')).toBe(true);
    });

    it('gives an unsettled claim away after a minute, as its holder never posted', async () => {
      const state = fresh();
      expect(await state.claim('a')).toBe(true);
      clock += 59_000;
      expect(await state.claim('a')).toBe(false);
      clock += 2_000;
      expect(await state.claim('a')).toBe(true);
    });

    it('holds 50,000 keys at most, and the newest of them', async () => {
      const state = fresh();
      for (let at = 0; at < 51_000; at++) {
        clock += 1;
        await state.claim(`k${at}`);
        await state.settle(`k${at}`);
      }
      expect(await state.claim('k50999')).toBe(false);
      expect(await state.claim('k10')).toBe(true);
    });

    it('keeps questions under their answers, and threads', async () => {
      const state = fresh();
      expect(await state.questionOf('abc')).toBeNull();
      const asked = { question: 'q', requirements: [REQUIREMENT], place: PLACE, user: 'U1' };
      await state.rememberQuestion('abc', asked);
      expect(await state.questionOf('abc')).toEqual(asked);
      expect(await state.threadOf(PLACE)).toBeNull();
      await state.rememberThread(PLACE, { question: 'q', requirements: [] });
      await state.rememberThread(PLACE, { question: 'q2', requirements: [REQUIREMENT] });
      expect(await state.threadOf(PLACE)).toEqual({ question: 'q2', requirements: [REQUIREMENT] });
      for (const other of [{ workspace: 'T2' }, { channel: 'C2' }, { thread: '2.2' }, { platform: 'discord' }] as const)
        expect(await state.threadOf({ ...PLACE, ...other })).toBeNull();
    });

    it('lists feedback newest first, with its time', async () => {
      const state = fresh();
      const feedback = { answer: 'a', citation: 2, kind: 'outdated', text: "it's; --", place: PLACE, user: 'U1' };
      await state.saveFeedback(feedback);
      clock += 5;
      await state.saveFeedback({ ...feedback, citation: null });
      expect(await state.listFeedback(10)).toEqual([
        { ...feedback, citation: null, at: clock },
        { ...feedback, at: clock - 5 },
      ]);
      expect(await state.listFeedback(1)).toHaveLength(1);
    });

    it('records a miss once, and offers it to those who want it, once a generation', async () => {
      const state = fresh();
      const miss = {
        question: 'q',
        requirements: [],
        reason: 'no-evidence',
        generation: 'g1',
        place: PLACE,
        user: 'U',
      };
      const id = await state.saveMiss(miss);
      expect(await state.saveMiss(miss)).toBe(id);
      expect(await state.listMisses(5)).toHaveLength(1);
      expect(await state.wantMiss('abc')).toBe(false);
      await state.rememberQuestion('abc', { question: 'q', requirements: [], place: PLACE, user: 'U' });
      expect(await state.wantedMisses('g2', 5)).toEqual([]);
      expect(await state.wantMiss('abc')).toBe(true);
      expect(await state.wantedMisses('g1', 5)).toEqual([]);
      expect(await state.wantedMisses('g2', 5)).toEqual([{ ...miss, id }]);
      await state.triedMiss(id, 'g2', false);
      expect(await state.wantedMisses('g2', 5)).toEqual([]);
      await state.triedMiss(id, 'g3', true);
      expect(await state.wantedMisses('g4', 5)).toEqual([]);
    });

    it('keeps settings by channel, audit lines and small values', async () => {
      const state = fresh();
      expect(await state.channelSettings(PLACE)).toEqual({ followUps: true });
      await state.setChannelSettings(PLACE, { followUps: false });
      expect(await state.channelSettings({ ...PLACE, thread: null })).toEqual({ followUps: false });
      expect(await state.channelSettings({ ...PLACE, workspace: 'T2' })).toEqual({ followUps: true });
      await state.audit({ user: 'U1', place: PLACE, action: 'rebuild', allowed: false });
      expect(await state.listAudit(5)).toMatchObject([{ user: 'U1', allowed: false, at: clock }]);
      await state.put('c', 'T1:a', 'x');
      await state.put('c', 'T1:b', 'y');
      await state.put('c', 'T11:a', 'z');
      expect(await state.get('c', 'T1:a')).toBe('x');
      await state.remove('c', 'T1:a');
      expect(await state.get('c', 'T1:a')).toBeNull();
      await state.removeAll('c', 'T1:');
      expect(await state.get('c', 'T1:b')).toBeNull();
      expect(await state.get('c', 'T11:a')).toBe('z');
    });
  });
}
