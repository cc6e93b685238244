import type { Inspection } from './inspection.ts';
import { LIMITS } from './limits.ts';
import { checkConfirm, checkKeys, checkOptions, checkString, checkText, isObject, type Json } from './object-rules.ts';

type Check = (inspection: Inspection, element: Json, pointer: string) => void;

const SELECTS = ['static', 'external', 'users', 'conversations', 'channels'].flatMap((kind) => [
  `${kind}_select`,
  `multi_${kind}_select`,
]);
const SHARED = ['button', 'checkboxes', 'datepicker', 'overflow', 'radio_buttons', 'timepicker', 'workflow_button'];

/** Which elements stand where. */
export const PLACES = {
  accessory: [...SHARED, ...SELECTS, 'image'],
  actions: [...SHARED, ...SELECTS, 'datetimepicker', 'rich_text_input'],
  input: [
    ...SELECTS,
    ...['checkboxes', 'datepicker', 'datetimepicker', 'radio_buttons', 'timepicker', 'plain_text_input'],
    ...['email_text_input', 'url_text_input', 'number_input', 'rich_text_input', 'file_input'],
  ],
  context_actions: ['feedback_buttons', 'icon_button'],
} as const satisfies Record<string, readonly string[]>;

const button: Check = (inspection, element, pointer) => {
  checkKeys(
    inspection,
    element,
    ['type', 'text', 'action_id', 'url', 'value', 'style', 'confirm', 'accessibility_label'],
    pointer,
  );
  checkText(inspection, element.text, `${pointer}/text`, { max: LIMITS.buttonText, plain: true, required: true });
  checkString(inspection, element.value, `${pointer}/value`, { max: LIMITS.buttonValue });
  checkString(inspection, element.url, `${pointer}/url`, { max: LIMITS.url, min: 1 });
  if (typeof element.url === 'string' && !/^(?:https?|slack|mailto|tel):/.test(element.url))
    inspection.invalid(`${pointer}/url`, 'invalid url');
  if (typeof element.url === 'string') inspection.link(element.url, null, `${pointer}/url`, false);
  if (element.style !== undefined && element.style !== 'primary' && element.style !== 'danger')
    inspection.invalid(`${pointer}/style`, `unsupported style: ${String(element.style)}`);
};

/** An image as element of a context block or beside a section. */
export const checkImage: Check = (inspection, element, pointer) => {
  checkKeys(inspection, element, ['type', 'image_url', 'alt_text', 'slack_file'], pointer);
  checkString(inspection, element.alt_text, `${pointer}/alt_text`, { max: LIMITS.altText, min: 1, required: true });
  if (element.slack_file === undefined)
    checkString(inspection, element.image_url, `${pointer}/image_url`, { max: LIMITS.url, min: 1, required: true });
};

const choices =
  (max: number): Check =>
  (inspection, element, pointer) => {
    const keys = ['options', 'initial_option', 'initial_options', 'confirm', 'focus_on_load'];
    checkKeys(inspection, element, ['type', 'action_id', ...keys], pointer);
    checkOptions(inspection, element, pointer, { max, mrkdwn: true, groups: false });
  };

const overflow: Check = (inspection, element, pointer) => {
  checkKeys(inspection, element, ['type', 'action_id', 'options', 'confirm'], pointer);
  checkOptions(inspection, element, pointer, { max: LIMITS.overflowOptions, mrkdwn: false, groups: false });
};

const select: Check = (inspection, element, pointer) => {
  if (element.type !== 'static_select' && element.type !== 'multi_static_select') return;
  const many = element.type === 'multi_static_select' ? ['initial_options', 'max_selected_items'] : ['initial_option'];
  const keys = ['type', 'action_id', 'options', 'option_groups', 'placeholder', 'confirm', 'focus_on_load', ...many];
  checkKeys(inspection, element, keys, pointer);
  checkOptions(inspection, element, pointer, { max: LIMITS.selectOptions, mrkdwn: false, groups: true });
};

