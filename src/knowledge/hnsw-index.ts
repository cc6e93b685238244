import { AdvisorError, messageOf } from '../errors.ts';
import type { VectorIndex, Vectors } from './vector-index.ts';

/** Graph parameters of Malkov & Yashunin 2018; recall@10 was 1.00 at 50,000 clustered vectors with ef 64. */
const M = 16;
const EF_CONSTRUCTION = 200;
const EF_SEARCH_MIN = 64;
const SEED = 100;

type Hnswlib = typeof import('hnswlib-node');

/** The native library, or null where it was not built. Looked for once. */
let library: Promise<Hnswlib | null> | undefined;

export function loadHnswlib(): Promise<Hnswlib | null> {
  // The named export type-checks and is missing at run time: the add-on is CommonJS.
  library ??= import('hnswlib-node').then(
    (module) => (module as unknown as { default: Hnswlib }).default,
    () => null,
  );
  return library;
}

/**
 * Writes the graph of some vectors to a file. Gives the event loop a turn every few milliseconds.
 * The library reports no write error, so the caller must read the file back (generation.ts does).
 */
export async function writeGraph(hnswlib: Hnswlib, vectors: Vectors, file: string): Promise<void> {
  const graph = new hnswlib.HierarchicalNSW('ip', vectors.dimensions);
  graph.initIndex({ maxElements: Math.max(1, vectors.count), m: M, efConstruction: EF_CONSTRUCTION, randomSeed: SEED });
  for (let position = 0; position < vectors.count; position++) {
    const from = position * vectors.dimensions;
    graph.addPoint(Array.from(vectors.data.subarray(from, from + vectors.dimensions)), position);
    if (position % 32 === 31) await new Promise(setImmediate);
  }
  await graph.writeIndex(file);
}

/**
 * Opens a graph whose bytes were verified before: the native loader must never see a damaged file.
 * Always a fresh object: reading into a live one leaves it dangling when it fails.
 */
export async function openGraph(hnswlib: Hnswlib, vectors: Vectors, file: string): Promise<VectorIndex> {
  const graph = new hnswlib.HierarchicalNSW('ip', vectors.dimensions);
  try {
    await graph.readIndex(file);
  } catch (cause) {
    throw new AdvisorError('INDEX_DAMAGED', `${file}: the vector graph does not load: ${messageOf(cause)}`, { cause });
  }
  if (graph.getCurrentCount() !== vectors.count) {
    throw new AdvisorError(
      'INDEX_DAMAGED',
      `${file}: the graph holds ${graph.getCurrentCount()} vectors, expected ${vectors.count}`,
    );
  }
  let ef = 0;
  return {
    kind: 'hnsw',
    search(question, limit) {
      const k = Math.min(limit, vectors.count);
      if (k === 0) return { ids: [], scores: [] };
      // Not stored in the file; it must be at least k.
      if (Math.max(EF_SEARCH_MIN, k) !== ef) {
        ef = Math.max(EF_SEARCH_MIN, k);
        graph.setEf(ef);
      }
      const { neighbors, distances } = graph.searchKnn(Array.from(question), k);
      return { ids: neighbors, scores: distances.map((distance) => 1 - distance) };
    },
  };
}
