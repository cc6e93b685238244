import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { probability } from '../../src/answer/logistic-model.ts';
import { topicOf } from '../../src/answer/scope-features.ts';
import scopeModel from '../../src/answer/scope-model.json' with { type: 'json' };
import { createTopicJudge, encodeDirection } from '../../src/answer/topic.ts';
import { fitLogistic } from '../../src/evaluation/logistic-regression.ts';
import { readModel } from '../../src/knowledge/model.ts';
import { PRODUCT_DIRECTORY } from '../../src/product.ts';

describe('the topic of a message', () => {
  const topic = { model: 'abc', intercept: 0.5, direction: encodeDirection([1, -2, 0]) };

  it('is told by the direction of its vector', () => {
    const judge = createTopicJudge(topic);
    expect(judge(Float32Array.of(1, 0, 5), 'abc')).toBeCloseTo(1 / (1 + Math.exp(-1.5)), 6);
    expect(judge(Float32Array.of(0, 1, 5), 'abc')).toBeCloseTo(1 / (1 + Math.exp(1.5)), 6);
  });

  it('is unknown to another embedding model, or to vectors of another length', () => {
    const judge = createTopicJudge(topic);
    expect(judge(Float32Array.of(9, 9, 9), 'def')).toBe(0.5);
    expect(judge(Float32Array.of(9, 9), 'abc')).toBe(0.5);
  });

  it('is the corpus’s where a passage is very near, whatever was learned', () => {
    expect(topicOf(0.2, 0.5)).toBe(0.2);
    expect(topicOf(0.2, 0.675)).toBeCloseTo(0.5, 6);
    expect(topicOf(0.2, 0.9)).toBe(1);
    expect(topicOf(0.95, 0.65)).toBe(0.95);
  });

  it('was learned with the model that is shipped', async () => {
    const { hash } = await readModel(join(PRODUCT_DIRECTORY, 'models/all-MiniLM-L6-v2'));
    expect(scopeModel.topic.model).toBe(hash);
  });
});

describe('logistic regression', () => {
  it('ends where nothing can be gained, whatever the examples', () => {
    const number = fc.double({ min: -1, max: 1, noNaN: true });
    const example = fc.record({ features: fc.tuple(number, number, number), positive: fc.boolean() });
    const penalty = 0.01;
    fc.assert(
      fc.property(fc.array(example, { minLength: 4, maxLength: 40 }), (examples) => {
        fc.pre(new Set(examples.map(({ positive }) => positive)).size === 2);
        const model = fitLogistic(examples, penalty);
        const errors = examples.map(({ features, positive }) => probability(model, features) - (positive ? 1 : 0));
        const slope = (at: number): number =>
          errors.reduce((sum, error, row) => sum + error * (examples[row]?.features[at] ?? 0), 0) / examples.length;
        expect(Math.abs(errors.reduce((sum, error) => sum + error, 0) / examples.length)).toBeLessThan(1e-6);
        for (const [at, weight] of model.weights.entries())
          expect(Math.abs(slope(at) + penalty * weight)).toBeLessThan(1e-6);
      }),
      { numRuns: 200 },
    );
  });
});
