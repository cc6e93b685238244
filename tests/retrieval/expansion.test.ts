import { describe, expect, it } from 'vitest';
import { parseQuestion } from '../../src/question/parse-question.ts';
import { expandQuestion } from '../../src/retrieval/expansion.ts';
import { SEARCH_TERMS } from '../../src/retrieval/search-terms.ts';
import { readRealRules } from '../recommendation/real-rules.ts';

const added = (message: string): string[] =>
  expandQuestion(parseQuestion(message))
    .filter(({ weight }) => weight === 0.35)
    .map(({ text }) => text);

describe('what is searched for besides the words of a message', () => {
  it('is how documents write of what its asker needs', () => {
    expect(added('torch or tf for an app on my phone?')).toEqual([SEARCH_TERMS['target:mobile']]);
  });

  it('is nothing for what is ruled out', () => {
    expect(added('PyTorch or JAX? It will never run on a phone.')).toEqual([]);
  });

  it('is nothing for a message that is not of the field', () => {
    expect(added('How does drag change with speed in a hypersonic flow?')).toEqual([]);
  });

  it('names only requirements that the rules know', async () => {
    const { labels } = await readRealRules();
    expect(Object.keys(SEARCH_TERMS).filter((id) => id !== 'goal:compare' && !(id in labels))).toEqual([]);
  });
});
