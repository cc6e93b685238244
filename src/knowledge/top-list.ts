/** Passages with scores, best first. Ids are positions in the generation. */
export interface Hits {
  readonly ids: readonly number[];
  readonly scores: readonly number[];
}

/**
 * The `limit` best of the first `count` candidates by `scores[id]`, best first, the smaller id first among equals.
 * A binary heap with the worst kept on top: no more than `limit` are ever held.
 */
export function topHits(candidates: ArrayLike<number>, count: number, scores: Float32Array, limit: number): Hits {
  if (limit <= 0) return { ids: [], scores: [] };
  const heap: number[] = [];
  const isWorse = (a: number, b: number): boolean => {
    const difference = (scores[a] as number) - (scores[b] as number);
    return difference < 0 || (difference === 0 && a > b);
  };
  for (let at = 0; at < count; at++) {
    const id = candidates[at] as number;
    if (heap.length < limit) {
      heap.push(id);
      siftUp(heap, isWorse);
    } else if (isWorse(heap[0] as number, id)) {
      heap[0] = id;
      siftDown(heap, isWorse);
    }
  }
  const ids = heap.sort((a, b) => (isWorse(a, b) ? 1 : -1));
  return { ids, scores: ids.map((id) => scores[id] as number) };
}

function siftUp(heap: number[], isWorse: (a: number, b: number) => boolean): void {
  let at = heap.length - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isWorse(heap[at] as number, heap[parent] as number)) return;
    swap(heap, at, parent);
    at = parent;
  }
}

function siftDown(heap: number[], isWorse: (a: number, b: number) => boolean): void {
  for (let at = 0; ; ) {
    const left = 2 * at + 1;
    if (left >= heap.length) return;
    const right = left + 1;
    const child = right < heap.length && isWorse(heap[right] as number, heap[left] as number) ? right : left;
    if (!isWorse(heap[child] as number, heap[at] as number)) return;
    swap(heap, at, child);
    at = child;
  }
}

function swap(heap: number[], a: number, b: number): void {
  const held = heap[a] as number;
  heap[a] = heap[b] as number;
  heap[b] = held;
}
