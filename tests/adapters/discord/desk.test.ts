import { expect, it, vi } from 'vitest';
import { createDesk } from '../../../src/adapters/discord/desk.ts';
import type { IndexAdministration } from '../../../src/index-administration.ts';

it('refuses 1,000 index actions of others, each with an audit line, and carries out those of an administrator', async () => {
  const rebuild = vi.fn(async () => 'built');
  const audit = vi.fn();
  const index = { rebuild } as unknown as IndexAdministration;
  const desk = createDesk({
    answerQuestion: () => Promise.reject(new Error('not asked')),
    library: () => {
      throw new Error('not asked');
    },
    decisionsFolder: '',
    saveFeedback: async () => {},
    administration: { administrators: ['1:7'], index, audit },
  });
  const strangers = ['direct:7', '2:7', '1:8', '1:7 ', ''];
  for (let n = 0; n < 1000; n++) await desk.administer('rebuild', strangers[n % 5] as string);
  expect(rebuild).not.toHaveBeenCalled();
  expect(audit).toHaveBeenCalledTimes(1000);
  await desk.administer('rebuild', '1:7');
  expect(rebuild).toHaveBeenCalledOnce();
});
