import { FEEDBACK_FORM, FEEDBACK_KINDS, RECOMMEND_FORM } from '../../reply/feedback-kinds.ts';
import { shorten } from '../../reply/graphemes.ts';
import type { RequirementGroup } from '../../reply/requirement-groups.ts';
import { labelText } from '../../reply/shown-reply.ts';
import { LIMITS } from './limits.ts';
import { plainText, type SlackBlock } from './rich-text.ts';
import { FEEDBACK_VIEW, FIELDS, MOST_QUOTES, packMetadata, RECOMMEND_VIEW } from './view-values.ts';

/** A form, as `views.open` takes it. */
export interface SlackView {
  readonly type: 'modal';
  readonly callback_id: string;
  readonly blocks: readonly SlackBlock[];
  readonly [key: string]: unknown;
}

/** The form for feedback on an answer: about which quote, of what kind, in free words. `metadata` comes back with it. */
export function renderFeedbackModal(answer: string, citations: number, metadata: string): SlackView {
  const count = Number.isInteger(citations) ? Math.max(0, Math.min(citations, MOST_QUOTES)) : 0;
  const whole = option(FEEDBACK_FORM.whole, FIELDS.wholeAnswer);
  const quotes = Array.from({ length: count }, (_, at) => option(FEEDBACK_FORM.quote(at + 1), String(at + 1)));
  return modal(FEEDBACK_VIEW, FEEDBACK_FORM, packMetadata(answer, metadata), [
    input(FIELDS.about, FEEDBACK_FORM.about, {
      type: 'static_select',
      options: [whole, ...quotes],
      initial_option: whole,
    }),
    input(FIELDS.kind, FEEDBACK_FORM.kind, {
      type: 'radio_buttons',
      options: Object.entries(FEEDBACK_KINDS).map(([value, text]) => option(text, value)),
    }),
    optional(
      input(FIELDS.text, FEEDBACK_FORM.text, {
        type: 'plain_text_input',
        multiline: true,
        max_length: LIMITS.inputText,
      }),
    ),
  ]);
}

/** The form for a recommendation: one select per aspect, and free words. */
export function renderRecommendModal(groups: readonly RequirementGroup[], metadata: string): SlackView {
  const selects = groups.flatMap(({ aspect, label, options }) => {
    const offered = optionsOf(options);
    if (offered.length === 0) return [];
    return [optional(input(`${FIELDS.need}${aspect}`, label, { type: 'multi_static_select', options: offered }))];
  });
  return modal(RECOMMEND_VIEW, RECOMMEND_FORM, metadata, [
    ...selects.slice(0, LIMITS.modalBlocks - 1),
    optional(
      input(FIELDS.text, RECOMMEND_FORM.text, {
        type: 'plain_text_input',
        max_length: LIMITS.inputText,
        placeholder: plainText(RECOMMEND_FORM.hint),
      }),
    ),
  ]);
}

/** Ids of requirements that an option can hold; a part of a longer one would mean something else. */
const REQUIREMENT = /^[\w:.+-]{1,75}$/;

/** Each id once. */
function optionsOf(options: RequirementGroup['options']): SlackBlock[] {
  const labels = new Map(options.map(({ id, label }) => [id, label]));
  return [...labels]
    .filter(([id]) => REQUIREMENT.test(id))
    .slice(0, LIMITS.optionsOfSelect)
    .map(([id, label]) => option(label, id));
}

function modal(
  callback: string,
  words: { readonly title: string; readonly send: string; readonly cancel: string },
  metadata: string,
  blocks: readonly SlackBlock[],
): SlackView {
  const short = (text: string): SlackBlock => plainText(shorten(text, LIMITS.modalTitle));
  return {
    type: 'modal',
    callback_id: callback,
    title: short(words.title),
    submit: short(words.send),
    close: short(words.cancel),
    // Too long to come back: then the form answers its user directly.
    private_metadata: metadata.length <= LIMITS.privateMetadata ? metadata : '',
    blocks,
  };
}

/** A field; its block id and action id are the same, so that what comes back is found by one name. */
function input(id: string, label: string, element: SlackBlock): SlackBlock {
  return {
    type: 'input',
    block_id: id,
    label: plainText(shorten(named(label, id), LIMITS.inputLabel)),
    element: { action_id: id, ...element },
  };
}

function optional(field: SlackBlock): SlackBlock {
  return { ...field, optional: true };
}

function option(text: string, value: string): SlackBlock {
  return { text: plainText(shorten(named(text, value), LIMITS.optionText)), value };
}

/** A label as it is shown, or the id where it shows nothing. */
function named(label: string, id: string): string {
  const shown = labelText(label);
  return shown === '' ? id : shown;
}
