import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { loadHnswlib, openGraph, writeGraph } from '../../src/knowledge/hnsw-index.ts';
import { seeded } from '../support/hostile-questions.ts';

const hnswlib = await loadHnswlib();

it.skipIf(!hnswlib)('finds each vector among many that are alike, in whatever order they come', async () => {
  if (!hnswlib) return;
  const folder = mkdtempSync(join(tmpdir(), 'advisor-graph-'));
  const [dimensions, documents, each] = [384, 100, 60];
  const random = seeded(20261122);
  const noise = (length: number): Float32Array => Float32Array.from({ length }, () => random() - 0.5);
  const data = new Float32Array(documents * each * dimensions);
  // Passages of one document stand together and resemble each other, as in a changelog.
  for (let document = 0; document < documents; document++) {
    const topic = noise(dimensions);
    for (let place = 0; place < each; place++) {
      const own = noise(dimensions);
      const vector = topic.map((value, at) => value + (own[at] as number) * 0.25);
      const length = Math.hypot(...vector);
      data.set(
        vector.map((value) => value / length),
        (document * each + place) * dimensions,
      );
    }
  }
  const vectors = { dimensions, count: documents * each, data };
  try {
    const file = join(folder, 'graph');
    const graph = await openGraph(hnswlib, vectors, file, await writeGraph(hnswlib, vectors, file, null));
    const positions = Array.from({ length: vectors.count }, (_, position) => position);
    const lost = positions.filter((position) => {
      const own = data.slice(position * dimensions, (position + 1) * dimensions);
      return !graph.search(own, 10).ids.includes(position);
    });
    console.log(`${vectors.count} vectors: ${lost.length} not found by themselves`);
    expect(lost).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it.skipIf(!hnswlib)('writes whole graphs while the garbage collector runs', async () => {
  if (!hnswlib) return;
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const folder = mkdtempSync(join(tmpdir(), 'advisor-graph-'));
  const [dimensions, count, turns] = [384, 3000, 60];
  const random = seeded(20261121);
  const data = Float32Array.from({ length: count * dimensions }, () => random() - 0.5);
  const vectors = { dimensions, count, data };
  const collecting = setInterval(collect, 1);
  try {
    let labels = await writeGraph(hnswlib, vectors, join(folder, '0'), null);
    for (let turn = 1; turn <= turns; turn++) {
      const changed = Math.floor(random() * count);
      const moved = Int32Array.from({ length: count }, (_, position) => (position === changed ? -1 : position));
      const file = join(folder, `${turn}`);
      labels = await writeGraph(hnswlib, vectors, file, { file: join(folder, `${turn - 1}`), labels, moved });
      await openGraph(hnswlib, vectors, file, labels);
    }
    expect(labels).toHaveLength(count + turns);
  } finally {
    clearInterval(collecting);
    rmSync(folder, { recursive: true, force: true });
  }
});
