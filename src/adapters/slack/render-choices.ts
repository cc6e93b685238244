import { z } from 'zod';
import { ACTION_DESCRIPTIONS, actionNamed, CHOOSE } from '../../reply/choice-wording.ts';
import { shorten } from '../../reply/graphemes.ts';
import type { Choice, Reply } from '../../reply/reply.ts';
import { labelText } from '../../reply/shown-reply.ts';
import { LIMITS } from './limits.ts';
import { plainText, type SlackBlock } from './rich-text.ts';

/** A choice with what comes back when it is chosen. */
interface Packed {
  readonly choice: Choice;
  readonly value: string;
}

/** Buttons for the next question, or a select when it has many answers; then one row of what can be looked at. */
export function renderChoices({ id, choices }: Reply): SlackBlock[] {
  const all = choices
    .map((choice): Packed => ({ choice, value: JSON.stringify({ a: id, v: choice.value }) }))
    // A value that was cut would mean something else: such a choice is none.
    .filter(({ value }) => value.length <= LIMITS.buttonValue);
  const refining = all.filter(({ choice }) => choice.action === 'refine');
  const looking = all.filter(({ choice }) => choice.action !== 'refine');
  const isSelect = refining.length > LIMITS.buttonsOfQuestion;
  const options = isSelect ? optionsOf(refining) : [];
  const kept = new Set(options.map(({ value }) => value));
  return [
    ...(options.length === 0 ? [] : [selectOf(options)]),
    ...buttonsOf(refining.filter(({ value }) => !kept.has(value))),
    ...buttonsOf(looking),
  ];
}

/** Those of the choices that an option can hold, each value once. */
function optionsOf(choices: readonly Packed[]): Packed[] {
  const byValue = new Map(choices.map((one) => [one.value, one]));
  return [...byValue.values()]
    .filter(({ value }) => value.length <= LIMITS.optionValue)
    .slice(0, LIMITS.optionsOfQuestion);
}

function selectOf(choices: readonly Packed[]): SlackBlock {
  const options = choices.map(({ choice, value }) => ({ text: plainText(labelOf(choice, LIMITS.optionText)), value }));
  return {
    type: 'actions',
    elements: [{ type: 'static_select', action_id: 'refine:select', placeholder: plainText(CHOOSE), options }],
  };
}

function buttonsOf(choices: readonly Packed[]): SlackBlock[] {
  const elements = choices.slice(0, LIMITS.elementsOfActions).map(({ choice, value }, at) => ({
    type: 'button',
    // Unique in the message: what one row holds, the other does not.
    action_id: `${choice.action}:${at}`,
    text: plainText(labelOf(choice, LIMITS.button)),
    value,
    accessibility_label: shorten(
      `${labelOf(choice, LIMITS.button)}. ${ACTION_DESCRIPTIONS[choice.action]}`,
      LIMITS.accessibilityLabel,
    ),
  }));
  return elements.length === 0 ? [] : [{ type: 'actions', elements }];
}

function labelOf({ label, action }: Choice, most: number): string {
  const shown = labelText(label);
  return shown === '' ? action : shorten(shown, most);
}

/** What a pressed control says. */
export interface PressedChoice {
  readonly action: Choice['action'];
  /** Id of the answer that it stood under; empty where there was none. */
  readonly answer: string;
  readonly value: string;
}

const packed = z.strictObject({ a: z.string().regex(/^[0-9a-f]{0,64}$/), v: z.string().max(LIMITS.buttonValue) });

/** Reads what came back from a control; null for anything that no control of ours sends. */
export function readAction(actionId: string, value: string): PressedChoice | null {
  const [, name = ''] = /^([a-z-]{1,40}):(?:\d{1,4}|select)$/.exec(actionId) ?? [];
  const action = actionNamed(name);
  if (!action || value.length > LIMITS.buttonValue) return null;
  try {
    const parsed = packed.safeParse(JSON.parse(value));
    return parsed.success ? { action, answer: parsed.data.a, value: parsed.data.v } : null;
  } catch {
    return null;
  }
}
