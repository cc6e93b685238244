import { setPriority } from 'node:os';
import { AdvisorError, type ErrorCode, messageOf } from '../errors.ts';
import type { Embedder, PassageEmbedding, PassageInput, QuestionPart } from './embedder.ts';
import { createTransformersEmbedder, type TransformersOptions } from './transformers-embedder.ts';

/** What the pool asks of a child process, one request at a time. */
export type EmbeddingRequest =
  | { readonly kind: 'question'; readonly parts: readonly QuestionPart[] }
  | { readonly kind: 'passages'; readonly passages: readonly PassageInput[] };

export type EmbeddingReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'embedded'; readonly embeddings: readonly PassageEmbedding[] }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string };

/** Below the process that acknowledges messages: on a full machine an answer may wait, an acknowledgement may not. */
const NICE = 5;
try {
  setPriority(NICE);
} catch {
  // Some systems know no priorities.
}

function failure(thrown: unknown): EmbeddingReply {
  const code = thrown instanceof AdvisorError ? thrown.code : 'EMBEDDING_FAILED';
  return { kind: 'failed', code, message: messageOf(thrown) };
}

function send(reply: EmbeddingReply): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(reply, () => resolve());
    else resolve();
  });
}

async function answer(embedder: Embedder, request: EmbeddingRequest): Promise<EmbeddingReply> {
  try {
    if (request.kind === 'passages')
      return { kind: 'embedded', embeddings: await embedder.embedPassages(request.passages) };
    return {
      kind: 'embedded',
      embeddings: [{ passage: await embedder.embedQuestion(request.parts), sentences: [] }],
    };
  } catch (thrown) {
    return failure(thrown);
  }
}

// The parent's end, however it comes, is ours.
process.on('disconnect', () => process.exit(0));

try {
  const embedder = await createTransformersEmbedder(JSON.parse(process.argv[2] ?? '{}') as TransformersOptions);
  process.on('message', (request: EmbeddingRequest) => void answer(embedder, request).then(send));
  await send({ kind: 'ready' });
} catch (thrown) {
  await send(failure(thrown));
  process.exit(1);
}
