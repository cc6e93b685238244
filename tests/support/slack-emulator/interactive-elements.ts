import { isObject, type Json } from './object-rules.ts';

export interface Pick {
  /** The element's action id, or a test of it; the first element that matches is used. */
  readonly actionId: string | ((actionId: string) => boolean);
  readonly blockId?: string;
  /** Value of the option that is chosen in a select, radio group or overflow menu; several for check boxes. */
  readonly option?: string | readonly string[];
  /** What is typed into a text input. */
  readonly text?: string;
}

/** Every interactive element of some blocks, with the block that it stands in. */
export function elementsOf(blocks: readonly Json[]): readonly { readonly block: Json; readonly element: Json }[] {
  return blocks.flatMap((block) =>
    [block.accessory, block.element, ...(Array.isArray(block.elements) ? block.elements : [])]
      .filter((element): element is Json => isObject(element) && typeof element.action_id === 'string')
      .map((element) => ({ block, element })),
  );
}

/** The action that a person takes on an element; throws when there is no such element, as nobody could press it. */
export function takeAction(blocks: readonly Json[], pick: Pick, actionTs: string): Json {
  const wanted = (id: string): boolean =>
    typeof pick.actionId === 'string' ? id === pick.actionId : pick.actionId(id);
  const found = elementsOf(blocks).find(
    ({ block, element }) =>
      wanted(String(element.action_id)) && (pick.blockId === undefined || block.block_id === pick.blockId),
  );
  if (!found) {
    const there = elementsOf(blocks).map(({ element }) => element.action_id);
    throw new Error(`no element ${String(pick.actionId)} to act on; there are: ${there.join(', ') || 'none'}`);
  }
  const { block, element } = found;
  return {
    type: element.type,
    action_id: element.action_id,
    block_id: block.block_id,
    action_ts: actionTs,
    ...(element.type === 'button' && { text: element.text, value: element.value ?? '' }),
    ...(element.type === 'feedback_buttons' && feedback(element, pick)),
    ...(element.type !== 'button' && stateOf(element, pick)),
  };
}

function feedback(element: Json, pick: Pick): Json {
  const chosen = [element.positive_button, element.negative_button].find(
    (button) => isObject(button) && button.value === pick.option,
  );
  if (!isObject(chosen)) throw new Error(`no feedback button of value ${String(pick.option)}`);
  return { text: chosen.text, value: chosen.value };
}

/** The state of one input as payloads carry it. */
export function stateOf(element: Json, entered: Omit<Pick, 'actionId'>): Json {
  const options = [
    ...(Array.isArray(element.options) ? element.options : []),
    ...(Array.isArray(element.option_groups) ? element.option_groups : []).flatMap((group) => group.options ?? []),
  ] as Json[];
  const choose = (value: string): Json => {
    const option = options.find((one) => one.value === value);
    if (!option) throw new Error(`no option "${value}"; there are: ${options.map((one) => one.value).join(', ')}`);
    return option;
  };
  switch (element.type) {
    case 'static_select':
    case 'radio_buttons':
    case 'overflow':
      return {
        selected_option: typeof entered.option === 'string' ? choose(entered.option) : (element.initial_option ?? null),
      };
    case 'checkboxes':
    case 'multi_static_select': {
      const chosen = typeof entered.option === 'string' ? [entered.option] : entered.option;
      return { selected_options: chosen?.map(choose) ?? element.initial_options ?? [] };
    }
    case 'plain_text_input':
    case 'email_text_input':
    case 'url_text_input':
    case 'number_input':
      return { value: entered.text ?? element.initial_value ?? null };
    default:
      return {};
  }
}
