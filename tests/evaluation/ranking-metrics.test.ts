import fc from 'fast-check';
import { expect, it } from 'vitest';
import { confidenceInterval, mean, ndcg, recall } from '../../src/evaluation/ranking-metrics.ts';

const grades = new Map([
  ['a', 3],
  ['b', 2],
  ['c', 1],
]);

it('nDCG is what is computed by hand', () => {
  // Gains 3/1 + 2/log2(3) + 1/2 = 4.7618595 are ideal; "b, x, a" gains 2/1 + 0 + 3/2 = 3.5.
  expect(ndcg(['a', 'b', 'c'], grades, 10)).toBe(1);
  expect(ndcg(['b', 'x', 'a'], grades, 10)).toBeCloseTo(3.5 / (3 + 2 / Math.log2(3) + 0.5), 10);
  expect(ndcg(['x', 'a'], grades, 1)).toBe(0);
  expect(ndcg(['a'], new Map(), 10)).toBe(0);
});

it('recall is the share found', () => {
  expect(recall(['a', 'x', 'c'], grades, 3)).toBeCloseTo(2 / 3, 10);
  expect(recall(['a', 'x', 'c'], grades, 2)).toBeCloseTo(1 / 3, 10);
  expect(recall([], new Map(), 5)).toBe(0);
});

it('nDCG lies between 0 and 1, and falls when a relevant document changes places with a worse one before it', () => {
  const ranking = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'x', 'y', 'z'), { minLength: 2 });
  fc.assert(
    fc.property(ranking, fc.nat(), fc.nat(), (list, i, j) => {
      const value = ndcg(list, grades, 10);
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
      const [low, high] = [i % list.length, j % list.length].sort((p, q) => p - q) as [number, number];
      const better = (grades.get(list[low]!) ?? 0) - (grades.get(list[high]!) ?? 0);
      const swapped = [...list];
      [swapped[low], swapped[high]] = [list[high]!, list[low]!];
      const change = ndcg(swapped, grades, 10) - value;
      if (low === high || better === 0) expect(change).toBeCloseTo(0, 10);
      else expect(Math.sign(change)).toBe(-Math.sign(better));
    }),
  );
});

it('a confidence interval holds its mean, narrows with more values, and is the same every time', () => {
  const few = Array.from({ length: 20 }, (_, at) => (at % 3 === 0 ? 1 : 0));
  const many = Array.from({ length: 2_000 }, (_, at) => (at % 3 === 0 ? 1 : 0));
  const wide = confidenceInterval(few);
  const narrow = confidenceInterval(many);
  expect(wide.low).toBeLessThanOrEqual(mean(few));
  expect(wide.high).toBeGreaterThanOrEqual(mean(few));
  expect(narrow.high - narrow.low).toBeLessThan((wide.high - wide.low) / 4);
  expect(confidenceInterval(few)).toEqual(wide);
  expect(confidenceInterval([])).toEqual({ low: 0, high: 0 });
});
