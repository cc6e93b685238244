import type { Library } from '../answer/answer-question.ts';
import { type LogisticModel, probability } from '../answer/logistic-model.ts';
import { SCOPE_FEATURES, scopeFeatures, topicOf } from '../answer/scope-features.ts';
import { encodeDirection, type Topic } from '../answer/topic.ts';
import type { Embedder } from '../knowledge/embedder.ts';
import { parseQuestion } from '../question/parse-question.ts';
import { expandQuestion } from '../retrieval/expansion.ts';
import { createQuery, retrieve } from '../retrieval/retriever.ts';
import type { LabelledQuestion } from './labelled-question.ts';
import { fitLogistic } from './logistic-regression.ts';

export interface FittedScope {
  readonly intercept: number;
  readonly threshold: number;
  readonly weights: Readonly<Record<string, number>>;
  readonly topic: Topic;
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
/** Of the topic's direction: more, for 384 numbers learn by heart what 500 messages say. Chosen in the same way. */
const TOPIC_PENALTY = 0.001;
/**
 * Share of the messages that a bot must not answer: 9 of the 60 real questions, and more where it is tried out. Ours hold
 * twice as many, to learn from them.
 */
const REAL_SHARE = 0.2;

interface Example {
  /** All but the topic. */
  readonly features: readonly number[];
  /** The question's embedding. */
  readonly vector: Float32Array;
  readonly positive: boolean;
}

/** What tells by a message's vector what it is about, and what joins that with the other features. */
interface Stacked {
  readonly topic: LogisticModel;
  readonly model: LogisticModel;
}

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
    const vector = await embedder.embedQuestion(parts);
    const ranked = retrieve(knowledge, createQuery(knowledge, parts, vector), 10);
    examples.push({ features: scopeFeatures(question, ranked, 0).slice(0, -1), vector, positive: abstain === null });
  }
  const { topic, model } = fitStacked(examples);
  const scored = heldOut(examples);
  const threshold = thresholdOf(scored);
  const weights = Object.fromEntries(
    SCOPE_FEATURES.map((name, at) => [name, Number((model.weights[at] as number).toFixed(4))]),
  );
  return {
    intercept: Number(model.intercept.toFixed(4)),
    threshold,
    weights,
    topic: {
      model: knowledge.manifest.model.hash,
      intercept: Number(topic.intercept.toFixed(4)),
      direction: encodeDirection(topic.weights),
    },
    reliability: reliabilityOf(scored, threshold),
  };
}

const FOLDS = 5;
const DENSE = SCOPE_FEATURES.indexOf('dense');

/**
 * The topic first, then all features with it: each example's topic by a model that has not seen the example, since one
 * that has is surer than it will be of others (stacking; Wolpert 1992).
 */
function fitStacked(examples: readonly Example[]): Stacked {
  const fitTopic = (list: readonly Example[]): LogisticModel =>
    fitLogistic(
      list.map(({ vector, positive }) => ({ features: vector, positive })),
      TOPIC_PENALTY,
    );
  const unseen = inFolds(examples, fitTopic, (topic, { vector }) => probability(topic, vector));
  const stacked = examples.map(({ features, positive }, at) => ({
    features: withTopic(features, unseen[at] as number),
    positive,
  }));
  return { topic: fitTopic(examples), model: fitLogistic(stacked, PENALTY) };
}

/** All features: `judged` is what the topic's model says. */
function withTopic(features: readonly number[], judged: number): number[] {
  return [...features, topicOf(judged, features[DENSE] as number)];
}

/** What a model says of each example that was fitted without it. */
function inFolds<Model>(
  examples: readonly Example[],
  fitOn: (examples: readonly Example[]) => Model,
  use: (model: Model, example: Example) => number,
): number[] {
  const models = Array.from({ length: FOLDS }, (_, fold) => fitOn(examples.filter((_, at) => at % FOLDS !== fold)));
  return examples.map((example, at) => use(models[at % FOLDS] as Model, example));
}

interface Scored {
  readonly sureness: number;
  readonly positive: boolean;
}

function heldOut(examples: readonly Example[]): Scored[] {
  const sureness = inFolds(examples, fitStacked, ({ topic, model }, { features, vector }) =>
    probability(model, withTopic(features, probability(topic, vector))),
  );
  return examples.map(({ positive }, at) => ({ sureness: sureness[at] as number, positive }));
}

/** Points of F1 that are within what chance moves. */
const NEAR = 0.005;

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
