import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderHome } from '../../../src/adapters/slack/render-home.ts';
import { renderFeedbackModal, renderRecommendModal, type SlackView } from '../../../src/adapters/slack/render-modal.ts';
import { metadataOf, readFeedback, readRecommend, type ViewValues } from '../../../src/adapters/slack/view-values.ts';
import { composeHome, type HomeFacts } from '../../../src/reply/compose-home.ts';
import { FEEDBACK_KINDS } from '../../../src/reply/feedback-kinds.ts';
import { requirementGroups } from '../../../src/reply/requirement-groups.ts';
import { arbitraryReply, outsideText } from '../../support/arbitrary-reply.ts';
import { inspectBlocks } from '../../support/slack-limits.ts';

const RUNS = process.env.ACCEPTANCE === 'full' ? 5_000 : 300;
const SEED = Number(process.env.SEED ?? 20261121);
const ANSWER = '0123456789ab';

function problemsOf(view: SlackView): string[] {
  const { title, submit, close, private_metadata, callback_id, blocks } = view as SlackView & Record<string, unknown>;
  const texts = [title, submit, close].map((text) => (text as { type: string; text: string }).text);
  const ids = blocks.map(({ block_id }) => block_id);
  return [
    ...inspectBlocks(blocks, 'view').problems,
    ...texts.filter((text) => text.length === 0 || text.length > 24).map((text) => `title: ${text}`),
    ...(String(private_metadata).length > 3_000 ? ['private_metadata: too long'] : []),
    ...(String(callback_id).length > 255 ? ['callback_id: too long'] : []),
    ...(new Set(ids).size === ids.length ? [] : ['block_id: one twice']),
  ];
}

/** What a view's state holds when its fields are filled in. */
const choose = (value: string): unknown => ({ type: 'static_select', selected_option: { value } });
const filled = (about: string, kind: string, text: string | null = null): ViewValues => ({
  about: { about: choose(about) },
  kind: { kind: choose(kind) },
  text: { text: { type: 'plain_text_input', value: text } },
});

describe('the feedback form', () => {
  it('asks which quote, what is wrong and for words, and reads all of it back', () => {
    const view = renderFeedbackModal(ANSWER, 3, '{"channel":"C1"}');
    expect(problemsOf(view)).toEqual([]);
    const [about, kind, text] = view.blocks as unknown as [
      { element: { options: { value: string }[] } },
      { element: { options: { value: string }[] } },
      { optional: boolean },
    ];
    expect(about.element.options.map(({ value }) => value)).toEqual(['whole', '1', '2', '3']);
    expect(kind.element.options.map(({ value }) => value)).toEqual(Object.keys(FEEDBACK_KINDS));
    expect(text.optional).toBe(true);
    const metadata = String(view.private_metadata);
    expect(metadataOf(metadata)).toEqual({ channel: 'C1' });
    const read = { answer: ANSWER, kind: 'outdated', text: '' };
    expect(readFeedback(filled('3', 'outdated'), metadata)).toEqual({ ...read, citation: 3 });
    expect(readFeedback(filled('whole', 'outdated'), metadata)).toEqual({ ...read, citation: null });
    expect(readFeedback(filled('1', 'outdated', '<!here>'), metadata)).toEqual({
      ...read,
      citation: 1,
      text: '<!here>',
    });
  });

  it.each([0, -1, 1.5, Number.NaN, 1e9])('is a form that Slack takes for %d quotes', (citations) => {
    expect(problemsOf(renderFeedbackModal(ANSWER, citations, ''))).toEqual([]);
  });

  it('still knows its answer when the place that it was opened from is too long to come back', () => {
    const view = renderFeedbackModal(ANSWER, 1, 'x'.repeat(4_000));
    expect(problemsOf(view)).toEqual([]);
    expect(readFeedback(filled('1', 'disagree'), String(view.private_metadata))).toMatchObject({ answer: ANSWER });
    expect(metadataOf(String(view.private_metadata))).toBeNull();
  });

  const metadata = String(renderFeedbackModal(ANSWER, 2, '').private_metadata);
  it.each<[string, unknown, string]>([
    ['no fields', {}, metadata],
    ['null', null, metadata],
    ['a quote that no form offers', filled('21', 'outdated'), metadata],
    ['a quote of another spelling', filled('1e0', 'outdated'), metadata],
    ['an empty quote', filled('', 'outdated'), metadata],
    ['an unknown kind', filled('1', 'drop table'), metadata],
    ['a kind that every object has', filled('1', 'toString'), metadata],
    ['words longer than the field', filled('1', 'outdated', 'x'.repeat(3_001)), metadata],
    ['nothing chosen', { ...filled('1', 'outdated'), kind: { kind: { selected_option: null } } }, metadata],
    ['no metadata', filled('1', 'outdated'), ''],
    ['metadata of another form', filled('1', 'outdated'), '{"channel":"C1"}'],
    ['metadata with more in it', filled('1', 'outdated'), JSON.stringify({ answer: ANSWER, from: '', admin: true })],
    ['an answer id that is none', filled('1', 'outdated'), JSON.stringify({ answer: '../../etc', from: '' })],
  ])('refuses %s', (_what, values, sent) => {
    expect(readFeedback(values as ViewValues, sent)).toBeNull();
  });
});

