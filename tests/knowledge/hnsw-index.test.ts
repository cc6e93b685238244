import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { loadHnswlib, openGraph, writeGraph } from '../../src/knowledge/hnsw-index.ts';
import { seeded } from '../support/hostile-questions.ts';

const hnswlib = await loadHnswlib();

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
