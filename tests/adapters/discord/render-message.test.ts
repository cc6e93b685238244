import { ComponentType, MessageFlags } from 'discord.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderReply } from '../../../src/adapters/discord/render-message.ts';
import type { Block, Choice, Reply } from '../../../src/reply/reply.ts';

const RUNS = process.env.ACCEPTANCE === 'full' ? 5000 : 500;
const hostile = fc.constantFrom(
  '@everyone <@123> <#4> <@&5> [click](https://evil.example) ||hidden|| ```code```',
  '👩‍👩‍👧‍👦'.repeat(900),
  'https://evil.example/x',
  '> quote\n# heading\n- item\n1. one',
  'word '.repeat(1500),
  '\u202ereversed\u{e0041}',
);
const text = fc.oneof(
  hostile,
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
);
const quote = fc.record({
  kind: fc.constant('quote' as const),
  n: fc.nat(99),
  quote: text,
  title: text,
  heading: text,
  path: text,
  startLine: fc.nat(),
  endLine: fc.nat(),
  url: fc.option(fc.oneof(fc.webUrl(), fc.constant('javascript:alert(1)'), text)),
  date: fc.option(fc.constant('2026-01-02')),
});
const block: fc.Arbitrary<Block> = fc.oneof(
  fc.record({ kind: fc.constantFrom('heading' as const, 'text' as const, 'note' as const), text }),
  fc.record({ kind: fc.constant('list' as const), items: fc.array(text, { maxLength: 12 }) }),
  quote,
  fc.record({
    kind: fc.constant('table' as const),
    caption: text,
    columns: fc.array(text, { maxLength: 4 }),
    rows: fc.array(fc.array(text, { maxLength: 4 }), { maxLength: 6 }),
  }),
);
const choice: fc.Arbitrary<Choice> = fc.record({
  label: text,
  action: fc.constantFrom('refine' as const, 'why' as const, 'compare' as const),
  value: fc.string({ maxLength: 140 }),
});
const reply: fc.Arbitrary<Reply> = fc.record({
  kind: fc.constant('answer' as const),
  id: fc.constant('0123456789ab'),
  title: text,
  blocks: fc.array(block, { maxLength: 10 }),
  choices: fc.array(choice, { maxLength: 30 }),
});

describe('rendering for Discord', () => {
  it(`keeps every limit and starts no markup from outside text, over ${RUNS} replies`, () => {
    fc.assert(
      fc.property(reply, (given) => {
        const messages = renderReply(given);
        for (const { components, flags, allowedMentions } of messages) {
          expect(allowedMentions.parse).toEqual([]);
          expect(flags & MessageFlags.IsComponentsV2).toBeTruthy();
          expect(flags & MessageFlags.SuppressEmbeds).toBeTruthy();
          let count = 0;
          let length = 0;
          const ids = new Set<string>();
          for (const component of components) {
            count += 1;
            if (component.type === ComponentType.TextDisplay) {
              length += component.content.length;
              expect(component.content.isWellFormed()).toBe(true);
              expect(component.content.length).toBeGreaterThan(0);
              const live = component.content.replace(/\\./gsu, '').replace(/<https?:[^<>\s]*>/g, '');
              expect(live).not.toMatch(/[@`|~[\]]|<[@#:t]|https?:\/\//);
            } else if (component.type === ComponentType.ActionRow) {
              expect(component.components.length).toBeLessThanOrEqual(5);
              for (const button of component.components) {
                count += 1;
                if (!('custom_id' in button) || !('label' in button)) throw new Error('expected a button');
                expect(button.custom_id.length).toBeLessThanOrEqual(100);
                expect(button.label?.length).toBeLessThanOrEqual(80);
                expect(button.label?.length).toBeGreaterThan(0);
                expect(ids.has(button.custom_id)).toBe(false);
                ids.add(button.custom_id);
              }
            }
          }
          expect(length).toBeLessThanOrEqual(4000);
          expect(count).toBeGreaterThan(0);
          expect(count).toBeLessThanOrEqual(40);
        }
      }),
      { numRuns: RUNS, seed: 20261120 },
    );
  }, 300_000);

  it('splits no grapheme where a block is longer than a message', () => {
    const flag = '🇩🇪';
    const given: Reply = {
      kind: 'answer',
      id: 'x',
      title: 't',
      blocks: [{ kind: 'text', text: flag.repeat(2500) }],
      choices: [],
    };
    const shown = renderReply(given).flatMap(({ components }) =>
      components.flatMap((part) => (part.type === ComponentType.TextDisplay ? [part.content] : [])),
    );
    expect(shown.length).toBeGreaterThan(2);
    for (const part of shown.slice(1)) expect(part.replaceAll(flag, '')).toBe('');
  });
});
