import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutText, sentencesOf, shorten } from '../../src/reply/graphemes.ts';
import { plainTextOf } from '../../src/reply/plain-text.ts';
import type { Block, Reply } from '../../src/reply/reply.ts';
import { type PartBudget, splitReply } from '../../src/reply/split-reply.ts';
import { outsideText } from '../support/arbitrary-reply.ts';

const SEED = 20261121;
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const length = (text: string): number => text.length;
const sizeOf = (block: Block): number => plainTextOf({ ...REPLY, title: '', blocks: [block] }).length + 2;
const REPLY: Reply = { kind: 'answer', id: '', title: 'Title', blocks: [], choices: [] };
const BUDGET: PartBudget = {
  fill: 400,
  sizeOf,
  sizeOfText: length,
  blocks: 5,
  holds: (title, blocks) => title.length + blocks.reduce((sum, block) => sum + sizeOf(block), 0) <= 1_000,
  piece: 600,
  sizeOfPiece: length,
};
const split = (blocks: readonly Block[]): Reply[] => splitReply({ ...REPLY, blocks }, BUDGET);
const sentence = 'TensorFlow 2.16 came with Keras 3.0, e.g. for JAX.';

describe('a long reply', () => {
  it('is one part where it fits', () => {
    const blocks: Block[] = [
      { kind: 'heading', text: 'Why' },
      { kind: 'text', text: sentence },
    ];
    expect(split(blocks)).toEqual([{ ...REPLY, blocks }]);
  });

  it('cuts a text between sentences, not at the points in its numbers', () => {
    const text = `${sentence} `.repeat(20).trim();
    const parts = split([{ kind: 'text', text }]);
    expect(parts.length).toBeGreaterThan(1);
    for (const { blocks } of parts) {
      expect(blocks).toHaveLength(1);
      expect((blocks[0] as { text: string }).text.trim()).toMatch(
        /^(?:TensorFlow 2\.16 [^.]*3\.0, e\.g\. for JAX\. ?)+$/,
      );
    }
    expect(parts.map(({ blocks }) => (blocks[0] as { text: string }).text).join('')).toBe(text);
  });

  it('cuts a list between its items', () => {
    const items = Array.from({ length: 30 }, (_, at) => `Item ${at}. ${sentence}`);
    const parts = split([{ kind: 'list', items }]);
    expect(parts.length).toBeGreaterThan(1);
    expect(
      parts.flatMap(({ blocks }) => blocks.flatMap((block) => (block.kind === 'list' ? block.items : []))),
    ).toEqual(items);
  });

  it('has its title on the first part and its choices on the last', () => {
    const choices = [{ label: 'Why', action: 'why' as const, value: '' }];
    const blocks = Array.from({ length: 12 }, (): Block => ({ kind: 'text', text: sentence }));
    const parts = splitReply({ ...REPLY, blocks, choices }, BUDGET);
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.map(({ title }) => title)).toEqual(['Title', ...parts.slice(1).map(() => '')]);
    expect(parts.map((part) => part.choices)).toEqual([...parts.slice(1).map(() => []), choices]);
    for (const part of parts) expect(part.blocks.length).toBeLessThanOrEqual(5);
  });
});

describe('a cut text', () => {
  it('is whole again when its pieces are put together, each within its size and of whole graphemes', () => {
    fc.assert(
      fc.property(outsideText, fc.integer({ min: 30, max: 500 }), (text, most) => {
        const pieces = cutText(text, most);
        expect(pieces.join('')).toBe(text);
        let at = 0;
        for (const piece of pieces) {
          expect(piece.length).toBeLessThanOrEqual(most);
          at += piece.length;
          if (at < text.length) expect(segmenter.segment(text).containing(at)?.index).toBe(at);
        }
        expect(sentencesOf(text).join('')).toBe(text);
        expect(shorten(text, most).length).toBeLessThanOrEqual(most);
      }),
      { numRuns: 200, seed: SEED },
    );
  }, 120_000);

  it('takes a space that carries a mark for a letter', () => {
    const text = `${'a'.repeat(95)} \u0301${'b'.repeat(20)}`;
    expect(cutText(text, 100)[0]).not.toMatch(/ $/);
  });

  it('shows a replacement for a letter under more marks than a piece holds', () => {
    expect(cutText(`a${'\u0301'.repeat(200)}bc`, 50)).toEqual(['\ufffdbc']);
  });
});
