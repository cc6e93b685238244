import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import wabt from 'wabt';
import { allocateRows } from '../../src/knowledge/dot-kernel.ts';
import { DOT_PRODUCTS_WASM } from '../../src/knowledge/dot-products-wasm.ts';
import { readKeywordIndex, weighPostings } from '../../src/knowledge/keyword-index.ts';
import { topHits } from '../../src/knowledge/top-list.ts';
import { keywordShare } from '../../src/retrieval/fusion.ts';

describe('the best of many', () => {
  it('are those of a full sort, the smaller id first among equals', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 80 }), fc.nat({ max: 90 }), (values, limit) => {
        const scores = Float32Array.from(values);
        const ids = [...values.keys()];
        const sorted = [...ids].sort((a, b) => values[b]! - values[a]! || a - b).slice(0, limit);
        const { ids: best, scores: given } = topHits(ids, ids.length, scores, limit);
        expect(best).toEqual(sorted);
        expect(given).toEqual(sorted.map((id) => values[id]));
      }),
    );
  });
});

/** BM25 as its definition reads: a sum over the question's terms, passage by passage. */
function naiveScores(passages: readonly (readonly string[])[], question: ReadonlyMap<string, number>): number[] {
  const average = passages.reduce((sum, words) => sum + words.length, 0) / passages.length || 1;
  return passages.map((words) => {
    let score = 0;
    for (const [term, weight] of question) {
      const holding = passages.filter((other) => other.includes(term)).length;
      const count = words.filter((word) => word === term).length;
      if (count === 0) continue;
      const idf = Math.log(1 + (passages.length - holding + 0.5) / (holding + 0.5));
      score += (weight * idf * count * 2.2) / (count + 1.2 * (1 - 0.7 + (0.7 * words.length) / average));
    }
    return score;
  });
}

function indexOf(passages: readonly (readonly string[])[]) {
  const words = [...new Set(passages.flat())];
  const offsets = [0];
  const ids: number[] = [];
  const counts: number[] = [];
  for (const word of words) {
    for (const [id, passage] of passages.entries()) {
      const count = passage.filter((one) => one === word).length;
      if (count === 0) continue;
      ids.push(id);
      counts.push(count);
    }
    offsets.push(ids.length);
  }
  const places = { size: passages.length, words, offsets: Uint32Array.from(offsets), ids: Uint32Array.from(ids) };
  return weighPostings(places, counts);
}

describe('the keyword index', () => {
  const word = fc.constantFrom('torch', 'jax', 'keras', 'phone', 'tpu', 'graph', 'c++', 'é');
  const passages = fc.array(fc.array(word, { maxLength: 12 }), { minLength: 1, maxLength: 25 });
  const question = fc.array(fc.tuple(word, fc.double({ min: 0.1, max: 3, noNaN: true })), { maxLength: 5 });

  it('scores as BM25 is defined, before and after it was stored', async () => {
    await fc.assert(
      fc.asyncProperty(passages, question, async (texts, terms) => {
        const asked = new Map(terms);
        const expected = naiveScores(texts, asked);
        const index = indexOf(texts);
        const stored = await readKeywordIndex(new Uint8Array(index.toBytes()));
        for (const one of [index, stored]) {
          const hits = one.search(asked, texts.length);
          for (const [id, score] of expected.entries()) expect(hits.scoreOf(id)).toBeCloseTo(score, 4);
          expect(hits.ids).toHaveLength(expected.filter((score) => score > 0).length);
          expect([...hits.scores].sort((a, b) => b - a)).toEqual(hits.scores);
          expect(hits.mean).toBeCloseTo(expected.reduce((sum, score) => sum + score, 0) / texts.length, 4);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('never exceeds what it calls attainable', () => {
    fc.assert(
      fc.property(passages, question, (texts, terms) => {
        const index = indexOf(texts);
        const asked = new Map(terms);
        const [best = 0] = index.search(asked, 1).scores;
        expect(best).toBeLessThanOrEqual(index.attainable(asked) + 1e-4);
      }),
    );
  });

  it('refuses bytes that do not add up', async () => {
    const bytes = indexOf([['torch'], ['jax', 'torch']]).toBytes();
    for (let cut = 0; cut < bytes.length; cut++) {
      await expect(readKeywordIndex(new Uint8Array(bytes.slice(0, cut)))).rejects.toMatchObject({
        code: 'INDEX_DAMAGED',
      });
    }
  });
});

describe('the dot kernel', () => {
  it('computes what plain JavaScript computes', () => {
    const width = 64;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 1e9 }), (count, seed) => {
        let state = seed;
        const random = (): number => {
          state = (state * 48_271) % 2_147_483_647;
          return state / 2_147_483_647 - 0.5;
        };
        const memory = allocateRows(width, count, count);
        const rows = new Float32Array(memory.passageBytes.buffer, memory.passageBytes.byteOffset, width * count);
        for (let at = 0; at < rows.length; at++) rows[at] = random();
        const small = new Int8Array(memory.sentenceBytes.buffer, memory.sentenceBytes.byteOffset, width * count);
        for (let at = 0; at < small.length; at++) small[at] = Math.round(random() * 254);
        const scales = Float32Array.from({ length: count }, () => 0.001 + Math.abs(random()) / 100);
        const question = Float32Array.from({ length: width }, random);
        const length = Math.hypot(...question);
        for (let at = 0; at < width; at++) question[at] = question[at]! / length;
        const kernel = memory.kernel(scales)!;
        kernel.ask(question);
        const passages = [...kernel.passages()];
        const sentences = [...kernel.sentences(0, count)];
        for (let row = 0; row < count; row++) {
          let float = 0;
          let byte = 0;
          for (let at = 0; at < width; at++) {
            float += question[at]! * rows[row * width + at]!;
            byte += question[at]! * small[row * width + at]!;
          }
          expect(passages[row]).toBeCloseTo(float, 4);
          expect(sentences[row]).toBeCloseTo(byte * scales[row]!, 2);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('runs the bytes that its source compiles to', async () => {
    const compiler = await wabt();
    const source = await readFile('src/knowledge/dot-products.wat', 'utf8');
    const { buffer } = compiler.parseWat('dot-products.wat', source, { simd: true }).toBinary({});
    expect(DOT_PRODUCTS_WASM).toBe(Buffer.from(buffer).toString('base64'));
  });
});

it('words count for more where there is more to confuse, within bounds', () => {
  const shares = [1, 100, 1_300, 10_000, 1_000_000].map((passages) => keywordShare(passages, 0));
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares[2]).toBeCloseTo(0.25, 5);
  expect(shares[0]).toBe(0.1);
  expect(shares[4]).toBe(0.34);
});

it('words count for less where one passage is far nearer than all others', () => {
  expect(keywordShare(1_300, 2)).toBeCloseTo(0.25 / 1.2, 5);
});
