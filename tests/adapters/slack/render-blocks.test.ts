import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RenderedMessage, renderReply } from '../../../src/adapters/slack/render-blocks.ts';
import { readAction } from '../../../src/adapters/slack/render-choices.ts';
import { visible } from '../../../src/reply/plain-text.ts';
import type { Block, Choice, Reply } from '../../../src/reply/reply.ts';
import { arbitraryReply, outsideText } from '../../support/arbitrary-reply.ts';
import { inspectMessage } from '../../support/slack-emulator/payload-rules.ts';
import { inspectBlocks, inspectText, readText } from '../../support/slack-limits.ts';

const RUNS = process.env.ACCEPTANCE === 'full' ? 5_000 : 300;
const SEED = Number(process.env.SEED ?? 20261121);
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A text as it should be read: what cannot be seen is gone, runs of space are one. */
const seen = (text: string): string => visible(text).replace(/\s+/g, ' ').trim();
const bare = (text: string): string => visible(text).replace(/\s+/g, '');

function addressOf(url: string | null): string | null {
  try {
    return url && new URL(url).href.replaceAll('|', '%7C');
  } catch {
    return null;
  }
}

/** The quotes of a message: number, words, place. */
function quotesOf({ blocks }: RenderedMessage): { n: number; words: string; place: string; url: string | null }[] {
  type Rich = { type: string; elements: { text: string; url?: string; elements: { text: string; url?: string }[] }[] };
  return (blocks as unknown as Rich[]).flatMap(({ type, elements }) => {
    if (type !== 'rich_text' || (elements[0] as { type?: string }).type !== 'rich_text_quote') return [];
    const [quote, place] = elements;
    const match = /^\[(\d+)\] "(.*)"$/su.exec(quote!.elements.map(({ text }) => text).join(''));
    const [named] = place!.elements;
    return [{ n: Number(match?.[1]), words: match?.[2] ?? 'NO QUOTE', place: named!.text, url: named!.url ?? null }];
  });
}

function expectQuotesComplete(given: Reply, messages: readonly RenderedMessage[]): void {
  const pieces = messages.flatMap(quotesOf);
  for (const block of given.blocks) {
    if (block.kind !== 'quote') continue;
    const words = seen(block.quote);
    let read = '';
    let count = 0;
    do {
      const piece = pieces.shift();
      expect(piece, `quote ${block.n} is missing`).toBeDefined();
      expect(piece!.n).toBe(block.n);
      expect(piece!.place).toContain(
        block.place ?? `line${block.startLine === block.endLine ? '' : 's'} ${block.startLine}`,
      );
      expect([null, addressOf(block.url)]).toContain(piece!.url);
      read += piece!.words;
      count += 1;
      expectCut(words, read.length);
    } while (read.length < words.length);
    expect(read).toBe(words);
    if (words.length < 8_000 && words.replace(/[&<>]/g, '&amp;').length < 35_000)
      expect(count, 'a quote that fits one message was cut').toBe(1);
  }
  expect(pieces).toEqual([]);
}

function expectCut(whole: string, at: number): void {
  if (at === 0 || at >= whole.length) return;
  expect(segmenter.segment(whole).containing(at)?.index, 'cut inside a grapheme').toBe(at);
}

/** Whatever is shown and is a piece of what was given begins and ends where a grapheme does. */
function expectWholeGraphemes(sources: readonly string[], messages: readonly RenderedMessage[]): void {
  for (const shown of messages.flatMap(({ blocks }) => inspectBlocks(blocks, 'message').shown)) {
    const text = shown.replace(/^\[\d+\] "/, '').replace(/["…]$/, '');
    if (text === '' || sources.includes(text)) continue;
    const cuts = sources.flatMap((source) => {
      const at = source.indexOf(text);
      return at < 0 ? [] : [[source, at, at + text.length] as const];
    });
    const isWhole = ([source, ...ends]: (typeof cuts)[number]): boolean =>
      ends.every((end) => end >= source.length || segmenter.segment(source).containing(end)?.index === end);
    if (cuts.length > 0) expect(cuts.some(isWhole), `cut inside a grapheme: ${text.slice(0, 40)}`).toBe(true);
  }
}

