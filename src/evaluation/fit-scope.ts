import type { Library } from '../answer/answer-question.ts';
import { SCOPE_FEATURES, scopeFeatures } from '../answer/scope-features.ts';
import type { Embedder } from '../knowledge/embedder.ts';
import { parseQuestion } from '../question/parse-question.ts';
import { expandQuestion } from '../retrieval/expansion.ts';
import { createQuery, retrieve } from '../retrieval/retriever.ts';
import type { LabelledQuestion } from './labelled-question.ts';
import { type Example, fitLogistic, type LogisticModel, probability } from './logistic-regression.ts';

export interface FittedScope {
  readonly intercept: number;
  readonly threshold: number;
  readonly weights: Readonly<Record<string, number>>;
  /** Per band of sureness, of the answers that would be given: how many, and how many rightly (5-fold, held out). */
  readonly reliability: readonly {
    readonly from: number;
    readonly to: number;
    readonly count: number;
    readonly right: number;
  }[];
}

/** Small, because the features are few and on one scale; chosen by cross-validation (docs/retrieval.md). */
const PENALTY = 0.0003;
/** Share of the messages that a bot must not answer: 9 of the 60 real questions. Ours hold more, to learn from them. */
const REAL_SHARE = 0.15;

/**
 * Fits the scope model on labelled questions. Threshold and reliability come from five-fold cross-validation: every
 * question is scored by a model that has not seen it.
 */
export async function fitScope(
  questions: readonly LabelledQuestion[],
  { knowledge }: Library,
  embedder: Embedder,
): Promise<FittedScope> {
  const examples: Example[] = [];
  for (const { question: text, abstain } of questions) {
    const question = parseQuestion(text);
    const parts = expandQuestion(question);
    const ranked = retrieve(knowledge, createQuery(knowledge, parts, await embedder.embedQuestion(parts)), 10);
    examples.push({ features: scopeFeatures(question, ranked), positive: abstain === null });
  }
  const model = fitLogistic(examples, PENALTY);
  const scored = heldOut(examples);
  const threshold = thresholdOf(scored);
  const weights = Object.fromEntries(
    SCOPE_FEATURES.map((name, at) => [name, Number((model.weights[at] as number).toFixed(4))]),
  );
  return {
    intercept: Number(model.intercept.toFixed(4)),
    threshold,
    weights,
    reliability: reliabilityOf(scored, threshold),
  };
}

/** Points of F1 that are within what chance moves. */
const NEAR = 0.015;

interface Scored {
  readonly sureness: number;
  readonly positive: boolean;
}

const FOLDS = 5;

function heldOut(examples: readonly Example[]): Scored[] {
  const models = Array.from({ length: FOLDS }, (_, fold) =>
    fitLogistic(
      examples.filter((_, at) => at % FOLDS !== fold),
      PENALTY,
    ),
  );
  return examples.map(({ features, positive }, at) => ({
    sureness: probability(models[at % FOLDS] as LogisticModel, features),
    positive,
  }));
}

/**
 * Of the thresholds with nearly the best abstention F1 where messages are mixed as in real life, the highest: real
 * questions in scope are longer than ours, and their sureness is higher.
 */
function thresholdOf(scored: readonly Scored[]): number {
  const negatives = scored.filter(({ positive }) => !positive);
  const positives = scored.filter(({ positive }) => positive);
  const under = (list: readonly Scored[], threshold: number): number =>
    list.filter(({ sureness }) => sureness < threshold).length / Math.max(1, list.length);
  const f1Of = (threshold: number): number => {
    const recall = under(negatives, threshold);
    const right = REAL_SHARE * recall;
    return (2 * right) / (right + (1 - REAL_SHARE) * under(positives, threshold) + REAL_SHARE);
  };
  const candidates = Array.from({ length: 41 }, (_, at) => Number((0.1 + at * 0.015).toFixed(3)));
  const best = Math.max(...candidates.map(f1Of));
  return candidates.findLast((candidate) => f1Of(candidate) >= best - NEAR) as number;
}

const BANDS = [0, 0.7, 0.85, 0.95, 0.99, 1.000001];

/** Of the answers that would be given, by band of sureness: how many, and how many rightly. */
function reliabilityOf(scored: readonly Scored[], threshold: number): FittedScope['reliability'] {
  const answers = scored.filter(({ sureness }) => sureness >= threshold);
  return BANDS.slice(0, -1).map((from, at) => {
    const to = BANDS[at + 1] as number;
    const own = answers.filter(({ sureness }) => sureness >= from && sureness < to);
    return { from, to, count: own.length, right: own.filter(({ positive }) => positive).length };
  });
}
