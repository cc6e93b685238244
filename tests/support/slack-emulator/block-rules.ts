import { checkElement, checkImage } from './element-rules.ts';
import type { Inspection } from './inspection.ts';
import { LIMITS } from './limits.ts';
import { checkArray, checkKeys, checkString, checkText, isObject, type Json } from './object-rules.ts';
import { checkRichText } from './rich-text-rules.ts';
import { checkGraphemes, readMarkdown } from './text-rules.ts';

export type Surface = 'message' | 'modal' | 'home';
type Check = (inspection: Inspection, block: Json, pointer: string, surface: Surface) => void;

const section: Check = (inspection, block, pointer) => {
  checkKeys(inspection, block, ['type', 'block_id', 'text', 'fields', 'accessory', 'expand'], pointer);
  if (block.text === undefined && block.fields === undefined)
    inspection.invalid(pointer, 'missing required field: text or fields');
  checkText(inspection, block.text, `${pointer}/text`, { max: LIMITS.textObject });
  if (block.fields !== undefined) {
    const fields = checkArray(inspection, block.fields, `${pointer}/fields`, { max: LIMITS.sectionFields }) ?? [];
    for (const [index, field] of fields.entries())
      checkText(inspection, field, `${pointer}/fields/${index}`, { max: LIMITS.sectionField, required: true });
  }
  if (block.accessory !== undefined) checkElement(inspection, block.accessory, `${pointer}/accessory`, 'accessory');
};

const header: Check = (inspection, block, pointer) => {
  checkKeys(inspection, block, ['type', 'block_id', 'text', 'level'], pointer);
  checkText(inspection, block.text, `${pointer}/text`, { max: LIMITS.header, plain: true, required: true });
};

const divider: Check = (inspection, block, pointer) => checkKeys(inspection, block, ['type', 'block_id'], pointer);

const image: Check = (inspection, block, pointer) => {
  const { block_id: _, title, ...rest } = block;
  checkImage(inspection, rest, pointer);
  checkText(inspection, title, `${pointer}/title`, { max: LIMITS.imageTitle, plain: true });
};

const context: Check = (inspection, block, pointer) => {
  checkKeys(inspection, block, ['type', 'block_id', 'elements'], pointer);
  const elements = checkArray(inspection, block.elements, `${pointer}/elements`, { max: LIMITS.contextElements }) ?? [];
  for (const [index, element] of elements.entries()) {
    const place = `${pointer}/elements/${index}`;
    if (isObject(element) && element.type === 'image') checkImage(inspection, element, place);
    else checkText(inspection, element, place, { max: LIMITS.textObject, required: true });
  }
};

const actions: Check = (inspection, block, pointer) => {
  checkKeys(inspection, block, ['type', 'block_id', 'elements'], pointer);
  const elements = checkArray(inspection, block.elements, `${pointer}/elements`, { max: LIMITS.actionsElements }) ?? [];
  for (const [index, element] of elements.entries())
    checkElement(inspection, element, `${pointer}/elements/${index}`, 'actions');
};

const contextActions: Check = (inspection, block, pointer) => {
  checkKeys(inspection, block, ['type', 'block_id', 'elements'], pointer);
  const rule = { max: LIMITS.contextActionsElements };
  const elements = checkArray(inspection, block.elements, `${pointer}/elements`, rule) ?? [];
  for (const [index, element] of elements.entries())
    checkElement(inspection, element, `${pointer}/elements/${index}`, 'context_actions');
};

const input: Check = (inspection, block, pointer) => {
  const keys = ['type', 'block_id', 'label', 'element', 'hint', 'optional', 'dispatch_action'];
  checkKeys(inspection, block, keys, pointer);
  checkText(inspection, block.label, `${pointer}/label`, { max: LIMITS.inputLabel, plain: true, required: true });
  checkText(inspection, block.hint, `${pointer}/hint`, { max: LIMITS.inputHint, plain: true });
  checkElement(inspection, block.element, `${pointer}/element`, 'input');
};

const richText: Check = (inspection, block, pointer) => {
  checkKeys(inspection, block, ['type', 'block_id', 'elements'], pointer);
  checkRichText(inspection, block.elements, `${pointer}/elements`);
};

const markdown: Check = (inspection, block, pointer) => {
  checkKeys(inspection, block, ['type', 'block_id', 'text'], pointer);
  // The limit is one for all markdown blocks together and is checked when all are read.
  const rule = { max: Number.POSITIVE_INFINITY, min: 1, required: true };
  checkString(inspection, block.text, `${pointer}/text`, rule);
  if (typeof block.text !== 'string') return;
  inspection.characters += block.text.length;
  inspection.markdownCharacters += block.text.length;
  checkGraphemes(inspection, block.text, `${pointer}/text`);
  readMarkdown(inspection, block.text, `${pointer}/text`);
};

