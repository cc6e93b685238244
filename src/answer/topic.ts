import { probability } from './logistic-model.ts';

/** A direction among the embeddings of messages: towards questions of frameworks, learned from labelled ones. */
export interface Topic {
  /** Hash of the embedding model that it belongs to. */
  readonly model: string;
  readonly intercept: number;
  /** Float32, little endian, base64; one number for each dimension. */
  readonly direction: string;
}

/** Tells how much a message is about frameworks, 0-1, by its embedding. */
export type TopicJudge = (vector: Float32Array, model: string) => number;

/** What is said where nothing was learned: of another embedding model. */
const UNKNOWN = 0.5;

export function createTopicJudge({ model, intercept, direction }: Topic): TopicJudge {
  const weights = new Float32Array(Uint8Array.from(Buffer.from(direction, 'base64')).buffer);
  return (vector, ofModel) => {
    if (ofModel !== model || vector.length !== weights.length) return UNKNOWN;
    return probability({ intercept, weights }, vector);
  };
}

export function encodeDirection(weights: ArrayLike<number>): string {
  return Buffer.from(Float32Array.from(weights).buffer).toString('base64');
}
