import type { Library } from '../answer/answer-question.ts';
import { SCOPE_FEATURES, scopeFeatures } from '../answer/scope-features.ts';
import type { Embedder } from '../knowledge/embedder.ts';
import { parseQuestion } from '../question/parse-question.ts';
import { weighQuestion } from '../retrieval/query.ts';
import { createQuery, retrieve } from '../retrieval/retriever.ts';
import type { LabelledQuestion } from './labelled-question.ts';
import { type Example, fitLogistic, probability } from './logistic-regression.ts';

export interface FittedScope {
  readonly intercept: number;
  readonly threshold: number;
  readonly weights: Readonly<Record<string, number>>;
}

/** Small, because the features are few and on one scale; keeps a rare feature from deciding alone. */
const PENALTY = 0.003;

/** Fits the scope model on labelled questions; the threshold is the one with the best abstention F1 on the same. */
export async function fitScope(
  questions: readonly LabelledQuestion[],
  { knowledge }: Library,
  embedder: Embedder,
): Promise<FittedScope> {
  const examples: Example[] = [];
  for (const { question: text, abstain } of questions) {
    const parts = weighQuestion(text);
    const ranked = retrieve(knowledge, createQuery(parts, await embedder.embedQuestion(parts)), 10);
    examples.push({ features: scopeFeatures(parseQuestion(text), ranked), positive: abstain === null });
  }
  const model = fitLogistic(examples, PENALTY);
  const scored = examples.map(({ features, positive }) => ({ sureness: probability(model, features), positive }));
  let threshold = 0.5;
  let best = -1;
  for (let candidate = 0.2; candidate <= 0.8; candidate += 0.02) {
    const hits = scored.filter(({ sureness, positive }) => sureness < candidate && !positive).length;
    const f1 =
      (2 * hits) /
      Math.max(
        1,
        scored.filter(({ sureness }) => sureness < candidate).length +
          scored.filter(({ positive }) => !positive).length,
      );
    if (f1 > best + 1e-9) {
      best = f1;
      threshold = Number(candidate.toFixed(2));
    }
  }
  const weights = Object.fromEntries(
    SCOPE_FEATURES.map((name, at) => [name, Number((model.weights[at] as number).toFixed(4))]),
  );
  return { intercept: Number(model.intercept.toFixed(4)), threshold, weights };
}
