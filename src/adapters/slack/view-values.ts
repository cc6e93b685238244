import { z } from 'zod';
import { FEEDBACK_KINDS, type FeedbackKind } from '../../reply/feedback-kinds.ts';
import { LIMITS } from './limits.ts';

export const FEEDBACK_VIEW = 'feedback';
export const RECOMMEND_VIEW = 'recommend';
/** Quotes that a feedback form can name: the first twenty of an answer. */
export const MOST_QUOTES = 20;

/** Names of the fields of both forms, and of the option that stands for no quote. */
export const FIELDS = {
  about: 'about',
  kind: 'kind',
  text: 'text',
  /** Before the aspect of a requirement. */
  need: 'need:',
  wholeAnswer: 'whole',
} as const;

/** What a view's fields hold, by block id and then action id; both are the same here. */
export type ViewValues = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const selected = z.looseObject({ selected_option: z.looseObject({ value: z.string().max(LIMITS.optionValue) }) });
const several = z.looseObject({
  selected_options: z
    .array(z.looseObject({ value: z.string().min(1).max(LIMITS.optionValue) }))
    .max(LIMITS.optionsOfSelect),
});
const written = z.looseObject({ value: z.string().max(LIMITS.inputText).nullish() });
const packed = z.strictObject({ answer: z.string().regex(/^[0-9a-f]{0,64}$/), from: z.string() });

/** The answer that a feedback form is about and where it was opened; the latter is left out where it is too long. */
export function packMetadata(answer: string, from: string): string {
  const whole = JSON.stringify({ answer, from });
  return whole.length <= LIMITS.privateMetadata ? whole : JSON.stringify({ answer, from: '' });
}

/** The place that a form was opened from, as it was passed to it; null where none came back. */
export function metadataOf(metadata: string): unknown {
  const known = packed.safeParse(jsonOf(metadata));
  return jsonOf(known.success ? known.data.from : metadata);
}

export interface FeedbackValues {
  readonly answer: string;
  readonly citation: number | null;
  readonly kind: FeedbackKind;
  readonly text: string;
}

/** A feedback form's content, or null when it is none of ours. */
export function readFeedback(values: ViewValues, metadata: string): FeedbackValues | null {
  const about = selected.safeParse(fieldOf(values, FIELDS.about));
  const kind = selected.safeParse(fieldOf(values, FIELDS.kind));
  const text = written.safeParse(fieldOf(values, FIELDS.text) ?? {});
  const known = packed.safeParse(jsonOf(metadata));
  if (!about.success || !kind.success || !text.success || !known.success) return null;
  const chosen = kind.data.selected_option.value;
  const citation = citationOf(about.data.selected_option.value);
  if (citation === undefined || !Object.hasOwn(FEEDBACK_KINDS, chosen)) return null;
  return { answer: known.data.answer, citation, kind: chosen as FeedbackKind, text: text.data.value ?? '' };
}

/** The number of a quote, null for the whole answer, undefined for what no option says. */
function citationOf(value: string): number | null | undefined {
  if (value === FIELDS.wholeAnswer) return null;
  const n = /^[1-9]\d?$/.test(value) ? Number(value) : 0;
  return n >= 1 && n <= MOST_QUOTES ? n : undefined;
}

/** A recommendation form's content, or null when it is none of ours. Requirement ids are not yet known to exist. */
export function readRecommend(values: ViewValues): { readonly requirements: string[]; readonly text: string } | null {
  if (typeof values !== 'object' || values === null) return null;
  const requirements: string[] = [];
  for (const name of Object.keys(values)) {
    if (!name.startsWith(FIELDS.need)) continue;
    const parsed = several.safeParse(fieldOf(values, name));
    if (!parsed.success) return null;
    requirements.push(...parsed.data.selected_options.map(({ value }) => value));
  }
  const text = written.safeParse(fieldOf(values, FIELDS.text) ?? {});
  return text.success ? { requirements, text: text.data.value ?? '' } : null;
}

/** A field's own value; names that every object has are no fields. */
function fieldOf(values: ViewValues, name: string): unknown {
  const block: unknown = Object.hasOwn(values ?? {}, name) ? values[name] : undefined;
  if (typeof block !== 'object' || block === null || !Object.hasOwn(block, name)) return undefined;
  return (block as Readonly<Record<string, unknown>>)[name];
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
