import { z } from 'zod';
import { FEEDBACK_FORM, FEEDBACK_KINDS, type FeedbackKind, RECOMMEND_FORM } from '../../reply/feedback-kinds.ts';
import { shorten } from '../../reply/graphemes.ts';
import type { RequirementGroup } from '../../reply/requirement-groups.ts';
import { LIMITS } from './limits.ts';
import type { SlackBlock } from './rich-text.ts';

export const FEEDBACK_VIEW = 'feedback';
export const RECOMMEND_VIEW = 'recommend';
const WHOLE = 'whole';
/** Quotes that a feedback form can name. */
const MOST_QUOTES = 20;

export interface SlackView {
  readonly type: 'modal';
  readonly callback_id: string;
  readonly blocks: readonly SlackBlock[];
  readonly [key: string]: unknown;
}

/** The form for feedback on an answer: about which quote, of what kind, in free words. `metadata` comes back with it. */
export function renderFeedbackModal(answer: string, citations: number, metadata: string): SlackView {
  const count = Number.isInteger(citations) ? Math.max(0, Math.min(citations, MOST_QUOTES)) : 0;
  const quotes = Array.from({ length: count }, (_, at) => option(FEEDBACK_FORM.quote(at + 1), String(at + 1)));
  const whole = option(FEEDBACK_FORM.whole, WHOLE);
  return modal(FEEDBACK_VIEW, FEEDBACK_FORM, JSON.stringify({ answer, from: metadata }), [
    input('about', FEEDBACK_FORM.about, {
      type: 'static_select',
      options: [whole, ...quotes],
      initial_option: whole,
    }),
    input('kind', FEEDBACK_FORM.kind, {
      type: 'radio_buttons',
      options: Object.entries(FEEDBACK_KINDS).map(([value, text]) => option(text, value)),
    }),
    input(
      'text',
      FEEDBACK_FORM.text,
      { type: 'plain_text_input', multiline: true, max_length: LIMITS.inputText },
      true,
    ),
  ]);
}

/** The form for a recommendation: one select per aspect, and free words. */
export function renderRecommendModal(groups: readonly RequirementGroup[], metadata: string): SlackView {
  return modal(RECOMMEND_VIEW, RECOMMEND_FORM, metadata, [
    ...groups
      .filter(({ options }) => options.length > 0)
      .slice(0, LIMITS.modalBlocks - 1)
      .map(({ aspect, label, options }) =>
        input(
          `need:${aspect}`,
          label,
          {
            type: 'multi_static_select',
            options: options.slice(0, LIMITS.optionsOfSelect).map(({ id, label: text }) => option(text, id)),
          },
          true,
        ),
      ),
    input(
      'text',
      RECOMMEND_FORM.text,
      {
        type: 'plain_text_input',
        max_length: 1_000,
        placeholder: { type: 'plain_text', text: RECOMMEND_FORM.hint, emoji: false },
      },
      true,
    ),
  ]);
}

/** What a view's inputs hold, by block id and then action id; both are the same here. */
export type ViewValues = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const selected = z.looseObject({ selected_option: z.looseObject({ value: z.string() }) });
const several = z.looseObject({ selected_options: z.array(z.looseObject({ value: z.string().max(75) })).max(100) });
const written = z.looseObject({ value: z.string().max(LIMITS.inputText).nullish() });
const feedbackMetadata = z.object({ answer: z.string().max(64), from: z.string() });

/** A feedback form's content, or null when it is none of ours. */
export function readFeedback(values: ViewValues, metadata: string) {
  const about = selected.safeParse(values.about?.about);
  const kind = selected.safeParse(values.kind?.kind);
  const text = written.safeParse(values.text?.text ?? {});
  const known = feedbackMetadata.safeParse(jsonOf(metadata));
  if (!about.success || !kind.success || !text.success || !known.success) return null;
  const chosen = kind.data.selected_option.value;
  if (!Object.hasOwn(FEEDBACK_KINDS, chosen)) return null;
  const n = Number(about.data.selected_option.value);
  return {
    answer: known.data.answer,
    citation: Number.isInteger(n) && n > 0 ? n : null,
    kind: chosen as FeedbackKind,
    text: text.data.value ?? '',
  };
}

/** The place that a form was opened from, as it was passed to `renderFeedbackModal` or `renderRecommendModal`. */
export function metadataOf(metadata: string): unknown {
  const known = feedbackMetadata.safeParse(jsonOf(metadata));
  return jsonOf(known.success ? known.data.from : metadata);
}

/** A recommendation form's content, or null when it is none of ours. */
export function readRecommend(values: ViewValues): { readonly requirements: string[]; readonly text: string } | null {
  const requirements: string[] = [];
  for (const [block, inputs] of Object.entries(values)) {
    if (!block.startsWith('need:')) continue;
    const parsed = several.safeParse(inputs[block]);
    if (!parsed.success) return null;
    requirements.push(...parsed.data.selected_options.map(({ value }) => value));
  }
  const text = written.safeParse(values.text?.text ?? {});
  return text.success ? { requirements, text: text.data.value ?? '' } : null;
}

function modal(
  callback: string,
  words: { readonly title: string; readonly send: string; readonly cancel: string },
  metadata: string,
  blocks: readonly SlackBlock[],
): SlackView {
  const text = (value: string) => ({ type: 'plain_text', text: shorten(value, LIMITS.modalTitle), emoji: false });
  return {
    type: 'modal',
    callback_id: callback,
    title: text(words.title),
    submit: text(words.send),
    close: text(words.cancel),
    // Too long to come back: then the form answers its user directly.
    private_metadata: metadata.length <= LIMITS.privateMetadata ? metadata : '',
    blocks,
  };
}

function input(id: string, label: string, element: SlackBlock, optional = false): SlackBlock {
  return {
    type: 'input',
    block_id: id,
    optional,
    label: { type: 'plain_text', text: label, emoji: false },
    element: { action_id: id, ...element },
  };
}

function option(text: string, value: string): SlackBlock {
  return { text: { type: 'plain_text', text: shorten(text, LIMITS.optionText), emoji: false }, value };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
