/** Entry of the process that `build-in-child.ts` starts: one line of output for each call. */
import { join } from 'node:path';
import { buildKnowledgeBase } from '../../src/knowledge/build-knowledge-base.ts';
import { inspectGeneration } from '../../src/knowledge/inspect-generation.ts';
import { readModel } from '../../src/knowledge/model.ts';
import { PRODUCT_DIRECTORY } from '../../src/product.ts';
import { wordEmbedder } from './word-embedder.ts';

const { corpus, index, delay, calls } = JSON.parse(process.argv[2] ?? '') as {
  corpus: string;
  index: string;
  delay: number;
  calls: number;
};
const model = await readModel(join(PRODUCT_DIRECTORY, 'models/all-MiniLM-L6-v2'));
const results = await Promise.allSettled(
  Array.from({ length: calls }, () =>
    buildKnowledgeBase({
      corpus: [corpus],
      indexDirectory: index,
      model,
      openEmbedder: async () => wordEmbedder,
      lanes: 1,
      attachments: {
        version: '1',
        make: async () => {
          await new Promise((resolve) => setTimeout(resolve, delay));
          return new Map([['note.txt', 'kept beside the index']]);
        },
      },
      onProgress: () => {},
      inspect: async ({ directory, manifest }) => {
        await inspectGeneration(directory, manifest.generation, model);
      },
    }),
  ),
);
for (const result of results) {
  if (result.status === 'fulfilled') console.log(result.value.generation);
  else
    console.log(
      `${(result.reason as { code?: string }).code}: ${(result.reason as Error).message.replaceAll('\n', ' ')}`,
    );
}
process.exitCode = results.some(({ status }) => status === 'rejected') ? 1 : 0;
