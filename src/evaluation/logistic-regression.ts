import { type LogisticModel, probability } from '../answer/logistic-model.ts';

export interface Example {
  readonly features: readonly number[] | Float32Array;
  readonly positive: boolean;
}

/** Newton's method doubles its right digits with each step; ours end after seven or eight. */
const MAX_STEPS = 50;
const ENOUGH = 1e-9;

/**
 * Logistic regression with an L2 penalty on the weights, by Newton's method (Hastie, Tibshirani & Friedman, The Elements
 * of Statistical Learning, 4.4.1). Deterministic. `penalty` is per example and above 0, so that a least exists.
 */
export function fitLogistic(examples: readonly Example[], penalty: number): LogisticModel {
  // The intercept is the last parameter, with a feature that is always 1.
  const size = (examples[0]?.features.length ?? 0) + 1;
  const parameters = new Float64Array(size);
  for (let step = 0; step < MAX_STEPS; step++) {
    const gradient = new Float64Array(size);
    const curvature = new Float64Array(size * size);
    for (const { features, positive } of examples) {
      const row = Float64Array.from([...features, 1]);
      const likely = probability({ intercept: 0, weights: parameters }, row);
      const error = (likely - (positive ? 1 : 0)) / examples.length;
      const weight = (likely * (1 - likely)) / examples.length;
      for (let i = 0; i < size; i++) {
        const own = row[i] as number;
        gradient[i] = (gradient[i] as number) + error * own;
        for (let j = 0; j <= i; j++)
          curvature[i * size + j] = (curvature[i * size + j] as number) + weight * own * (row[j] as number);
      }
    }
    for (let i = 0; i < size; i++) {
      // Next to nothing on the intercept: it keeps the system solvable where all examples are of one kind.
      const own = i === size - 1 ? 1e-9 : penalty;
      gradient[i] = (gradient[i] as number) + own * (parameters[i] as number);
      curvature[i * size + i] = (curvature[i * size + i] as number) + own;
    }
    const move = solve(curvature, gradient);
    for (let i = 0; i < size; i++) parameters[i] = (parameters[i] as number) - (move[i] as number);
    if (Math.max(...move.map(Math.abs)) < ENOUGH) break;
  }
  return { intercept: parameters[size - 1] as number, weights: [...parameters.subarray(0, size - 1)] };
}

/** Solves a symmetric positive definite system by Cholesky's decomposition; of the matrix the lower half is read. */
function solve(matrix: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  const lower = matrix.slice();
  const at = (i: number, j: number): number => lower[i * size + j] as number;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = at(i, j);
      for (let k = 0; k < j; k++) sum -= at(i, k) * at(j, k);
      lower[i * size + j] = i === j ? Math.sqrt(sum) : sum / at(j, j);
    }
  }
  const solution = right.slice();
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) solution[i] = (solution[i] as number) - at(i, k) * (solution[k] as number);
    solution[i] = (solution[i] as number) / at(i, i);
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) solution[i] = (solution[i] as number) - at(k, i) * (solution[k] as number);
    solution[i] = (solution[i] as number) / at(i, i);
  }
  return solution;
}
