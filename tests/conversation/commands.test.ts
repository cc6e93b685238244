import fc from 'fast-check';
import { expect, it } from 'vitest';
import { COMMAND_NAMES, candidatesIn, readCommand } from '../../src/conversation/commands.ts';
import { remembered, understand } from '../../src/conversation/follow-up.ts';

it.each([
  ['ask', 'PyTorch or JAX?', { name: 'ask', question: 'PyTorch or JAX?' }],
  ['ask', ' ', { name: 'help', about: 'ask' }],
  ['ask', 'HELP', { name: 'help', about: 'ask' }],
  ['recommend', 'research on TPUs', { name: 'recommend', requirements: [], text: 'research on TPUs' }],
  ['compare', 'pytorch jax', { name: 'compare', candidates: ['pytorch', 'jax'] }],
  ['compare', 'torch vs tf', { name: 'compare', candidates: ['pytorch', 'tensorflow'] }],
  ['compare', 'ExecuTorch against TFLite', { name: 'compare', candidates: ['executorch', 'litert'] }],
  ['compare', 'pytorch', { name: 'help', about: 'compare' }],
  ['index', 'Status', { name: 'index', action: 'status', value: '' }],
  ['index', 'follow-ups off', { name: 'index', action: 'follow-ups', value: 'off' }],
  ['index', 'drop table', { name: 'help', about: 'index' }],
] as const)('/%s %s', (name, text, expected) => {
  expect(readCommand(name, text)).toEqual(expected);
});

it('reads any text as some command', () => {
  fc.assert(
    fc.property(fc.constantFrom(...COMMAND_NAMES), fc.string({ unit: 'binary', maxLength: 300 }), (name, text) => {
      const command = readCommand(name, text);
      expect(command.name === name || command.name === 'help').toBe(true);
      expect(candidatesIn(text).length).toBeLessThanOrEqual(6);
    }),
  );
});

it('takes what adds needs for a refinement, and what asks for a question of its own', () => {
  const memory = { question: 'Which framework for research?', requirements: [] };
  expect(understand('and it must run on Android', memory)).toMatchObject({ isRefinement: true });
  expect(understand('It must run on Android.', memory).question).toContain('Which framework for research?');
  expect(understand('Should we use JAX on TPUs?', memory)).toMatchObject({
    isRefinement: false,
    question: 'Should we use JAX on TPUs?',
  });
  expect(understand('thanks', memory).isRefinement).toBe(false);
  expect(understand('and it must run on Android', null).isRefinement).toBe(false);
});

it('remembers the newest word on each requirement', () => {
  const wanted = { id: 'target:mobile', trigger: 'phone', wanted: true };
  expect(remembered('q', [{ ...wanted, wanted: false }, wanted]).requirements).toEqual([{ ...wanted, wanted: false }]);
});