/** Everything that a reply says, in order, as the text twins must hold it. */
function contentOf(reply: Reply): string[] {
  return [
    reply.title,
    ...reply.blocks.flatMap((block): readonly string[] => {
      switch (block.kind) {
        case 'heading':
        case 'text':
        case 'note':
          return [block.text];
        case 'list':
          return block.items;
        case 'quote':
          return [`[${block.n}]`, block.quote];
        case 'table':
          return [block.caption, ...block.rows.flat()];
        default:
          return block satisfies never;
      }
    }),
  ];
}

function expectComplete(given: Reply, said: string): void {
  const characters = bare(contentOf(given).join(' '));
  let at = 0;
  for (const character of characters) {
    at = said.indexOf(character, at) + character.length;
    if (at < character.length) break;
  }
  expect(at >= 1 || characters === '', `the text twin lost something of: ${characters.slice(0, 200)}`).toBe(true);
}

function sourcesOf(reply: Reply): string[] {
  const texts = [...contentOf(reply), ...reply.choices.map(({ label }) => label)];
  return [...new Set(texts.flatMap((text) => [visible(text), seen(text)]))];
}

const base: Reply = { kind: 'answer', id: '0123456789ab', title: 'Recommendation: PyTorch', blocks: [], choices: [] };
const quoted = (quote: string, url: string | null = 'https://docs.example/guide', n = 1): Block => ({
  kind: 'quote',
  n,
  quote,
  title: 'Guide',
  heading: 'Phones',
  path: 'guide.md',
  startLine: 3,
  endLine: 4,
  url,
  date: '2026-01-02',
});
const refine = (count: number): Choice[] =>
  Array.from({ length: count }, (_, at) => ({ label: `Option ${at}`, action: 'refine', value: `target:${at}` }));
const types = (message: RenderedMessage | undefined): unknown[] => message?.blocks.map(({ type }) => type) ?? [];

