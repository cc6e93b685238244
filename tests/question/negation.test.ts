import { describe, expect, it } from 'vitest';
import { parseQuestion } from '../../src/question/parse-question.ts';
import { NEGATION_PAIRS } from './negation-pairs.ts';

const wanted = (text: string): string[] =>
  parseQuestion(text).requirements.flatMap(({ id, wanted }) => (wanted ? [id] : []));
const ruledOut = (text: string): string[] =>
  parseQuestion(text).requirements.flatMap(({ id, wanted }) => (wanted ? [] : [id]));

describe('negation', () => {
  it('has at least 60 pairs', () => {
    expect(NEGATION_PAIRS.length).toBeGreaterThanOrEqual(60);
  });

  it.each(NEGATION_PAIRS)('%s / %s', (stated, denied, requirement) => {
    expect(wanted(stated)).toContain(requirement);
    expect(wanted(denied)).not.toContain(requirement);
  });

  it.each([
    ['Not only for research but for production.', ['goal:research', 'goal:production']],
    ["I'm not sure which is better for mobile.", ['target:mobile']],
    ["I don't know how to run it on Android.", ['target:android']],
    ['Why not use it in production?', ['goal:production']],
    ['We have no GPU and we want it in the browser.', ['hardware:cpu', 'target:browser']],
    ['Not on mobile but in the browser.', ['target:browser']],
    ["It won't be a phone app, it will run on a server.", ['target:server']],
    ['Whether or not it runs on iOS matters.', ['target:ios']],
    ['No problem with production.', ['goal:production']],
  ])('keeps what is not denied: %s', (text, expected) => {
    expect(wanted(text)).toEqual(expect.arrayContaining(expected));
  });

  it.each([
    ['neither on mobile nor in the browser', ['target:mobile', 'target:browser']],
    ['no mobile or browser support', ['target:mobile', 'target:browser']],
    ['手机不需要，不用在浏览器', ['target:browser']],
    ['sin telefono movil', ['target:mobile']],
    ['nicht im Browser', ['target:browser']],
    ['не для мобильных', ['target:mobile']],
  ])('marks what is ruled out: %s', (text, expected) => {
    expect(ruledOut(text)).toEqual(expect.arrayContaining(expected));
  });
});
