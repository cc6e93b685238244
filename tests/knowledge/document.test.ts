import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AdvisorError } from '../../src/errors.ts';
import { createLineCounter } from '../../src/knowledge/document.ts';
import { parseDocument } from '../../src/knowledge/parse-document.ts';
import { countWords, plainText, splitIntoPassages } from '../../src/knowledge/passage.ts';
import { splitIntoSentences } from '../../src/knowledge/sentence.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const refusal = (content: Uint8Array, path = 'a.md'): string => {
  try {
    parseDocument(content, path);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(AdvisorError);
    expect((thrown as AdvisorError).code).toBe('DOCUMENT_INVALID');
    expect((thrown as AdvisorError).message).toContain(path);
    return (thrown as AdvisorError).message;
  }
  throw new Error('expected a refusal');
};

const FRONT = `---
title: TorchServe
frameworks: [pytorch]
topics: [deployment_serving]
sources:
  - title: Notice
    url: https://example.org/notice
    date: 2025-08-07
checked: 2026-11-20
stance: independent
---
# TorchServe

## Is it alive?
TorchServe was archived in 2025. Nobody fixes it.
`;

describe('a document', () => {
  it('takes its facts from front matter', () => {
    const document = parseDocument(bytes(FRONT), 'corpus/torchserve.md');
    expect(document).toMatchObject({
      title: 'TorchServe',
      checked: '2026-11-20',
      stance: 'independent',
      topics: ['deployment_serving'],
    });
    expect(document.sources[0]).toEqual({
      title: 'Notice',
      url: 'https://example.org/notice',
      date: '2025-08-07',
      undated: false,
    });
    expect(document.text).toBe(FRONT);
  });

  it('takes its title from the first heading or line without front matter', () => {
    expect(parseDocument(bytes('# Heading\n\nText here.'), 'a.md').title).toBe('Heading');
    expect(
      parseDocument(bytes('The first line\n\nA paragraph that goes on for a good while and ends with a stop.'), 'a.txt')
        .title,
    ).toBe('The first line');
    expect(parseDocument(bytes('---\nlayout: post\ntitle: Of another tool\n---\nText.'), 'a.md').title).toBe(
      'Of another tool',
    );
  });

  it('is refused with the reason', () => {
    expect(refusal(new Uint8Array())).toContain('empty');
    expect(refusal(bytes('  \n\n '))).toContain('no text');
    expect(refusal(bytes('# Only\n\n## Headings\n'))).toContain('headings only');
    expect(refusal(Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0xff, 0xfe, 0x80]))).toContain('binary');
    expect(refusal(Uint8Array.from([0x63, 0x61, 0x66, 0xe9, 0x20, 0x6f, 0x6b]))).toContain('UTF-8');
    expect(refusal(bytes(`a${'x'.repeat(10 * 1024 * 1024)}`))).toContain('a line of');
    expect(refusal(bytes(FRONT.replace('stance: independent', 'stance: neutral')))).toContain('stance');
    expect(refusal(bytes(FRONT.replace('checked: 2026-11-20', 'checked: yesterday')))).toContain('checked');
    expect(refusal(bytes('---\ntitle: [broken\nsources: x\n---\nText.'))).toContain('not valid YAML');
    expect(refusal(bytes('---\ntitle: never closed\n\nText.'))).toContain('closing');
  });

  it('is read as UTF-16 where a byte order mark says so', () => {
    const utf16 = Buffer.concat([
      Buffer.from([0xff, 0xfe]),
      Buffer.from('Title\n\nÜber PyTorch und mehr, ein Satz.', 'utf16le'),
    ]);
    expect(parseDocument(utf16, 'a.txt').text).toContain('Über PyTorch');
  });
});

describe('line numbers', () => {
  it('agree with a count of line feeds', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '\n', '\r', 'é') }), fc.nat(), (text, place) => {
        const offset = text.length === 0 ? 0 : place % text.length;
        expect(createLineCounter(text)(offset)).toBe(text.slice(0, offset).split('\n').length);
      }),
    );
  });
});

