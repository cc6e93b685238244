import type { AnswerQuestion } from '../../src/answer/answer.ts';
import type { Library } from '../../src/answer/answer-question.ts';
import { createAnswerer } from '../../src/answer/answer-question.ts';
import { PRODUCT_DIRECTORY } from '../../src/config.ts';
import type { Embedder } from '../../src/knowledge/embedder.ts';
import { readModel } from '../../src/knowledge/model.ts';
import { createTransformersEmbedder } from '../../src/knowledge/transformers-embedder.ts';
import { openLibrary } from '../../src/open-library.ts';
import { SHARED_INDEX } from './build-shared-index.ts';

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