const table: Check = (inspection, block, pointer) => {
  checkKeys(inspection, block, ['type', 'block_id', 'rows', 'column_settings'], pointer);
  inspection.tables += 1;
  const before = inspection.characters;
  const rows = checkArray(inspection, block.rows, `${pointer}/rows`, { max: LIMITS.tableRows }) ?? [];
  for (const [y, row] of rows.entries()) {
    const cells = checkArray(inspection, row, `${pointer}/rows/${y}`, { max: LIMITS.tableCells }) ?? [];
    for (const [x, cell] of cells.entries()) checkCell(inspection, cell, `${pointer}/rows/${y}/${x}`);
  }
  if (block.column_settings !== undefined)
    checkArray(inspection, block.column_settings, `${pointer}/column_settings`, { max: LIMITS.tableCells });
  if (inspection.characters - before > LIMITS.tableCharacters)
    inspection.invalid(pointer, `a table holds at most ${LIMITS.tableCharacters} characters`);
};

function checkCell(inspection: Inspection, cell: unknown, pointer: string): void {
  if (!isObject(cell)) {
    inspection.invalid(pointer, 'must be a table cell');
    return;
  }
  if (cell.type === 'rich_text') {
    checkRichText(inspection, cell.elements, `${pointer}/elements`);
    return;
  }
  if (cell.type !== 'raw_text' && cell.type !== 'raw_number') {
    inspection.invalid(pointer, `unsupported cell: ${String(cell.type)}`);
    return;
  }
  if (cell.type === 'raw_number' && typeof cell.value !== 'number')
    inspection.invalid(`${pointer}/value`, 'must be a number');
  const required = cell.type === 'raw_text';
  checkString(inspection, cell.text, `${pointer}/text`, { max: LIMITS.tableCharacters, min: 1, required });
  if (typeof cell.text !== 'string') return;
  inspection.characters += cell.text.length;
  checkGraphemes(inspection, cell.text, `${pointer}/text`);
}

/**
 * The blocks that this emulator knows to the letter. Slack has more (video, file, card, carousel, container, alert,
 * plan, task_card, data_table); none is used here, so meeting one is treated as an unknown type.
 */
const CHECKS: Readonly<Record<string, { readonly check: Check; readonly surfaces: readonly Surface[] }>> = {
  section: { check: section, surfaces: ['message', 'modal', 'home'] },
  header: { check: header, surfaces: ['message', 'modal', 'home'] },
  divider: { check: divider, surfaces: ['message', 'modal', 'home'] },
  image: { check: image, surfaces: ['message', 'modal', 'home'] },
  context: { check: context, surfaces: ['message', 'modal', 'home'] },
  actions: { check: actions, surfaces: ['message', 'modal', 'home'] },
  input: { check: input, surfaces: ['message', 'modal', 'home'] },
  rich_text: { check: richText, surfaces: ['message', 'modal', 'home'] },
  context_actions: { check: contextActions, surfaces: ['message'] },
  markdown: { check: markdown, surfaces: ['message'] },
  table: { check: table, surfaces: ['message'] },
};

/** Checks the blocks of a message, a modal or a home tab against the schema and the limits of that surface. */
export function checkBlocks(inspection: Inspection, value: unknown, pointer: string, surface: Surface): void {
  const max = surface === 'message' ? LIMITS.messageBlocks : LIMITS.viewBlocks;
  const blocks = checkArray(inspection, value, pointer, { max, min: surface === 'message' ? 1 : 0 }) ?? [];
  for (const [index, block] of blocks.entries()) {
    const place = `${pointer}/${index}`;
    if (!isObject(block)) {
      inspection.invalid(place, 'must be a block');
      continue;
    }
    const known = CHECKS[String(block.type)];
    if (!known?.surfaces.includes(surface)) {
      inspection.invalid(place, `unsupported type: ${String(block.type)} in a ${surface}`);
      continue;
    }
    checkString(inspection, block.block_id, `${place}/block_id`, { max: LIMITS.id, min: 1 });
    if (typeof block.block_id === 'string') inspection.unique('block_id', block.block_id, `${place}/block_id`);
    known.check(inspection, block, place, surface);
  }
  if (inspection.tables > 1) inspection.refused('only_one_table_allowed', pointer, 'only one table allowed');
  if (inspection.focused > 1) inspection.invalid(pointer, 'only one element may have focus_on_load');
  if (inspection.markdownCharacters > LIMITS.markdown)
    inspection.refused('msg_blocks_too_long', pointer, `markdown blocks hold more than ${LIMITS.markdown} characters`);
  if (surface === 'message' && inspection.characters + LIMITS.messagePerBlock * blocks.length > LIMITS.message)
    inspection.refused(
      'msg_blocks_too_long',
      pointer,
      `${inspection.characters} characters in ${blocks.length} blocks exceed ${LIMITS.message} (each block counts ${LIMITS.messagePerBlock})`,
    );
}
