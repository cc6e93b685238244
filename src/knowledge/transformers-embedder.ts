import { basename, dirname, resolve } from 'node:path';
import type { PreTrainedModel, PreTrainedTokenizer, Tensor as TensorType } from '@xenova/transformers';
import { AdvisorError, messageOf } from '../errors.ts';
import type { Embedder, PassageEmbedding, PassageInput, QuestionPart } from './embedder.ts';
import type { Model } from './model.ts';
import { verifyModel } from './verify-model.ts';

export interface TransformersOptions {
  readonly model: Model;
  /** Threads of one inference; with k processes, cores / k. */
  readonly threads: number;
  /** Only with this may a hub model be fetched; default false. */
  readonly allowRemote?: boolean;
}

/** Tokens of title and headings against those of the text, in a passage's vector (docs/retrieval.md). */
const CONTEXT_WEIGHT = 3;

/** The span of token positions that one sentence takes in its sequence. */
interface TokenSpan {
  readonly from: number;
  readonly to: number;
}

interface Sequence {
  readonly ids: readonly number[];
  /** What each token counts for in the vector of the whole. */
  readonly weights: readonly number[];
  readonly spans: readonly (TokenSpan | null)[];
}

/**
 * The embedder that runs the model, in this process, on the JavaScript thread: inference blocks, so servers use the
 * pool (embedding-pool.ts). Verifies the model's files first. Throws MODEL_INVALID or EMBEDDING_FAILED.
 */
