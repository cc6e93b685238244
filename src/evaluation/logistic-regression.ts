/** A fitted model: probability = sigmoid(intercept + weights . features). */
export interface LogisticModel {
  readonly intercept: number;
  readonly weights: readonly number[];
}

export interface Example {
  readonly features: readonly number[];
  readonly positive: boolean;
}

const STEPS = 20_000;
const RATE = 0.5;

/**
 * Logistic regression by full-batch gradient descent with an L2 penalty on the weights (Hastie, Tibshirani & Friedman,
 * The Elements of Statistical Learning, 4.4). Deterministic. `penalty` is per example.
 */
export function fitLogistic(examples: readonly Example[], penalty: number): LogisticModel {
  const size = examples[0]?.features.length ?? 0;
  const weights = new Float64Array(size);
  let intercept = 0;
  for (let step = 0; step < STEPS; step++) {
    const gradient = new Float64Array(size);
    let shift = 0;
    for (const { features, positive } of examples) {
      const error = probability({ intercept, weights: weights as unknown as number[] }, features) - (positive ? 1 : 0);
      shift += error;
      features.forEach((value, at) => {
        gradient[at] = (gradient[at] as number) + error * value;
      });
    }
    intercept -= (RATE * shift) / examples.length;
    for (let at = 0; at < size; at++) {
      const weight = weights[at] as number;
      weights[at] = weight - RATE * ((gradient[at] as number) / examples.length + penalty * weight);
    }
  }
  return { intercept, weights: [...weights] };
}

export function probability({ intercept, weights }: LogisticModel, features: readonly number[]): number {
  let sum = intercept;
  for (let at = 0; at < features.length; at++) sum += (weights[at] as number) * (features[at] as number);
  return 1 / (1 + Math.exp(-sum));
}
