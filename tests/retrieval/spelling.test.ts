import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { weighPostings } from '../../src/knowledge/keyword-index.ts';
import { createSpelling, isOneSlipAway } from '../../src/knowledge/spelling.ts';
import { editDistance } from '../../src/question/edit-distance.ts';
import { correctTerms } from '../../src/retrieval/query.ts';

describe('slips', () => {
  it('are one edit or one swap, as the table of distances has it', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(isOneSlipAway(a, b)).toBe(editDistance(a, b, 2) === 1);
      }),
      { numRuns: 3_000 },
    );
  });

  it('lead to known words, the commonest first, and cut words to what they begin', () => {
    const rarity: Readonly<Record<string, number>> = { model: 1, modal: 4, modem: 6, quantiz: 3, deploy: 2 };
    const spelling = createSpelling(Object.keys(rarity), (term) => rarity[term] ?? 0);
    expect(spelling.nearest('modl')).toEqual(['model', 'modal']);
    expect(spelling.nearest('mdoel')).toEqual(['model']);
    expect(spelling.nearest('quant')).toEqual(['quantiz']);
    expect(spelling.nearest('dep')).toEqual([]);
    expect(spelling.nearest('1.15')).toEqual([]);
    expect(spelling.nearest('zzzzz')).toEqual([]);
  });
});

describe('a question with slips', () => {
  // Passage 0 is about the model, passage 1 about deployment.
  const index = weighPostings(
    {
      size: 2,
      words: ['deploy', 'model'],
      offsets: Uint32Array.of(0, 1, 2),
      ids: Uint32Array.of(1, 0),
    },
    [1, 1],
  );

  it('is searched for by the words that it means, which count less than words as typed', () => {
    expect(correctTerms(new Map([['modle', 1]]), index)).toEqual(
      new Map([
        ['modle', 1],
        ['model', 0.7],
      ]),
    );
    expect(index.search(correctTerms(new Map([['modle', 1]]), index), 2).ids).toEqual([0]);
  });

  it('is left as it is where its words are known', () => {
    const terms = new Map([['model', 1]]);
    expect(correctTerms(terms, index)).toBe(terms);
  });

  it('looks up a few unknown words and no more, however many are typed', () => {
    const many = new Map(Array.from({ length: 300 }, (_, at) => [`model${'x'.repeat(at % 15)}q`, 1] as const));
    let looked = 0;
    const nearest = (): string[] => {
      looked++;
      return [];
    };
    const spelling = { nearest };
    correctTerms(many, { ...index, spelling });
    expect(looked).toBeLessThanOrEqual(12);
  });
});
