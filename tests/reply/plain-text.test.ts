import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainTextOf, visible } from '../../src/reply/plain-text.ts';

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const count = (text: string): number => [...segmenter.segment(text)].length;

describe('outside text made visible', () => {
  it.each(['👩‍👩‍👧‍👦', '👨🏽‍💻', '🏳️‍🌈', '👁️‍🗨️', '🧑🏽‍❤️‍🧑🏿', '❤️', '☎︎', '1️⃣', '🇩🇪', 'e\u0301', 'a\tb\nc', '漢字 مرحبا ß'])(
    'keeps %j as it is',
    (text) => {
      expect(visible(text)).toBe(text);
      expect(count(visible(`a${text}b`))).toBe(count(`a${text}b`));
    },
  );

  it.each([
    ['direction', 'a\u202eb\u202c\u2066c\u2069\u200f\u061c', 'abc'],
    ['zero-width', 'in\u200bvis\u200c\u200dible\u2060\ufeff', 'invisible'],
    ['tags', 'a\u{e0001}\u{e0041}\u{e007f}b', 'ab'],
    ['control', 'a\0\u0007\u001b[31m\u009fb', 'a[31mb'],
    ['annotations', 'a\ufff9b\ufffac\ufffb', 'abc'],
    ['words spelt in selectors', 'a\ufe00\ufe01\u{e0100}\u{e01ef}b', 'ab'],
    ['a row of selectors behind an emoji', '❤\ufe0f\ufe0f\ufe0e', '❤\ufe0f'],
    ['joiners that join nothing', '\u200d👩\u200d \u200d', '👩 '],
    ['a joiner behind a selector of nothing', 'a\ufe0f\u200d❤', 'a❤'],
    ['line ends however written', 'a\r\nb\rc\u2028d\u2029e\u0085f', 'a\nb\nc\nd\ne\nf'],
    ['lone surrogates', '\ud800a\udc00', '\ufffda\ufffd'],
  ])('takes out %s', (_what, text, expected) => {
    expect(visible(text)).toBe(expected);
  });

  it('is the same the second time', () => {
    const parts = fc.constantFrom(
      '👩',
      '❤',
      '\u200d',
      '\ufe0f',
      '\u{1f3fd}',
      '\u200b',
      'a',
      '\u0301',
      '\ud800',
      '\u{e0041}',
      '\r',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 12 }), (units) => {
        const once = visible(units.join(''));
        expect(visible(once)).toBe(once);
      }),
      { numRuns: 2_000, seed: 20261121 },
    );
  });
});

it('reads a reply out: headings with a colon where they need one, a table row by row', () => {
  const text = plainTextOf({
    kind: 'answer',
    id: '',
    title: 'Both',
    blocks: [
      { kind: 'heading', text: 'Why' },
      { kind: 'heading', text: 'Where will it run?' },
      { kind: 'table', caption: 'Grid', columns: ['Criterion', 'JAX'], rows: [['Speed', 'fast', 'and more']] },
    ],
    choices: [],
  });
  expect(text).toBe('Both\n\nWhy:\n\nWhere will it run?\n\nGrid\n- Criterion: Speed; JAX: fast; and more');
});