describe('the recommendation form', () => {
  const groups = requirementGroups({
    'target:mobile': 'phones',
    'target:web': 'browsers',
    'goal:research': 'research',
  });

  it('offers what the rules know, one select for each aspect, and reads back what was chosen', () => {
    const view = renderRecommendModal(groups, '{"channel":"C1"}');
    expect(problemsOf(view)).toEqual([]);
    expect(view.blocks.map(({ block_id }) => block_id)).toEqual(['need:goal', 'need:target', 'text']);
    expect(view.blocks.every(({ optional }) => optional === true)).toBe(true);
    expect(metadataOf(String(view.private_metadata))).toEqual({ channel: 'C1' });
    const values: ViewValues = {
      'need:target': { 'need:target': { selected_options: [{ value: 'target:mobile' }, { value: 'target:web' }] } },
      'need:goal': { 'need:goal': { selected_options: [] } },
      text: { text: { value: 'offline' } },
    };
    expect(readRecommend(values)).toEqual({ requirements: ['target:mobile', 'target:web'], text: 'offline' });
    expect(readRecommend({})).toEqual({ requirements: [], text: '' });
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a field without options', { 'need:target': { 'need:target': {} } }],
    ['a field of another name', { 'need:target': { other: { selected_options: [] } } }],
    ['options that are no texts', { 'need:target': { 'need:target': { selected_options: [{ value: 7 }] } } }],
    ['options too long', { 'need:a': { 'need:a': { selected_options: [{ value: 'x'.repeat(76) }] } } }],
    ['words too long', { text: { text: { value: 'x'.repeat(3_001) } } }],
  ])('refuses %s', (_what, values) => {
    expect(readRecommend(values as ViewValues)).toBeNull();
  });

  it(`is a form that Slack takes whatever the rules are called, over ${RUNS} rule sets (seed ${SEED})`, () => {
    const group = fc.record({
      aspect: fc.stringMatching(/^[a-z]{1,12}$/),
      label: outsideText,
      options: fc.array(fc.record({ id: fc.string({ maxLength: 90 }), label: outsideText }), { maxLength: 120 }),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(group, { maxLength: 4, selector: ({ aspect }) => aspect }),
        outsideText,
        (given, from) => {
          expect(problemsOf(renderRecommendModal(given, from))).toEqual([]);
        },
      ),
      { numRuns: RUNS, seed: SEED },
    );
  }, 900_000);
});

it('reads anything at all as a form without throwing', () => {
  const field = fc.oneof(fc.jsonValue(), fc.constant(choose('1')), fc.constant({ selected_options: [{ value: 'x' }] }));
  const name = fc.oneof(fc.constantFrom('about', 'kind', 'text', 'need:goal', '__proto__', 'toString'), fc.string());
  const values = fc.oneof(fc.dictionary(name, fc.oneof(fc.jsonValue(), fc.dictionary(name, field))), fc.jsonValue());
  fc.assert(
    fc.property(values, fc.oneof(fc.string(), fc.json()), (state, metadata) => {
      expect(readFeedback(state as ViewValues, metadata)).toBeNull();
      const chosen = readRecommend(state as ViewValues);
      if (chosen) expect(chosen.requirements.every((id) => typeof id === 'string')).toBe(true);
      metadataOf(metadata);
    }),
    { numRuns: RUNS * 5, seed: SEED },
  );
}, 900_000);

describe('the home tab', () => {
  const facts: HomeFacts = {
    documents: 130,
    passages: 824,
    generation: 'g1',
    built: '2026-11-20T10:00:00Z',
    checked: '2026-11-19',
    asksPerMinute: 20,
    administrators: 1,
    canAdminister: false,
  };
  const shownTo = (of: HomeFacts): string => inspectBlocks(renderHome(composeHome(of)).blocks, 'view').shown.join('\n');

  it('says what the bot knows, as of when, what it compares and how it is set', () => {
    const shown = shownTo(facts);
    for (const part of ['130 documents in 824 passages', '2026-11-19', 'g1', '2026-11-20 10:00 UTC', 'PyTorch', 'vLLM'])
      expect(shown).toContain(part);
    expect(shown).not.toContain('You are an administrator');
    expect(shownTo({ ...facts, canAdminister: true })).toContain('You are an administrator');
  });

  it('is a view that Slack takes, whatever it says', () => {
    fc.assert(
      fc.property(arbitraryReply, (reply) => {
        const { type, blocks } = renderHome(reply);
        expect(type).toBe('home');
        expect(inspectBlocks(blocks, 'view').problems).toEqual([]);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  }, 900_000);
});