describe('sentences', () => {
  const split = (text: string): string[] =>
    splitIntoSentences(text, { start: 0, end: text.length }).map(({ start, end }) => text.slice(start, end));

  it('end where a reader sees the end', () => {
    expect(split('PyTorch 2.15 is out. TensorFlow is at 2.21, e.g. on Linux. Is it? Yes!')).toEqual([
      'PyTorch 2.15 is out.',
      'TensorFlow is at 2.21, e.g. on Linux.',
      'Is it?',
      'Yes!',
    ]);
    expect(split('A hard-wrapped\nsentence goes on. The next\none too.')).toEqual([
      'A hard-wrapped\nsentence goes on.',
      'The next\none too.',
    ]);
    expect(split('First one.\nvLLM starts small. `tf.function` starts with code.')).toEqual([
      'First one.',
      'vLLM starts small.',
      '`tf.function` starts with code.',
    ]);
    expect(split('Use C# and .NET for that. Call `a. B` as is (see v. 2. It works).')).toEqual([
      'Use C# and .NET for that.',
      'Call `a. B` as is (see v. 2. It works).',
    ]);
    expect(split('It looks so ![a plot](plot.png) by default. Good!')).toEqual([
      'It looks so ![a plot](plot.png) by default.',
      'Good!',
    ]);
  });

  it('are trimmed spans in order that lose nothing but white space', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'B', '.', '?', ' ', '\n', '`', '(', ')', '。', '😀'), maxLength: 200 }),
        (text) => {
          const spans = splitIntoSentences(text, { start: 0, end: text.length });
          const kept = spans.map(({ start, end }) => text.slice(start, end));
          for (const sentence of kept) expect(sentence).toBe(sentence.trim());
          expect(kept.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
          spans.forEach(({ start }, at) => {
            expect(start).toBeGreaterThanOrEqual(spans[at - 1]?.end ?? 0);
          });
        },
      ),
    );
  });
});

describe('passages', () => {
  it('follow the headings and name them', () => {
    const [passage] = splitIntoPassages(parseDocument(bytes(FRONT), 'corpus/torchserve.md'));
    expect(passage).toMatchObject({ title: 'TorchServe', heading: 'Is it alive?' });
    expect(passage?.sentences.map(({ start, end }) => FRONT.slice(start, end))).toEqual([
      'TorchServe was archived in 2025.',
      'Nobody fixes it.',
    ]);
  });

  it('keep their ids when other parts of the document change', () => {
    const ids = (text: string): string[] => splitIntoPassages(parseDocument(bytes(text), 'a.md')).map(({ id }) => id);
    const [first] = ids('# A\n\n## One\nSome text here.\n\n## Two\nOther text.');
    expect(ids('# A\n\n## Zero\nNew text.\n\n## One\nSome text here.\n\n## Two\nChanged.')[1]).toBe(first);
  });

  it('are exact spans of at most 180 words that together hold every word, whatever the text', () => {
    const word = fc.constantFrom(
      'PyTorch',
      'a',
      'graph.',
      'is',
      'tf.function',
      '漢字漢字漢字',
      'x'.repeat(300),
      '- item',
      '# H',
      '```',
      '| a | b |',
      '\n\n',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 600 }), fc.constantFrom('a.md', 'a.txt'), (words, path) => {
        const text = `Start of it.\n\n${words.join(' ')}`;
        const document = parseDocument(bytes(text), path);
        const passages = splitIntoPassages(document);
        let end = 0;
        for (const passage of passages) {
          expect(passage.start).toBeGreaterThanOrEqual(end);
          end = passage.end;
          expect(countWords(text.slice(passage.start, passage.end))).toBeLessThanOrEqual(200);
          for (const sentence of passage.sentences) {
            expect(sentence.start).toBeGreaterThanOrEqual(passage.start);
            expect(sentence.end).toBeLessThanOrEqual(passage.end);
          }
        }
        expect(new Set(passages.map(({ id }) => id)).size).toBe(passages.length);
      }),
      { numRuns: 60 },
    );
  });

  it('are searched without markup', () => {
    expect(plainText('Use **`torch.compile`** ([docs](https://a.b/c)).')).toBe('Use torch.compile (docs).');
  });
});
