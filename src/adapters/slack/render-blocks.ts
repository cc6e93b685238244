import { ACTION_DESCRIPTIONS } from '../../reply/feedback-kinds.ts';
import { shorten } from '../../reply/graphemes.ts';
import { placeOf, plainTextOf, visible } from '../../reply/plain-text.ts';
import type { Block, Choice, Reply } from '../../reply/reply.ts';
import { splitReply } from '../../reply/split-reply.ts';
import { LIMITS } from './limits.ts';
import { escapeMrkdwn } from './mrkdwn.ts';

/** A block of Block Kit, as it is sent. */
export type SlackBlock = Readonly<Record<string, unknown>>;

export interface RenderedMessage {
  /** The whole of this message as text, for notifications and screen readers. */
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}

/** Characters that a list, a heading or a quote takes besides its text. */
const OVERHEAD = 60;

/**
 * A reply as messages within Slack's limits. Text of documents and askers stands in rich text and plain text only,
 * where Slack reads no markup. Pure.
 */
export function renderReply(reply: Reply): RenderedMessage[] {
  const budget = {
    // What the buttons say counts too.
    characters: LIMITS.message - choicesLength(reply.choices),
    blocks: LIMITS.blocks - LIMITS.blocksOfButtons - 1,
    measure: (block: Block) => plainTextOf({ ...reply, title: '', blocks: [block] }).length + OVERHEAD,
  };
  return splitReply(reply, budget).map((part) => ({
    text: escapeMrkdwn(plainTextOf(part)),
    blocks: [
      ...titleBlock(part.title),
      ...part.blocks.flatMap(renderBlock),
      ...(part.kind === 'failure' ? [] : renderChoices(part)),
    ],
  }));
}

/** A reply's blocks without splitting or choices, for a page that holds a hundred. */
export function renderPage(reply: Reply): SlackBlock[] {
  return [...titleBlock(reply.title), ...reply.blocks.flatMap(renderBlock)].slice(0, LIMITS.homeBlocks);
}

function titleBlock(title: string): SlackBlock[] {
  const text = visible(title);
  if (text.trim() === '') return [];
  if (text.length > LIMITS.header) return [richText([section([bold(text)])])];
  return [{ type: 'header', text: { type: 'plain_text', text, emoji: false } }];
}

function renderBlock(block: Block): SlackBlock[] {
  switch (block.kind) {
    case 'heading':
      return isEmpty(block.text) ? [] : [richText([section([bold(block.text)])])];
    case 'text':
      return isEmpty(block.text) ? [] : [richText([section([plain(block.text)])])];
    case 'note':
      return isEmpty(block.text) ? [] : [note(block.text)];
    case 'list':
      return listBlock(block.items);
    case 'table':
      // As a list: a table read aloud, or on a phone, is no table.
      return [
        ...(isEmpty(block.caption) ? [] : [richText([section([bold(block.caption)])])]),
        ...listBlock(block.rows.map((row) => row.map((cell, at) => `${block.columns[at]}: ${cell}`).join('; '))),
      ];
    case 'quote': {
      const quote = block.quote.replace(/\s+/g, ' ');
      const place = placeOf(block);
      const link = linkTo(block.url, place);
      return [
        richText([
          {
            type: 'rich_text_quote',
            elements: [bold(`[${block.n}] `), plain(isEmpty(quote) ? '(empty)' : `"${quote}"`)],
          },
          section([link ?? plain(place)]),
        ]),
      ];
    }
    default:
      return block satisfies never;
  }
}

function listBlock(items: readonly string[]): SlackBlock[] {
  const elements = items.filter((item) => !isEmpty(item)).map((item) => section([plain(item)]));
  return elements.length === 0 ? [] : [richText([{ type: 'rich_text_list', style: 'bullet', elements }])];
}

function note(text: string): SlackBlock {
  const shown = visible(text);
  if (shown.length > LIMITS.contextText) return richText([section([plain(text)])]);
  return { type: 'context', elements: [{ type: 'plain_text', text: shown, emoji: false }] };
}

/** Buttons for the next question, or a select when it has many answers; then one row of what can be looked at. */
function renderChoices({ id, choices }: Reply): SlackBlock[] {
  const refining = choices.filter(({ action }) => action === 'refine');
  const looking = choices.filter(({ action }) => action !== 'refine').slice(0, LIMITS.elementsOfActions);
  const blocks: SlackBlock[] = [];
  if (refining.length > LIMITS.buttonsOfQuestion) blocks.push(selectOf(id, refining));
  else if (refining.length > 0) blocks.push(buttonsOf(id, refining));
  if (looking.length > 0) blocks.push(buttonsOf(id, looking));
  return blocks;
}

function buttonsOf(answer: string, choices: readonly Choice[]): SlackBlock {
  const elements = choices.map((choice, at) => ({
    type: 'button',
    action_id: `${choice.action}:${at}`,
    text: { type: 'plain_text', text: labelOf(choice), emoji: false },
    value: packed(answer, choice.value).slice(0, LIMITS.buttonValue),
    accessibility_label: shorten(`${labelOf(choice)}. ${ACTION_DESCRIPTIONS[choice.action]}`, LIMITS.button),
  }));
  return { type: 'actions', elements };
}

function selectOf(answer: string, choices: readonly Choice[]): SlackBlock {
  const options = choices
    .map((choice) => ({
      text: { type: 'plain_text', text: labelOf(choice), emoji: false },
      value: packed(answer, choice.value),
    }))
    .filter(({ value }) => value.length <= LIMITS.optionValue)
    .slice(0, LIMITS.optionsOfSelect);
  const placeholder = { type: 'plain_text', text: 'Choose an answer', emoji: false };
  return { type: 'actions', elements: [{ type: 'static_select', action_id: 'refine:select', placeholder, options }] };
}

const packed = (a: string, v: string): string => JSON.stringify({ a, v });

function labelOf({ label, action }: Choice): string {
  const shown = visible(label).trim();
  return shown === '' ? action : shorten(shown, LIMITS.button);
}

function choicesLength(choices: readonly Choice[]): number {
  return choices.reduce((sum, choice) => sum + Math.min(choice.label.length, LIMITS.button) * 2 + OVERHEAD, 0);
}

/** What a pressed control says, or null for anything that no control of ours sends. */
export function readAction(
  actionId: string,
  value: string,
): { readonly action: Choice['action']; readonly answer: string; readonly value: string } | null {
  const action = actionId.split(':')[0] ?? '';
  if (!Object.hasOwn(ACTION_DESCRIPTIONS, action)) return null;
  try {
    const { a, v } = JSON.parse(value) as { a?: unknown; v?: unknown };
    if (typeof a !== 'string' || typeof v !== 'string' || !/^[0-9a-f]{0,64}$/.test(a)) return null;
    return { action: action as Choice['action'], answer: a, value: v };
  } catch {
    return null;
  }
}

const isEmpty = (text: string): boolean => visible(text).trim() === '';

function richText(elements: readonly SlackBlock[]): SlackBlock {
  return { type: 'rich_text', elements };
}

function section(elements: readonly SlackBlock[]): SlackBlock {
  return { type: 'rich_text_section', elements };
}

function plain(text: string): SlackBlock {
  return { type: 'text', text: visible(text) };
}

function bold(text: string): SlackBlock {
  return { type: 'text', text: visible(text), style: { bold: true } };
}

/** The place as a link, where the document names an address of the web. */
function linkTo(url: string | null, place: string): SlackBlock | null {
  if (url === null || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol) || url.length > 3_000) return null;
  return { type: 'link', url: new URL(url).href, text: visible(place) };
}
