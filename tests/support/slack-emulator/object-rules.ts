import type { Inspection } from './inspection.ts';
import { LIMITS } from './limits.ts';
import { checkGraphemes, readMrkdwn } from './text-rules.ts';

export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Slack refuses properties that it does not know, wherever they stand in a block. */
export function checkKeys(inspection: Inspection, object: Json, allowed: readonly string[], pointer: string): void {
  for (const key of Object.keys(object))
    if (!allowed.includes(key)) inspection.invalid(pointer, `invalid additional property: ${key}`);
}

/** A string of bounded length; absent is fine unless `required`. */
export function checkString(
  inspection: Inspection,
  value: unknown,
  pointer: string,
  rule: { readonly max: number; readonly min?: number; readonly required?: boolean },
): void {
  if (value === undefined) {
    if (rule.required) inspection.invalid(pointer, 'missing required field');
    return;
  }
  if (typeof value !== 'string') {
    inspection.invalid(pointer, 'must be a string');
    return;
  }
  if (value.length > rule.max) inspection.invalid(pointer, `must be less than ${rule.max + 1} characters`);
  if (value.length < (rule.min ?? 0))
    inspection.invalid(pointer, `must be more than ${(rule.min ?? 1) - 1} characters`);
  if (!value.isWellFormed()) inspection.broken(pointer, 'holds a lone surrogate');
}

/** An array of bounded size, or null after a finding. */
export function checkArray(
  inspection: Inspection,
  value: unknown,
  pointer: string,
  rule: { readonly max: number; readonly min?: number },
): readonly unknown[] | null {
  if (!Array.isArray(value)) {
    inspection.invalid(pointer, value === undefined ? 'missing required field' : 'must provide an array');
    return null;
  }
  if (value.length > rule.max) inspection.invalid(pointer, `no more than ${rule.max} items allowed`);
  if (value.length < (rule.min ?? 1)) inspection.invalid(pointer, `no less than ${rule.min ?? 1} items required`);
  return value;
}

/** A text object: its shape, its length, and what its text would do on the screen. */
export function checkText(
  inspection: Inspection,
  value: unknown,
  pointer: string,
  rule: { readonly max: number; readonly plain?: boolean; readonly required?: boolean },
): void {
  if (value === undefined) {
    if (rule.required) inspection.invalid(pointer, 'missing required field: text');
    return;
  }
  if (!isObject(value)) {
    inspection.invalid(pointer, 'must be a text object');
    return;
  }
  const { type, text } = value;
  if (type !== 'plain_text' && (rule.plain || type !== 'mrkdwn')) {
    inspection.invalid(`${pointer}/type`, `unsupported type: ${String(type)}`);
    return;
  }
  checkKeys(inspection, value, type === 'mrkdwn' ? ['type', 'text', 'verbatim'] : ['type', 'text', 'emoji'], pointer);
  checkString(inspection, text, `${pointer}/text`, {
    max: Math.min(rule.max, LIMITS.textObject),
    min: 1,
    required: true,
  });
  if (typeof text !== 'string') return;
  inspection.characters += text.length;
  checkGraphemes(inspection, text, `${pointer}/text`);
  if (type === 'mrkdwn') readMrkdwn(inspection, text, `${pointer}/text`, { verbatim: value.verbatim === true });
}

function checkOption(inspection: Inspection, option: unknown, pointer: string, mrkdwn: boolean): void {
  if (!isObject(option)) {
    inspection.invalid(pointer, 'must be an option object');
    return;
  }
  checkKeys(inspection, option, ['text', 'value', 'description', 'url'], pointer);
  checkText(inspection, option.text, `${pointer}/text`, { max: LIMITS.optionText, plain: !mrkdwn, required: true });
  checkString(inspection, option.value, `${pointer}/value`, { max: LIMITS.optionValue, required: true });
  checkText(inspection, option.description, `${pointer}/description`, {
    max: LIMITS.optionDescription,
    plain: !mrkdwn,
  });
  checkString(inspection, option.url, `${pointer}/url`, { max: LIMITS.url });
}

/** Options of a select, a radio group, check boxes or an overflow menu; values are unique, the initial one is among them. */
export function checkOptions(
  inspection: Inspection,
  element: Json,
  pointer: string,
  rule: { readonly max: number; readonly mrkdwn: boolean; readonly groups: boolean },
): void {
  const all: unknown[] = [];
  if (rule.groups && element.option_groups !== undefined) {
    if (element.options !== undefined) inspection.invalid(pointer, 'options and option_groups exclude each other');
    const groups = checkArray(inspection, element.option_groups, `${pointer}/option_groups`, {
      max: LIMITS.optionGroups,
    });
    for (const [index, group] of (groups ?? []).entries()) {
      const place = `${pointer}/option_groups/${index}`;
      if (!isObject(group)) {
        inspection.invalid(place, 'must be an option group');
        continue;
      }
      checkKeys(inspection, group, ['label', 'options'], place);
      checkText(inspection, group.label, `${place}/label`, { max: LIMITS.optionText, plain: true, required: true });
      const options = checkArray(inspection, group.options, `${place}/options`, { max: rule.max }) ?? [];
      for (const [at, option] of options.entries())
        checkOption(inspection, option, `${place}/options/${at}`, rule.mrkdwn);
      all.push(...options);
    }
  } else {
    const options = checkArray(inspection, element.options, `${pointer}/options`, { max: rule.max }) ?? [];
    for (const [at, option] of options.entries())
      checkOption(inspection, option, `${pointer}/options/${at}`, rule.mrkdwn);
    all.push(...options);
  }
  const known = all.map((option) => JSON.stringify(option));
  const values = all.map((option) => (isObject(option) ? option.value : undefined));
  if (new Set(values).size !== values.length) inspection.invalid(`${pointer}/options`, 'option values must be unique');
  const initial = element.initial_options ?? (element.initial_option === undefined ? [] : [element.initial_option]);
  for (const option of Array.isArray(initial) ? initial : [initial])
    if (!known.includes(JSON.stringify(option)))
      inspection.invalid(pointer, 'initial option was not found in the options list');
}

/** A confirmation dialog. */
export function checkConfirm(inspection: Inspection, value: unknown, pointer: string): void {
  if (value === undefined) return;
  if (!isObject(value)) {
    inspection.invalid(pointer, 'must be a confirmation object');
    return;
  }
  checkKeys(inspection, value, ['title', 'text', 'confirm', 'deny', 'style'], pointer);
  const plain = { plain: true, required: true };
  checkText(inspection, value.title, `${pointer}/title`, { max: LIMITS.confirmTitle, ...plain });
  checkText(inspection, value.text, `${pointer}/text`, { max: LIMITS.confirmText, required: true });
  checkText(inspection, value.confirm, `${pointer}/confirm`, { max: LIMITS.confirmButton, ...plain });
  checkText(inspection, value.deny, `${pointer}/deny`, { max: LIMITS.confirmButton, ...plain });
}
