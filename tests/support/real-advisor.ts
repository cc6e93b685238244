import type { AnswerQuestion } from '../../src/answer/answer.ts';
import type { Library } from '../../src/answer/answer-question.ts';
import { createAnswerer } from '../../src/answer/answer-question.ts';
import type { Embedder } from '../../src/knowledge/embedder.ts';
import { readModel } from '../../src/knowledge/model.ts';
import { createTransformersEmbedder } from '../../src/knowledge/transformers-embedder.ts';
import { openLibrary } from '../../src/open-library.ts';
import { PRODUCT_DIRECTORY } from '../../src/product.ts';
import { SHARED_INDEX } from './build-shared-index.ts';
import { quickAnswers } from './make-chat.ts';

export interface RealAdvisor {
  readonly answerQuestion: AnswerQuestion;
  readonly library: Library;
  readonly embedder: Embedder;
  close(): Promise<void>;
}

/** The real thing for tests that claim quality: shared index, real model in this process. */
export async function openRealAdvisor(): Promise<RealAdvisor> {
  const model = await readModel(`${PRODUCT_DIRECTORY}/models/all-MiniLM-L6-v2`);
  const { library } = await openLibrary(SHARED_INDEX, model);
  const embedder = await createTransformersEmbedder({ model, threads: 2 });
  return {
    answerQuestion: createAnswerer({ library: () => library, embedder }),
    library,
    embedder,
    close: () => embedder.close(),
  };
}

export interface QuickAdvisor extends RealAdvisor {
  /** A real answer, given at once: for tests of deliveries, not of what is said. */
  readonly quick: AnswerQuestion;
}

export async function openQuickAdvisor(): Promise<QuickAdvisor> {
  const advisor = await openRealAdvisor();
  return { ...advisor, quick: quickAnswers(await advisor.answerQuestion('PyTorch or TensorFlow for an Android app?')) };
}
