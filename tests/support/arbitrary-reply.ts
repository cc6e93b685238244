import fc from 'fast-check';
import type { Block, Choice, Reply } from '../../src/reply/reply.ts';

/** What a document, a title or a question may hold to make a chat platform do something. */
const HOSTILE = [
  '<!channel> <!here|here> <!subteam^S1|team> <@U1> <#C1|general> @here @everyone',
  '<http://x.example|y> <https://evil.example> https://evil.example/?q=1&lt;2 mailto:a@b.example',
  '&amp; &lt;!channel&gt; &#60;!channel&#62; a && b < c > d',
  '*bold* _italic_ ~struck~ `code` ```block``` > quote\n> quote\n- item\n1. one\n# heading [label](https://evil.example)',
  '<!date^1392734382^{date}|now> :smile: :flag-de: javascript:alert(1)',
  '👩‍👩‍👧‍👦👍🏽🏳️‍🌈🇩🇪 e\u0301 \u1112\u1161\u11ab กำ नि',
  '\u202ereversed\u202c \u2066isolated\u2069 مرحبا \u200fשלום\u200e',
  'in\u200bvis\u200dible\ufeff \u{e0041}\u{e0042}\u{e007f} \0\u0007\u001b[31m\u0085\u2028next',
  '\ud800 lone \udc00',
  '...!!!?? 3.14 e.g. v2.16.1. End',
  '   ',
  '\n\n\t',
  '\u0301 begins with a mark',
] as const;

const LONG = [
  '👩‍👩‍👧‍👦',
  '🇩🇪',
  'Z\u0351\u036b',
  '<!channel> ',
  '&',
  'Ein Satz über Geräte. ',
  'wörter ',
  '漢字かな',
  'مرحبا ',
] as const;

const long = fc
  .tuple(fc.constantFrom(...LONG), fc.integer({ min: 1, max: 20_000 }))
  .map(([unit, length]) => unit.repeat(Math.ceil(length / unit.length)));

export const outsideText: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: fc.constantFrom(...HOSTILE), weight: 6 },
  { arbitrary: fc.string({ unit: 'grapheme', maxLength: 200 }), weight: 3 },
  { arbitrary: fc.string({ unit: 'binary', maxLength: 60 }), weight: 2 },
  { arbitrary: fc.lorem({ maxCount: 60, mode: 'sentences' }), weight: 3 },
  { arbitrary: fc.tuple(fc.constantFrom(...HOSTILE), fc.lorem()).map((two) => two.join(' ')), weight: 3 },
  { arbitrary: long, weight: 1 },
);

const quote = fc.record({
  kind: fc.constant('quote' as const),
  n: fc.nat(99),
  quote: outsideText,
  title: outsideText,
  heading: outsideText,
  path: outsideText,
  startLine: fc.nat(),
  endLine: fc.nat(),
  place: fc.option(fc.constantFrom('page 3', 'Sheet1!A1')),
  url: fc.option(
    fc.oneof(
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
      fc.constantFrom('javascript:alert(1)', 'data:text/html,x', 'https://exämple.example/ä b|c<d>', '//evil.example'),
      fc.integer({ min: 1, max: 4_000 }).map((length) => `https://long.example/${'ä'.repeat(length)}`),
      outsideText,
    ),
  ),
  date: fc.option(fc.constant('2026-01-02')),
});

const block: fc.Arbitrary<Block> = fc.oneof(
  fc.record({ kind: fc.constantFrom('heading' as const, 'text' as const, 'note' as const), text: outsideText }),
  fc.record({ kind: fc.constant('list' as const), items: fc.array(outsideText, { maxLength: 12 }) }),
  quote,
  quote,
  fc.record({
    kind: fc.constant('table' as const),
    caption: outsideText,
    columns: fc.array(outsideText, { maxLength: 4 }),
    rows: fc.array(fc.array(outsideText, { maxLength: 5 }), { maxLength: 8 }),
  }),
);

const choice: fc.Arbitrary<Choice> = fc.record({
  label: outsideText,
  action: fc.constantFrom(
    ...([
      'refine',
      'refine',
      'case-against',
      'compare',
      'why',
      'retrieval',
      'save',
      'share',
      'notify',
      'feedback',
    ] as const),
  ),
  value: fc.oneof(
    fc.constantFrom('', 'target:mobile', 'goal:research', 'pytorch jax'),
    fc.string({ unit: 'binary', maxLength: 100 }),
    fc.integer({ min: 1, max: 3_000 }).map((length) => '"'.repeat(length)),
  ),
});

export const arbitraryReply: fc.Arbitrary<Reply> = fc.record({
  kind: fc.constantFrom('answer', 'answer', 'abstention', 'help', 'failure'),
  id: fc.constantFrom('0123456789ab', ''),
  title: outsideText,
  blocks: fc.array(block, { maxLength: 30 }),
  choices: fc.array(choice, { maxLength: 30 }),
});
