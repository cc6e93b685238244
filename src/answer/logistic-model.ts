/** A fitted model: probability = sigmoid(intercept + weights . features). */
export interface LogisticModel {
  readonly intercept: number;
  readonly weights: readonly number[] | Float32Array | Float64Array;
}

export function probability({ intercept, weights }: LogisticModel, features: ArrayLike<number>): number {
  let sum = intercept;
  for (let at = 0; at < weights.length; at++) sum += (weights[at] as number) * (features[at] as number);
  return 1 / (1 + Math.exp(-sum));
}