export async function createTransformersEmbedder(options: TransformersOptions): Promise<Embedder> {
  const { model } = options;
  const remote = model.hub !== undefined;
  if (remote && !options.allowRemote) {
    throw new AdvisorError(
      'MODEL_INVALID',
      `model ${model.id} would be fetched from a hub: set ALLOW_REMOTE_MODELS=true to permit that, or set MODEL_DIR to a folder that holds its files`,
    );
  }
  await verifyModel(model);
  const library = await import('@xenova/transformers');
  const { AutoModel, AutoTokenizer, Tensor, env } = library;
  env.allowRemoteModels = remote;
  env.allowLocalModels = !remote;
  env.localModelPath = `${dirname(resolve(model.directory))}/`;
  if (remote) env.cacheDir = resolve(model.directory, 'cache');
  else env.useFSCache = false;
  const name = model.hub?.repository ?? basename(resolve(model.directory));
  const load = { local_files_only: !remote, ...(model.hub && { revision: model.hub.revision }) };
  let tokenizer: PreTrainedTokenizer;
  let network: PreTrainedModel;
  try {
    tokenizer = await AutoTokenizer.from_pretrained(name, load);
    network = await AutoModel.from_pretrained(name, {
      ...load,
      dtype: model.dtype,
      session_options: { intraOpNumThreads: options.threads, interOpNumThreads: 1 },
    });
  } catch (cause) {
    throw new AdvisorError('MODEL_INVALID', `model ${model.id} does not load: ${messageOf(cause)}`, { cause });
  }

  const encode = (text: string): number[] => tokenizer.encode(text, { add_special_tokens: false });
  const [cls, sep] = specialTokens(tokenizer);
  const passagePrefix = encode(model.passagePrefix);
  const questionPrefix = encode(model.questionPrefix);

  /** Joins [CLS] prefix context parts [SEP]; word pieces never cross white space, so parts encode apart. */
  const sequenceOf = (prefix: readonly number[], context: string, parts: readonly QuestionPart[]): Sequence => {
    const ids = [cls, ...prefix];
    const weights = ids.map(() => 1);
    const limit = model.maxTokens - 1;
    const append = (text: string, weight: number, most: number): TokenSpan | null => {
      const from = ids.length;
      for (const id of encode(text)) {
        if (ids.length >= most) break;
        ids.push(id);
        weights.push(weight);
      }
      return ids.length > from ? { from, to: ids.length } : null;
    };
    // However long the title, half of the sequence stays for the text.
    append(context, CONTEXT_WEIGHT, model.maxTokens >> 1);
    const spans = parts.map(({ text, weight }) => append(text, weight, limit));
    ids.push(sep);
    weights.push(1);
    return { ids, weights, spans };
  };

  const run = async (sequences: readonly Sequence[]): Promise<Float32Array> => {
    const length = Math.max(...sequences.map(({ ids }) => ids.length));
    const shape = [sequences.length, length];
    const ids = new BigInt64Array(sequences.length * length);
    const mask = new BigInt64Array(sequences.length * length);
    sequences.forEach((sequence, row) => {
      sequence.ids.forEach((id, column) => {
        ids[row * length + column] = BigInt(id);
        mask[row * length + column] = 1n;
      });
    });
    const inputs: Record<string, TensorType> = {
      input_ids: new Tensor('int64', ids, shape),
      attention_mask: new Tensor('int64', mask, shape),
      token_type_ids: new Tensor('int64', new BigInt64Array(ids.length), shape),
    };
    const output = (await network(inputs)) as { last_hidden_state: TensorType };
    // Copied, then disposed: the tensor's memory is native and V8 does not see it.
    const states = Float32Array.from(output.last_hidden_state.data as Float32Array);
    output.last_hidden_state.dispose();
    return states;
  };

  const embed = async (sequences: readonly Sequence[]): Promise<PassageEmbedding[]> => {
    if (sequences.length === 0) return [];
    const { dimensions } = model;
    const length = Math.max(...sequences.map(({ ids }) => ids.length));
    let states: Float32Array;
    try {
      states = await run(sequences);
    } catch (cause) {
      throw new AdvisorError('EMBEDDING_FAILED', `the model failed on ${sequences.length} texts: ${messageOf(cause)}`, {
        cause,
      });
    }
    if (states.length !== sequences.length * length * dimensions) {
      throw new AdvisorError(
        'MODEL_INVALID',
        `model ${model.id} gives ${states.length / sequences.length / length} dimensions; model.json says ${dimensions}`,
      );
    }
    return sequences.map(({ ids, weights, spans }, row) => {
      const rowStates = states.subarray(row * length * dimensions, (row + 1) * length * dimensions);
      const whole = { from: 0, to: model.pooling === 'cls' ? 1 : ids.length };
      const passage = pool(rowStates, whole, weights, dimensions);
      const sentences = spans.map((span) => (span ? pool(rowStates, span, weights, dimensions) : passage));
      return { passage, sentences };
    });
  };

  return {
    dimensions: model.dimensions,
    async embedQuestion(parts) {
      const [embedding] = await embed([sequenceOf(questionPrefix, '', parts)]);
      return (embedding as PassageEmbedding).passage;
    },
    embedPassages: (passages: readonly PassageInput[]) =>
      embed(
        passages.map(({ context, sentences }) =>
          sequenceOf(
            passagePrefix,
            context,
            sentences.map((text) => ({ text, weight: 1 })),
          ),
        ),
      ),
    async close() {
      await network.dispose();
    },
  };
}

/** Weighted mean of the token states in a span, scaled to length 1. */
function pool(
  states: Float32Array,
  { from, to }: TokenSpan,
  weights: readonly number[],
  dimensions: number,
): Float32Array {
  const vector = new Float32Array(dimensions);
  for (let token = from; token < to; token++) {
    const weight = weights[token] as number;
    const at = token * dimensions;
    for (let d = 0; d < dimensions; d++) vector[d] = (vector[d] as number) + weight * (states[at + d] as number);
  }
  let squares = 0;
  for (const value of vector) squares += value * value;
  const length = Math.sqrt(squares);
  if (!Number.isFinite(length) || length === 0) {
    throw new AdvisorError('EMBEDDING_FAILED', 'the model gave a vector without length (NaN, infinite or all zero)');
  }
  for (let d = 0; d < dimensions; d++) vector[d] = (vector[d] as number) / length;
  return vector;
}

function specialTokens(tokenizer: PreTrainedTokenizer): readonly [number, number] {
  // An empty text encodes to the model's own opening and closing tokens.
  const ids = tokenizer.encode('');
  const [first, last] = [ids[0], ids.at(-1)];
  if (ids.length !== 2 || first === undefined || last === undefined) {
    throw new AdvisorError(
      'MODEL_INVALID',
      `expected a tokenizer with one opening and one closing token, got ${ids.length}`,
    );
  }
  return [first, last];
}
