import type { Inspection } from './inspection.ts';
import { LIMITS } from './limits.ts';
import { checkArray, checkKeys, checkString, isObject, type Json } from './object-rules.ts';
import { checkGraphemes } from './text-rules.ts';

const STYLES = ['bold', 'italic', 'strike', 'code', 'underline', 'highlight', 'client_highlight', 'unlink'];

const INLINE: Readonly<Record<string, readonly string[]>> = {
  text: ['text'],
  link: ['url', 'text', 'unsafe'],
  emoji: ['name', 'unicode', 'skin_tone', 'url'],
  user: ['user_id'],
  usergroup: ['usergroup_id'],
  channel: ['channel_id'],
  team: ['team_id'],
  broadcast: ['range'],
  date: ['timestamp', 'format', 'url', 'fallback'],
  color: ['value'],
};
const REQUIRED: Readonly<Record<string, string>> = {
  text: 'text',
  link: 'url',
  emoji: 'name',
  user: 'user_id',
  usergroup: 'usergroup_id',
  channel: 'channel_id',
  team: 'team_id',
  broadcast: 'range',
  color: 'value',
  date: 'format',
};

/** Text of an inline element as it shows, and everything that it would ping or link. */
function readInline(inspection: Inspection, element: Json, type: string, pointer: string): string {
  const shown = typeof element.text === 'string' ? element.text : '';
  if (type === 'link' && typeof element.url === 'string') {
    inspection.link(element.url, typeof element.text === 'string' ? element.text : null, pointer, false);
    if (!/^(?:https?|mailto|tel|slack):/i.test(element.url)) inspection.invalid(`${pointer}/url`, 'invalid url');
    return shown === '' ? element.url : shown;
  }
  if (type === 'broadcast') inspection.ping(`@${String(element.range)}`, pointer);
  if (type === 'user') inspection.ping(`<@${String(element.user_id)}>`, pointer);
  if (type === 'usergroup') inspection.ping(`<!subteam^${String(element.usergroup_id)}>`, pointer);
  if (type === 'channel') inspection.ping(`<#${String(element.channel_id)}>`, pointer);
  return shown;
}

function checkRun(inspection: Inspection, value: unknown, pointer: string, allowed: readonly string[]): void {
  const elements = checkArray(inspection, value, pointer, { max: Number.POSITIVE_INFINITY, min: 0 }) ?? [];
  let whole = '';
  for (const [index, element] of elements.entries()) {
    const place = `${pointer}/${index}`;
    if (!isObject(element)) {
      inspection.invalid(place, 'must be a rich text element');
      continue;
    }
    const type = String(element.type);
    if (!allowed.includes(type)) {
      inspection.invalid(place, `unsupported rich text element: ${type}`);
      continue;
    }
    checkKeys(inspection, element, ['type', 'style', ...(INLINE[type] ?? [])], place);
    const required = REQUIRED[type] ?? 'type';
    checkString(inspection, element[required], `${place}/${required}`, {
      max: type === 'link' ? LIMITS.url : Number.POSITIVE_INFINITY,
      min: 1,
      required: true,
    });
    if (type === 'date' && !Number.isInteger(element.timestamp))
      inspection.invalid(`${place}/timestamp`, 'must be an integer');
    if (element.style !== undefined) checkStyle(inspection, element.style, `${place}/style`);
    if (typeof element.text === 'string' && !element.text.isWellFormed())
      inspection.broken(`${place}/text`, 'holds a lone surrogate');
    whole += readInline(inspection, element, type, place);
  }
  inspection.characters += whole.length;
  checkGraphemes(inspection, whole, pointer);
}

function checkStyle(inspection: Inspection, style: unknown, pointer: string): void {
  if (!isObject(style)) {
    inspection.invalid(pointer, 'must be an object');
    return;
  }
  checkKeys(inspection, style, STYLES, pointer);
  for (const value of Object.values(style))
    if (typeof value !== 'boolean') inspection.invalid(pointer, 'style flags must be boolean');
}

/** The elements of a `rich_text` block: sections, lists of sections, quotes and preformatted text. */
export function checkRichText(inspection: Inspection, value: unknown, pointer: string): void {
  const everything = Object.keys(INLINE);
  const elements = checkArray(inspection, value, pointer, { max: Number.POSITIVE_INFINITY }) ?? [];
  for (const [index, element] of elements.entries()) {
    const place = `${pointer}/${index}`;
    if (!isObject(element)) {
      inspection.invalid(place, 'must be a rich text element');
      continue;
    }
    switch (element.type) {
      case 'rich_text_section':
        checkKeys(inspection, element, ['type', 'elements'], place);
        checkRun(inspection, element.elements, `${place}/elements`, everything);
        continue;
      case 'rich_text_quote':
        checkKeys(inspection, element, ['type', 'elements', 'border'], place);
        checkRun(inspection, element.elements, `${place}/elements`, everything);
        continue;
      case 'rich_text_preformatted':
        checkKeys(inspection, element, ['type', 'elements', 'border', 'language'], place);
        checkRun(inspection, element.elements, `${place}/elements`, ['text', 'link']);
        continue;
      case 'rich_text_list':
        checkList(inspection, element, place, everything);
        continue;
      default: {
        inspection.invalid(place, `unsupported rich text element: ${String(element.type)}`);
        continue;
      }
    }
  }
}

function checkList(inspection: Inspection, list: Json, pointer: string, allowed: readonly string[]): void {
  checkKeys(inspection, list, ['type', 'elements', 'style', 'indent', 'offset', 'border'], pointer);
  if (list.style !== 'bullet' && list.style !== 'ordered')
    inspection.invalid(`${pointer}/style`, 'must be bullet or ordered');
  const indent = list.indent ?? 0;
  if (!Number.isInteger(indent) || Number(indent) < 0 || Number(indent) > LIMITS.listIndent)
    inspection.invalid(`${pointer}/indent`, `must be an integer from 0 to ${LIMITS.listIndent}`);
  const items = checkArray(inspection, list.elements, `${pointer}/elements`, { max: Number.POSITIVE_INFINITY }) ?? [];
  for (const [index, item] of items.entries()) {
    const place = `${pointer}/elements/${index}`;
    if (!isObject(item) || item.type !== 'rich_text_section') {
      inspection.invalid(place, 'a list holds rich_text_section only');
      continue;
    }
    checkKeys(inspection, item, ['type', 'elements'], place);
    checkRun(inspection, item.elements, `${place}/elements`, allowed);
  }
}
