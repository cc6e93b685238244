import { DOT_PRODUCTS_WASM } from './dot-products-wasm.ts';
import type { SentenceVectors } from './sentence-vectors.ts';
import type { Vectors } from './vector-index.ts';

/**
 * Dot products of a question with stored rows, many times faster than plain JavaScript: 128-bit SIMD in WebAssembly,
 * over rows in the module's own memory. Results are views that the next call overwrites.
 */
export interface DotKernel {
  /** Sets the question (of length 1) that the next calls compare. */
  ask(question: Float32Array): void;
  /** Cosines of the question with every passage, by position. */
  passages(): Float32Array;
  /** Cosines of the question with some sentences: rows `first` to `first + count`. */
  sentences(first: number, count: number): Float32Array;
  /** The same rows in the module's memory: who keeps these need not keep the ones they were copied from. */
  readonly vectors: Vectors;
  readonly sentenceVectors: SentenceVectors;
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly floats: (question: number, rows: number, count: number, width: number, out: number) => void;
  readonly bytes: (question: number, rows: number, count: number, width: number, out: number) => void;
}

/** The part of the WebAssembly API in use; Node's types name it without declaring it. */
const { Module, Instance } = (
  globalThis as unknown as {
    WebAssembly: {
      Module: new (bytes: Uint8Array) => object;
      Instance: new (module: object) => { readonly exports: unknown };
    };
  }
).WebAssembly;

const PAGE = 65_536;
/** The question as 16-bit numbers for the 8-bit rows: the largest value that cannot overflow the sums. */
const QUESTION_RANGE = 8191;
/** Sentences of one passage at most; the splitter makes fewer. */
const MAX_SENTENCES = 512;

let compiled: object | undefined;

/** Null when a row's length is no multiple of 16: such a model is served by plain JavaScript. */
export function createDotKernel(vectors: Vectors, sentenceVectors: SentenceVectors): DotKernel | null {
  const { dimensions, count } = vectors;
  if (dimensions % 16 !== 0) return null;
  compiled ??= new Module(Buffer.from(DOT_PRODUCTS_WASM, 'base64'));
  const { memory, floats, bytes } = new Instance(compiled).exports as Exports;
  const at = layout(dimensions, count, sentenceVectors.count);
  memory.grow(Math.ceil(at.end / PAGE));
  const { buffer } = memory;
  const question = new Float32Array(buffer, at.question, dimensions);
  const small = new Int16Array(buffer, at.small, dimensions);
  const out = new Float32Array(buffer, at.out, count);
  const sums = new Int32Array(buffer, at.sums, MAX_SENTENCES);
  const cosines = new Float32Array(MAX_SENTENCES);
  const data = new Float32Array(buffer, at.rows, count * dimensions);
  data.set(vectors.data);
  const sentenceData = new Int8Array(buffer, at.sentences, sentenceVectors.data.length);
  sentenceData.set(sentenceVectors.data);
  let unit = 1;
  return {
    vectors: { dimensions, count, data },
    sentenceVectors: { ...sentenceVectors, data: sentenceData },
    ask(vector) {
      question.set(vector);
      let largest = 1e-9;
      for (const value of vector) largest = Math.max(largest, Math.abs(value));
      unit = largest / QUESTION_RANGE;
      for (let d = 0; d < dimensions; d++) small[d] = Math.round((vector[d] as number) / unit);
    },
    passages() {
      floats(at.question, at.rows, count, dimensions * 4, at.out);
      return out;
    },
    sentences(first, wanted) {
      const held = Math.min(wanted, MAX_SENTENCES);
      bytes(at.small, at.sentences + first * dimensions, held, dimensions, at.sums);
      for (let row = 0; row < held; row++) {
        cosines[row] = (sums[row] as number) * unit * (sentenceVectors.scales[first + row] as number);
      }
      return cosines.subarray(0, held);
    },
  };
}

/** Byte offsets, each a multiple of 16. */
function layout(
  dimensions: number,
  passages: number,
  sentences: number,
): Record<'question' | 'small' | 'out' | 'sums' | 'rows' | 'sentences' | 'end', number> {
  const round = (bytes: number): number => Math.ceil(bytes / 16) * 16;
  const question = 0;
  const small = round(question + dimensions * 4);
  const out = round(small + dimensions * 2);
  const sums = round(out + passages * 4);
  const rows = round(sums + MAX_SENTENCES * 4);
  const first = round(rows + passages * dimensions * 4);
  return { question, small, out, sums, rows, sentences: first, end: round(first + sentences * dimensions) };
}