describe('any reply as messages of Slack', () => {
  it(`breaks no limit, brings nothing to life and loses nothing, over ${RUNS} replies (seed ${SEED})`, () => {
    let count = 0;
    let longest = 0;
    fc.assert(
      fc.property(arbitraryReply, (given) => {
        const messages = renderReply(given);
        expect(messages.length).toBeGreaterThan(0);
        for (const { text, blocks } of messages) {
          count += 1;
          longest = Math.max(longest, text.length);
          const { problems, links } = inspectBlocks(blocks, 'message');
          expect(problems).toEqual([]);
          expect(inspectText(text)).toEqual([]);
          const addresses = given.blocks.map((block) => (block.kind === 'quote' ? addressOf(block.url) : null));
          for (const link of links) expect(addresses).toContain(link);
          // A text that chat.update takes, unless a quote alone is longer.
          const quotes = quotesOf({ text, blocks });
          const isLongQuote = quotes.length === 1 && blocks.length <= 5;
          if (!isLongQuote) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4_000);
        }
        expectQuotesComplete(given, messages);
        expectComplete(
          given,
          messages
            .map(({ text }) => readText(text))
            .join('')
            .replace(/\s+/g, ''),
        );
        expectWholeGraphemes(sourcesOf(given), messages);
        const controls = messages.map(({ blocks }) => blocks.filter(({ type }) => type === 'actions').length);
        expect(controls.slice(0, -1).every((number) => number === 0)).toBe(true);
        if (given.kind === 'failure') expect(controls.at(-1)).toBe(0);
      }),
      { numRuns: RUNS, seed: SEED },
    );
    console.log(
      `${RUNS} replies (seed ${SEED}): ${count} messages, longest text ${longest} characters, 0 limits broken`,
    );
  }, 900_000);

  it('reads back every choice that a control can carry', () => {
    const choices = fc.array(
      fc.record({ label: outsideText, action: fc.constantFrom('refine' as const, 'why' as const), value: fc.string() }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(choices, (given) => {
        const [message] = renderReply({ ...base, choices: given });
        type Control = { action_id: string; value?: string; options?: { value: string }[] };
        const controls = message!.blocks.flatMap(({ type, elements }) =>
          type === 'actions' ? (elements as Control[]) : [],
        );
        const pressed = controls.flatMap(({ action_id, value, options }) =>
          (options?.map((option) => option.value) ?? [value ?? '']).map((sent) => readAction(action_id, sent)),
        );
        const expected = new Set(given.map(({ action, value }) => JSON.stringify([action, base.id, value])));
        const read = new Set(pressed.map((one) => JSON.stringify([one?.action, one?.answer, one?.value])));
        expect(read).toEqual(expected);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  }, 900_000);
});

describe('a reply as messages of Slack', () => {
  it('says the verdict first, then the quote as a quote with its place linked, the note small', () => {
    const [message, ...more] = renderReply({
      ...base,
      blocks: [{ kind: 'text', text: 'A clear preference.' }, quoted('Runs on\nphones.'), { kind: 'note', text: 'n' }],
    });
    expect(more).toEqual([]);
    expect(types(message)).toEqual(['header', 'rich_text', 'rich_text', 'context']);
    expect(message!.blocks[0]).toMatchObject({ text: { type: 'plain_text', text: 'Recommendation: PyTorch' } });
    const place = 'Guide › Phones, lines 3-4, checked 2026-01-02';
    expect(quotesOf(message!)).toEqual([{ n: 1, words: 'Runs on phones.', place, url: 'https://docs.example/guide' }]);
    expect(message!.text).toContain('[1] "Runs on phones."');
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'slack://open', 'mailto:a@b.example', 'nonsense', ''])(
    'links no place to %j',
    (url) => {
      const [message] = renderReply({ ...base, blocks: [quoted('words', url)] });
      expect(inspectBlocks(message!.blocks, 'message').links).toEqual([]);
      expect(quotesOf(message!)[0]!.place).toContain('Guide');
    },
  );

  it('asks the next question by buttons, or by a select when it has more than five answers', () => {
    const details: Choice[] = [
      { label: 'Why', action: 'why', value: '' },
      { label: 'Feedback', action: 'feedback', value: '2' },
    ];
    const [few] = renderReply({ ...base, choices: [...refine(5), ...details] });
    const [many] = renderReply({ ...base, choices: [...refine(6), ...details] });
    expect(few!.blocks.slice(1)).toMatchObject([
      { type: 'actions', elements: Array.from({ length: 5 }, () => ({ type: 'button' })) },
      { type: 'actions', elements: [{ action_id: 'why:0' }, { action_id: 'feedback:1' }] },
    ]);
    const [{ elements: selects }] = many!.blocks.slice(1) as unknown as [{ elements: { type: string; options: [] }[] }];
    expect(selects).toMatchObject([{ type: 'static_select' }]);
    expect(selects[0]!.options).toHaveLength(6);
  });

  it('puts no buttons under a failure', () => {
    expect(types(renderReply({ ...base, kind: 'failure', choices: refine(3) })[0])).toEqual(['header']);
  });

  it('keeps a quote that fits a message whole, and cuts a longer one between its words', () => {
    const words = (length: number): string => 'word '.repeat(length / 5).trim();
    const long = renderReply({ ...base, blocks: [quoted(words(9_000)), quoted(words(8_000), null, 2)] });
    expect(long.flatMap(quotesOf).map(({ n }) => n)).toEqual([1, 2]);
    const longer = renderReply({ ...base, blocks: [quoted(words(20_000))] }).flatMap(quotesOf);
    expect(longer.length).toBeGreaterThan(1);
    for (const { words: piece } of longer) expect(piece.trim()).toMatch(/^word.*word$/);
  });

  it('gives the buttons a message of their own where a quote leaves them no room', () => {
    const choices = refine(20).map((choice) => ({
      ...choice,
      action: 'compare' as const,
      label: 'Compare '.repeat(9),
    }));
    const messages = renderReply({ ...base, blocks: [quoted('word '.repeat(2_150).trim())], choices });
    expect(messages.map(types)).toEqual([
      ['header', 'rich_text'],
      ['rich_text', 'actions'],
    ]);
    for (const { blocks } of messages) expect(inspectBlocks(blocks, 'message').problems).toEqual([]);
  });

  it('gives an emulator that was written apart from it nothing to object to, over 40 replies', () => {
    for (const given of fc.sample(arbitraryReply, { numRuns: 40, seed: SEED })) {
      for (const message of renderReply(given)) {
        const { findings, pings } = inspectMessage({ ...message }, { unfurls: false });
        expect([...findings, ...pings]).toEqual([]);
      }
    }
  });

  it('keeps a heading with what it heads, and fills messages no further than Slack lets them be edited', () => {
    const text = 'A sentence of some length about phones, tablets and their chips. '.repeat(20).trim();
    const blocks = Array.from({ length: 6 }, (_, at): Block[] => [
      { kind: 'heading', text: `Heading ${at}` },
      { kind: 'text', text },
    ]).flat();
    const messages = renderReply({ ...base, blocks, choices: refine(2) });
    expect(messages.length).toBeGreaterThan(2);
    for (const message of messages) {
      expect(message.text.length).toBeLessThanOrEqual(3_800);
      expect(message.text).not.toMatch(/Heading \d:$/);
    }
    expect(messages.map((message) => types(message).includes('actions'))).toEqual([
      ...messages.slice(1).map(() => false),
      true,
    ]);
  });

  it('shows a table as a list, every cell after the name of its column', () => {
    const table: Block = {
      kind: 'table',
      caption: 'Both',
      columns: ['Criterion', 'JAX'],
      rows: [['Speed', 'fast', 'x']],
    };
    const [message] = renderReply({ ...base, blocks: [table] });
    expect(inspectBlocks(message!.blocks, 'message').shown).toEqual([
      base.title,
      'Both',
      'Criterion: Speed; JAX: fast; x',
    ]);
  });

  it('says something even where there is nothing to see', () => {
    const [message] = renderReply({ ...base, title: '\u200b', blocks: [{ kind: 'list', items: ['', ' '] }] });
    expect(inspectBlocks(message!.blocks, 'message').problems).toEqual([]);
    expect(inspectText(message!.text)).toEqual([]);
  });
});

describe('what comes back from a control', () => {
  const value = JSON.stringify({ a: '0123456789ab', v: 'target:mobile' });
  it.each([
    ['', value],
    ['refine', value],
    ['refine:', value],
    ['refine:1:2', value],
    ['refine:-1', value],
    ['toString:1', value],
    ['__proto__:1', value],
    ['drop:1', value],
    ['why:0', ''],
    ['why:0', 'null'],
    ['why:0', '[]'],
    ['why:0', '"x"'],
    ['why:0', '{"a":"0123"}'],
    ['why:0', '{"a":1,"v":""}'],
    ['why:0', '{"a":"../x","v":""}'],
    ['why:0', '{"a":"ab","v":"","x":1}'],
    ['why:0', `{"a":"${'a'.repeat(65)}","v":""}`],
    ['why:0', JSON.stringify({ a: 'ab', v: 'x'.repeat(2_000) })],
  ])('refuses %j with %j', (actionId, sent) => {
    expect(readAction(actionId, sent)).toBeNull();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constant('why:1')), fc.oneof(fc.string(), fc.json()), (actionId, sent) => {
        const read = readAction(actionId, sent);
        if (read) expect(read.answer).toMatch(/^[0-9a-f]*$/);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });
});
