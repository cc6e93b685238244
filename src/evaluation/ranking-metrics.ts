/** Grades of one query: document id -> grade, above 0. */
export type Grades = ReadonlyMap<string, number>;

/**
 * Normalised discounted cumulative gain of the first `depth` documents (Järvelin & Kekäläinen 2002; gain is the grade,
 * discount log2 of rank + 1), 0-1.
 */
export function ndcg(ranking: readonly string[], grades: Grades, depth: number): number {
  const gain = (list: readonly number[]): number => list.reduce((sum, grade, at) => sum + grade / Math.log2(at + 2), 0);
  const ideal = gain([...grades.values()].sort((a, b) => b - a).slice(0, depth));
  return ideal === 0 ? 0 : gain(ranking.slice(0, depth).map((id) => grades.get(id) ?? 0)) / ideal;
}

/** The share of relevant documents among the first `depth`, 0-1. */
export function recall(ranking: readonly string[], grades: Grades, depth: number): number {
  if (grades.size === 0) return 0;
  return ranking.slice(0, depth).filter((id) => grades.has(id)).length / grades.size;
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 1000;

/** 95 % confidence interval of a mean by the percentile bootstrap; the same every time. */
export function confidenceInterval(values: readonly number[], seed = 20261120): Interval {
  if (values.length === 0) return { low: 0, high: 0 };
  const random = seeded(seed);
  const means = Float64Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let at = 0; at < values.length; at++) sum += values[Math.floor(random() * values.length)] as number;
    return sum / values.length;
  }).sort();
  return {
    low: means[Math.floor(RESAMPLES * 0.025)] as number,
    high: means[Math.ceil(RESAMPLES * 0.975) - 1] as number,
  };
}

/** mulberry32, a small seeded generator. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
