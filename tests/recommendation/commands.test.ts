import { describe, expect, it } from 'vitest';
import type { Recommendation } from '../../src/recommendation/recommendation.ts';
import { runScript } from '../support/run.ts';

const recommendJson = async (...args: string[]): Promise<{ recommendation: Recommendation }> => {
  const { code, stdout, stderr } = await runScript('scripts/recommend.ts', ['--json', ...args]);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
};

describe('recommend command', () => {
  it('takes requirement ids, wanted and ruled out, in any order', async () => {
    const one = await recommendJson('target:mobile', 'not team:knows-pytorch', 'existing:tflite');
    const other = await recommendJson('existing:tflite', 'target:mobile', 'not team:knows-pytorch');
    expect(one.recommendation).toEqual(other.recommendation);
    expect(one.recommendation).toMatchObject({ winner: 'tensorflow', runtime: { winner: 'litert' } });
  });

  it('takes a question in words, and moved priorities', async () => {
    expect((await recommendJson('fastest training: PyTorch or TensorFlow?')).recommendation.winner).toBe('depends');
    const moved = await recommendJson('--priority', 'priority=0', 'fastest training: PyTorch or TensorFlow?');
    expect(moved.recommendation.winner).toBe('pytorch');
  });

  it.each([
    [[], 'expected a question or requirements'],
    [['target:moon'], 'no rule knows the requirement target:moon'],
    [['--priority', 'target', 'target:mobile'], 'expected --priority NAME=FACTOR'],
    [['--among', 'caffe', 'target:mobile'], 'expected one of pytorch'],
  ])('refuses %j', async (args, problem) => {
    const { code, stdout, stderr } = await runScript('scripts/recommend.ts', args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(problem);
  });
});

describe('compare command', () => {
  it('prints the list with its sources, or CSV', async () => {
    const list = await runScript('scripts/compare.ts', ['pytorch', 'jax']);
    expect(list.code).toBe(0);
    expect(list.stdout).toMatch(/^Who makes it\. PyTorch: .+ \[1\]; JAX: .+\.$/m);
    expect(list.stdout).toMatch(/^\[1\] ".+" \(.+:\d+\)$/m);
    const csv = await runScript('scripts/compare.ts', ['pytorch', 'jax', '--csv']);
    expect(csv.stdout).toMatch(/^criterion,candidate,value/);
  });

  it('refuses an unknown candidate', async () => {
    const { code, stderr } = await runScript('scripts/compare.ts', ['pytorch', 'caffe']);
    expect(code).toBe(1);
    expect(stderr).toContain('caffe is no candidate');
  });
});
