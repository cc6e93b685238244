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

/** Room for the rows of a generation, to be filled with the bytes of its files. */
export interface RowMemory {
  /** Float32, row after row. */
  readonly passageBytes: Uint8Array;
  /** Int8, row after row. */
  readonly sentenceBytes: Uint8Array;
  readonly vectors: Vectors;
  sentenceVectors(scales: Float32Array): SentenceVectors;
  /** Over the rows as they are in the memory; null where a row's length is no multiple of 16: plain JavaScript serves. */
  kernel(scales: Float32Array): DotKernel | null;
}

/** Memory for so many rows, where the module can reach them: files are read straight into it. */
export function allocateRows(dimensions: number, count: number, sentences: number): RowMemory {
  const at = layout(dimensions, count, sentences);
  const instance = dimensions % 16 === 0 ? instantiate(at.end) : null;
  const buffer = instance?.memory.buffer ?? new ArrayBuffer(at.end);
  const sentenceData = new Int8Array(buffer, at.sentences, sentences * dimensions);
  const vectors = { dimensions, count, data: new Float32Array(buffer, at.rows, count * dimensions) };
  const sentenceVectors = (scales: Float32Array): SentenceVectors => ({
    dimensions,
    count: sentences,
    scales,
    data: sentenceData,
  });
  return {
    passageBytes: new Uint8Array(buffer, at.rows, count * dimensions * 4),
    sentenceBytes: new Uint8Array(buffer, at.sentences, sentences * dimensions),
    vectors,
    sentenceVectors,
    kernel: (scales) => (instance ? createDotKernel(instance, at, vectors, sentenceVectors(scales)) : null),
  };
}

function instantiate(bytes: number): Exports {
  compiled ??= new Module(Buffer.from(DOT_PRODUCTS_WASM, 'base64'));
  const exports = new Instance(compiled).exports as Exports;
  // Views are made after this: growing takes the old ones away.
  exports.memory.grow(Math.ceil(bytes / PAGE));
  return exports;
}

function createDotKernel(
  { memory: { buffer }, floats, bytes }: Exports,
  at: Layout,
  { dimensions, count }: Vectors,
  { scales }: SentenceVectors,
): DotKernel {
  const question = new Float32Array(buffer, at.question, dimensions);
  const small = new Int16Array(buffer, at.small, dimensions);
  const out = new Float32Array(buffer, at.out, count);
  const sums = new Int32Array(buffer, at.sums, MAX_SENTENCES);
  const cosines = new Float32Array(MAX_SENTENCES);
  let unit = 1;
  return {
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
        cosines[row] = (sums[row] as number) * unit * (scales[first + row] as number);
      }
      return cosines.subarray(0, held);
    },
  };
}

type Layout = Readonly<Record<'question' | 'small' | 'out' | 'sums' | 'rows' | 'sentences' | 'end', number>>;

/** Byte offsets, each a multiple of 16. */
function layout(dimensions: number, passages: number, sentences: number): Layout {
  const round = (bytes: number): number => Math.ceil(bytes / 16) * 16;
  const question = 0;
  const small = round(question + dimensions * 4);
  const out = round(small + dimensions * 2);
  const sums = round(out + passages * 4);
  const rows = round(sums + MAX_SENTENCES * 4);
  const first = round(rows + passages * dimensions * 4);
  return { question, small, out, sums, rows, sentences: first, end: round(first + sentences * dimensions) };
}