const textInput: Check = (inspection, element, pointer) => {
  const own = ['multiline', 'min_length', 'max_length', 'initial_value', 'dispatch_action_config'];
  const numbers = ['is_decimal_allowed', 'min_value', 'max_value'];
  const keys = ['type', 'action_id', 'placeholder', 'focus_on_load', ...own, ...numbers];
  checkKeys(inspection, element, keys, pointer);
  checkString(inspection, element.initial_value, `${pointer}/initial_value`, { max: LIMITS.inputLength });
  const { min_length: min, max_length: max } = element;
  for (const [name, value, least] of [['min_length', min, 0] as const, ['max_length', max, 1] as const])
    if (
      value !== undefined &&
      !(Number.isInteger(value) && Number(value) >= least && Number(value) <= LIMITS.inputLength)
    )
      inspection.invalid(`${pointer}/${name}`, `must be an integer from ${least} to ${LIMITS.inputLength}`);
  if (typeof min === 'number' && typeof max === 'number' && min > max)
    inspection.invalid(`${pointer}/min_length`, 'must not exceed max_length');
  if (element.type === 'number_input' && typeof element.is_decimal_allowed !== 'boolean')
    inspection.invalid(`${pointer}/is_decimal_allowed`, 'missing required field');
};

const feedbackButtons: Check = (inspection, element, pointer) => {
  checkKeys(inspection, element, ['type', 'action_id', 'positive_button', 'negative_button'], pointer);
  for (const name of ['positive_button', 'negative_button']) {
    const one = element[name];
    const place = `${pointer}/${name}`;
    if (!isObject(one)) {
      inspection.invalid(place, 'missing required field');
      continue;
    }
    checkText(inspection, one.text, `${place}/text`, { max: LIMITS.buttonText, plain: true, required: true });
    checkString(inspection, one.value, `${place}/value`, { max: LIMITS.buttonValue, required: true });
    checkString(inspection, one.accessibility_label, `${place}/accessibility_label`, {
      max: LIMITS.accessibilityLabel,
    });
  }
};

const iconButton: Check = (inspection, element, pointer) => {
  const keys = ['type', 'action_id', 'icon', 'text', 'value', 'confirm', 'accessibility_label', 'visible_to_user_ids'];
  checkKeys(inspection, element, keys, pointer);
  checkString(inspection, element.icon, `${pointer}/icon`, { max: LIMITS.id, min: 1, required: true });
  checkText(inspection, element.text, `${pointer}/text`, { max: LIMITS.buttonText, plain: true, required: true });
  checkString(inspection, element.value, `${pointer}/value`, { max: LIMITS.buttonValue });
};

const anything: Check = () => {};

const CHECKS: Readonly<Record<string, Check>> = {
  button,
  image: checkImage,
  overflow,
  checkboxes: choices(LIMITS.choiceOptions),
  radio_buttons: choices(LIMITS.choiceOptions),
  plain_text_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  number_input: textInput,
  feedback_buttons: feedbackButtons,
  icon_button: iconButton,
  ...Object.fromEntries(SELECTS.map((type) => [type, select])),
};

/** One element in its place; `image` alone has no action id. */
export function checkElement(
  inspection: Inspection,
  element: unknown,
  pointer: string,
  place: keyof typeof PLACES,
): void {
  if (!isObject(element)) {
    inspection.invalid(pointer, 'must be an element');
    return;
  }
  const type = String(element.type);
  if (!(PLACES[place] as readonly string[]).includes(type)) {
    inspection.invalid(pointer, `unsupported element: ${type} in ${place}`);
    return;
  }
  checkString(inspection, element.action_id, `${pointer}/action_id`, { max: LIMITS.id, min: 1 });
  if (typeof element.action_id === 'string') inspection.unique('action_id', element.action_id, `${pointer}/action_id`);
  checkText(inspection, element.placeholder, `${pointer}/placeholder`, { max: LIMITS.placeholder, plain: true });
  checkString(inspection, element.accessibility_label, `${pointer}/accessibility_label`, {
    max: LIMITS.accessibilityLabel,
  });
  checkConfirm(inspection, element.confirm, `${pointer}/confirm`);
  if (element.focus_on_load === true) inspection.focused += 1;
  (CHECKS[type] ?? anything)(inspection, element, pointer);
}
