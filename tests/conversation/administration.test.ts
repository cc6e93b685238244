import { afterAll, beforeAll, expect, it } from 'vitest';
import { plainTextOf } from '../../src/reply/plain-text.ts';
import { openRealAdvisor, type RealAdvisor } from '../support/real-advisor.ts';
import { makeConversation, PLACE } from './make-conversation.ts';

let advisor: RealAdvisor;
beforeAll(async () => {
  advisor = await openRealAdvisor();
});
afterAll(() => advisor.close());

const by = (user: string, place = PLACE) => ({ key: 'k', user, place });

it('lets those named do what they ask, with readable words', async () => {
  const { administer, done } = makeConversation(advisor);
  const text = async (action: never, value = '') => plainTextOf(await administer(by('UADMIN'), action, value));
  expect(await text('status' as never)).toContain('g2; State: serves');
  expect(await text('diff' as never)).toContain('corpus/a.md');
  expect(await text('follow-ups' as never, 'off')).toContain('only when I am mentioned');
  expect(await text('rebuild' as never)).toContain('Index rebuilt');
  expect(done).toEqual(['rebuild']);
});

it('denies everybody else and writes each attempt down', async () => {
  const { administer, done, state } = makeConversation(advisor);
  const forged = [
    by('U1'),
    by('UADMIN', { ...PLACE, workspace: 'T2' }),
    by('uadmin'),
    by('T1:UADMIN'),
    by('UADMIN '),
    by('', { ...PLACE, workspace: 'T1:UADMIN' }),
    by('UADMIN', { ...PLACE, workspace: 'unknown' }),
  ];
  for (const request of forged) {
    for (const action of ['rebuild', 'rollback', 'status', 'diff', 'follow-ups'] as const) {
      expect((await administer(request, action, 'off')).title).toBe('Not allowed');
    }
  }
  expect(done).toEqual([]);
  const audit = await state.listAudit(100);
  expect(audit).toHaveLength(forged.length * 5);
  expect(audit.every(({ allowed }) => !allowed)).toBe(true);
});

it('changes one thing at a time, and not at once again', async () => {
  let clock = 5_000_000;
  const { administer, done } = makeConversation(advisor, { now: () => clock });
  const titles = await Promise.all(
    Array.from({ length: 20 }, () => administer(by('UADMIN'), 'rebuild', '').then(({ title }) => title)),
  );
  expect(titles.filter((title) => title === 'Index rebuilt')).toHaveLength(1);
  expect(titles.filter((title) => title === 'Already running')).toHaveLength(19);
  expect((await administer(by('UADMIN'), 'rollback', '')).title).toBe('One moment');
  clock += 11_000;
  expect((await administer(by('UADMIN'), 'rollback', '')).title).toBe('Rolled back');
  expect(done).toEqual(['rebuild', 'rollback']);
});
