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

/** Small, because the features are few and on one scale; keeps a rare feature from deciding alone. */
const PENALTY = 0.001;

/** Fits the scope model on labelled questions; the threshold is the one with the best abstention F1 on the same. */
export async function fitScope(
  questions: readonly LabelledQuestion[],
  { knowledge }: Library,
  embedder: Embedder,
): Promise<FittedScope> {
  const examples: Example[] = [];
  for (const { question: text, abstain } of questions) {
    const question = parseQuestion(text);
    const parts = expandQuestion(question);
    const ranked = retrieve(knowledge, createQuery(parts, await embedder.embedQuestion(parts)), 10);
    examples.push({ features: scopeFeatures(question, ranked), positive: abstain === null });
  }
  const model = fitLogistic(examples, PENALTY);
  const scored = examples.map(({ features, positive }) => ({ sureness: probability(model, features), positive }));
  const threshold = thresholdOf(scored);
  const weights = Object.fromEntries(
    SCOPE_FEATURES.map((name, at) => [name, Number((model.weights[at] as number).toFixed(4))]),
  );
  return {
    intercept: Number(model.intercept.toFixed(4)),
    threshold,
    weights,
    reliability: reliabilityOf(examples, threshold),
  };
}

/** An abstention where an answer was due costs a reader more than the other way round: of near equals, the lowest. */
const NEAR = 0.015;

function thresholdOf(scored: readonly { readonly sureness: number; readonly positive: boolean }[]): number {
  const due = scored.filter(({ positive }) => !positive).length;
  const f1Of = (threshold: number): number => {
    const abstained = scored.filter(({ sureness }) => sureness < threshold);
    return (2 * abstained.filter(({ positive }) => !positive).length) / Math.max(1, abstained.length + due);
  };
  const candidates = Array.from({ length: 31 }, (_, at) => Number((0.2 + at * 0.02).toFixed(2)));
  const best = Math.max(...candidates.map(f1Of));
  return candidates.find((candidate) => f1Of(candidate) >= best - NEAR) as number;
}

const FOLDS = 5;
const BANDS = [0, 0.7, 0.85, 0.95, 0.99, 1.000001];

/** Every example is scored by a model that has not seen it. */
function reliabilityOf(examples: readonly Example[], threshold: number): FittedScope['reliability'] {
  const scored = examples.map(({ features, positive }, at) => {
    const others = examples.filter((_, other) => other % FOLDS !== at % FOLDS);
    return { fold: at % FOLDS, others, features, positive };
  });
  const models = [...Array(FOLDS).keys()].map((fold) =>
    fitLogistic(scored.find((item) => item.fold === fold)?.others ?? examples, PENALTY),
  );
  const answers = scored
    .map(({ fold, features, positive }) => ({
      sureness: probability(models[fold] as LogisticModel, features),
      positive,
    }))
    .filter(({ sureness }) => sureness >= threshold);
  return BANDS.slice(0, -1).map((from, at) => {
    const to = BANDS[at + 1] as number;
    const own = answers.filter(({ sureness }) => sureness >= from && sureness < to);
    return { from, to, count: own.length, right: own.filter(({ positive }) => positive).length };
  });
}
