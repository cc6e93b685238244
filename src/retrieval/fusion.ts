/**
 * How the two searches become one ranking. Both scores are put on one scale, standard deviations above the corpus's
 * mean for this question (z-scores), because that scale adapts by question: a search that sets few passages apart
 * weighs less. Constants were tuned on the train splits of three public sets and confirmed on their validation splits
 * and with one set left out (docs/retrieval.md).
 */

/**
 * Share of the keyword score: a quarter at 1,300 passages, more in larger corpora, where vectors confuse more
 * neighbours, and a little less where the vectors set one passage apart from all others. `lead` is how far the nearest
 * passage's z-score is above the second's.
 */
export function keywordShare(passages: number, lead: number): number {
  const bySize = 0.25 + 0.17 * Math.log(Math.max(2, passages) / 1300);
  return Math.min(0.34, Math.max(0.1, bySize)) / (1 + 0.1 * lead);
}

/** Parts of the vector score: the question's own cosine, and nearness to the best passages (pseudo feedback). */
export const QUESTION_SHARE = 0.67;
export const FEEDBACK_SHARE = 0.3;
/** Of the question's own part: its best sentence against the whole passage. */
export const SENTENCE_SHARE = 0.3;
/** Passages that feed back, and how fast their weight falls, in z units: the first few decide unless nearly equal. */
export const FEEDBACK_PASSAGES = 8;
export const FEEDBACK_TEMPERATURE = 0.15;

/** Mean and standard deviation of one search's scores over the corpus. */
export interface Scale {
  readonly mean: number;
  readonly deviation: number;
}

export function zScore(score: number, { mean, deviation }: Scale): number {
  return (score - mean) / deviation;
}
