import { AdvisorError, messageOf } from '../errors.ts';
import { inTurns } from './in-turns.ts';
import { cosineAt, FOUND, NEAREST, type VectorIndex, type Vectors } from './vector-index.ts';

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

/** A label whose vector is no longer in the index. */
const REMOVED = 0xffffffff;
/** Share of removed vectors above which a graph is made anew: they cost every search. */
const MAX_REMOVED = 0.2;

/** Vectors that are asked for after they were added: each takes some 0.3 ms. */
const MAX_CHECKED = 5_000;
/** Rounds of asking, and adding again. */
const ROUNDS = 3;

/** A graph on disk that may be carried on: label -> position in the index it was made for. */
export interface EarlierGraph {
  readonly file: string;
  readonly labels: Uint32Array;
  /** Old position -> position in the new index, or -1 for one that is gone. Equal vectors keep their place. */
  readonly moved: Int32Array;
}

/**
 * Writes the graph of some vectors to a file and returns its labels: label -> position. An earlier graph is carried
 * on when most of it stays, so that the cost follows the change. Gives the event loop a turn every few milliseconds.
 * The library reports no write error, so the file must be opened before it serves (inspect-generation.ts does).
 */
export async function writeGraph(
  hnswlib: Hnswlib,
  vectors: Vectors,
  file: string,
  earlier: EarlierGraph | null,
): Promise<Uint32Array> {
  const graph = new hnswlib.HierarchicalNSW('ip', vectors.dimensions);
  const labels = earlier ? carriedLabels(earlier, vectors.count) : null;
  const placed = new Uint8Array(vectors.count);
  const all: number[] = [];
  if (labels && earlier) {
    await graph.readIndex(earlier.file);
    for (const [label, position] of labels.entries()) {
      if (position === REMOVED && earlier.labels[label] !== REMOVED) graph.markDelete(label);
      else if (position !== REMOVED) placed[position] = 1;
      all.push(position);
    }
    graph.resizeIndex(Math.max(1, all.length + vectors.count - placed.reduce((sum, one) => sum + one, 0)));
  } else {
    graph.initIndex({
      maxElements: Math.max(1, vectors.count),
      m: M,
      efConstruction: EF_CONSTRUCTION,
      randomSeed: SEED,
    });
  }
  const first = all.length;
  await inTurns(inStrides(vectors.count), (position) => {
    if (placed[position]) return;
    graph.addPoint(Array.from(vectorAt(vectors, position)), all.length);
    all.push(position);
  });
  await reconnect(graph, vectors, all, first);
  await graph.writeIndex(file);
  // Asked after the writing, not for the count alone: the library's writing thread holds no reference to the graph, and
  // one that nothing uses any more is freed under it.
  const count = graph.getCurrentCount();
  if (count !== all.length) {
    throw new AdvisorError('INDEX_REJECTED', `the vector graph took ${count} of ${all.length} vectors; build again`);
  }
  return Uint32Array.from(all);
}

/**
 * All positions, neighbours far apart. Passages stand in the order of their documents, so that those alike follow each
 * other; added like that, some lose every way to them: of 14,685 passages of real manuals 64 were not found by their
 * own vector, in this order 2.
 */
function* inStrides(count: number): Generator<number> {
  let stride = Math.max(1, Math.floor(count * 0.618));
  while (greatestCommonDivisor(stride, count) !== 1) stride++;
  for (let at = 0; at < count; at++) yield (at * stride) % count;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Adds again what is not found by its own vector, of the labels from `first` on: the library then links it anew. */
async function reconnect(
  graph: InstanceType<Hnswlib['HierarchicalNSW']>,
  vectors: Vectors,
  labels: readonly number[],
  first: number,
): Promise<void> {
  graph.setEf(EF_SEARCH_MIN);
  const isLost = (label: number): boolean => {
    const position = labels[label] as number;
    const vector = vectorAt(vectors, position);
    const { neighbors } = graph.searchKnn(Array.from(vector), Math.min(NEAREST, vectors.count));
    if (neighbors.includes(label)) return false;
    return !neighbors.some((near) => cosineAt(vectors, vector, labels[near] as number) > FOUND);
  };
  const step = Math.max(1, Math.ceil((labels.length - first) / MAX_CHECKED));
  let lost = Array.from({ length: Math.ceil((labels.length - first) / step) }, (_, at) => first + at * step);
  for (let round = 0; lost.length > 0 && round < ROUNDS; round++) {
    const found: number[] = [];
    await inTurns(lost, (label) => {
      if (isLost(label)) found.push(label);
    });
    for (const label of found) graph.addPoint(Array.from(vectorAt(vectors, labels[label] as number)), label);
    lost = found;
  }
}

function vectorAt({ data, dimensions }: Vectors, position: number): Float32Array {
  return data.subarray(position * dimensions, (position + 1) * dimensions);
}

/** The earlier labels with their new positions, or null when too much has gone to carry the graph on. */
function carriedLabels({ labels, moved }: EarlierGraph, count: number): Uint32Array | null {
  const carried = labels.map((position) => {
    const now = position === REMOVED ? -1 : (moved[position] ?? -1);
    return now === -1 ? REMOVED : now;
  });
  const kept = carried.reduce((sum, position) => sum + (position === REMOVED ? 0 : 1), 0);
  return kept === 0 || carried.length - kept > MAX_REMOVED * carried.length || kept < count / 2 ? null : carried;
}

/**
 * Opens a graph whose bytes were verified before: the native loader must never see a damaged file.
 * Always a fresh object: reading into a live one leaves it dangling when it fails.
 */
export async function openGraph(
  hnswlib: Hnswlib,
  vectors: Vectors,
  file: string,
  labels: Uint32Array,
): Promise<VectorIndex> {
  const graph = new hnswlib.HierarchicalNSW('ip', vectors.dimensions);
  try {
    await graph.readIndex(file);
  } catch (cause) {
    throw new AdvisorError('INDEX_DAMAGED', `${file}: the vector graph does not load: ${messageOf(cause)}`, { cause });
  }
  if (graph.getCurrentCount() !== labels.length) {
    throw new AdvisorError(
      'INDEX_DAMAGED',
      `${file}: the graph holds ${graph.getCurrentCount()} vectors, expected ${labels.length}`,
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
      return {
        ids: neighbors.map((label) => labels[label] as number),
        scores: distances.map((distance) => 1 - distance),
      };
    },
  };
}
