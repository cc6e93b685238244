/**
 * What Slack refuses or brings to life in a payload, written from its documentation and not from the renderer.
 * Sources: docs.slack.dev/reference/block-kit (blocks, elements, objects), docs.slack.dev/reference/methods/chat.update.
 */
type Json = Readonly<Record<string, unknown>>;

export interface Inspected {
  /** Everything that is wrong; empty for a payload that Slack shows as it is meant. */
  readonly problems: readonly string[];
  /** Every text that is shown, in order. */
  readonly shown: readonly string[];
  readonly links: readonly string[];
}

const TEXTS: Readonly<Record<string, number>> = {
  header: 150,
  button: 75,
  option: 75,
  placeholder: 150,
  context: 3_000,
  label: 2_000,
};
/** Documented nowhere; refusals were seen at 13,172 with one divider and at 11,341 in 45 blocks (bolt-js 2509, 2867). */
const MESSAGE = 12_000;
const ELEMENTS = ['button', 'static_select', 'multi_static_select', 'radio_buttons', 'checkboxes', 'plain_text_input'];

const UNSEEN = ['action_id', 'button value', 'option value'];

/** Inspects the blocks of a message (50), a modal or a home tab (100). */
export function inspectBlocks(blocks: readonly Json[], surface: 'message' | 'view'): Inspected {
  const problems: string[] = [];
  const shown: string[] = [];
  const links: string[] = [];
  const ids = new Set<string>();
  let characters = 0;
  const check = (is: boolean, problem: string): void => {
    if (!is) problems.push(problem);
  };

  function text(value: unknown, kind: keyof typeof TEXTS): void {
    const { type, text: content, emoji } = (value ?? {}) as Json;
    check(type === 'plain_text', `${kind}: only plain text carries outside text unread, not ${String(type)}`);
    check(emoji === false, `${kind}: emoji codes come alive`);
    string(content, 1, TEXTS[kind] as number, kind);
    if (typeof content === 'string') {
      shown.push(content);
      check(!UNATTACHED.test(content), `${kind}: begins inside a grapheme`);
      check(content.trim() !== '', `${kind}: nothing but space`);
    }
  }

  function string(value: unknown, least: number, most: number, what: string): void {
    if (typeof value !== 'string') {
      problems.push(`${what}: ${typeof value} is no string`);
      return;
    }
    check(
      value.length >= least && value.length <= most,
      `${what}: ${value.length} characters, ${least}-${most} allowed`,
    );
    check(value.isWellFormed(), `${what}: lone surrogate`);
    if (!UNSEEN.includes(what)) {
      check(!HIDDEN.test(value), `${what}: hidden character`);
      characters += value.length;
    }
  }

  function options(list: unknown, most: number): void {
    const all = Array.isArray(list) ? (list as Json[]) : [];
    check(all.length > 0 && all.length <= most, `options: ${all.length} of 1-${most}`);
    check(new Set(all.map(({ value }) => value)).size === all.length, 'options: a value twice');
    for (const option of all) {
      text(option.text, 'option');
      string(option.value, 1, 75, 'option value');
    }
  }

  function element(one: Json): void {
    check(ELEMENTS.includes(String(one.type)), `element: ${String(one.type)}`);
    string(one.action_id, 1, 255, 'action_id');
    check(!ids.has(String(one.action_id)), `action_id twice: ${String(one.action_id)}`);
    ids.add(String(one.action_id));
    if (one.placeholder) text(one.placeholder, 'placeholder');
    if (one.type === 'button') {
      text(one.text, 'button');
      string(one.value, 0, 2_000, 'button value');
      string(one.accessibility_label, 1, 75, 'accessibility_label');
      check(!('url' in one), 'button: opens an address');
    } else if (one.type === 'plain_text_input') {
      check(Number(one.max_length ?? 3_000) <= 3_000, 'input: longer than 3,000');
    } else options(one.options, one.type === 'radio_buttons' || one.type === 'checkboxes' ? 10 : 100);
  }

  function rich(one: Json, allowed: readonly string[]): void {
    check(allowed.includes(String(one.type)), `rich text: ${String(one.type)}`);
    const elements = (one.elements ?? []) as Json[];
    check(elements.length > 0, `${String(one.type)}: empty`);
    if (one.type === 'rich_text_list') {
      for (const item of elements) rich(item, ['rich_text_section']);
      return;
    }
    let whole = '';
    for (const part of elements) {
      check(part.type === 'text' || part.type === 'link', `rich text element comes alive: ${String(part.type)}`);
      string(part.text, 1, Number.POSITIVE_INFINITY, 'rich text');
      const style = Object.keys((part.style ?? {}) as Json).filter((name) => name !== 'bold');
      check(style.length === 0, `style: ${style}`);
      if (part.type === 'link') {
        string(part.url, 1, 3_000, 'link');
        links.push(String(part.url));
        check(/^https?:\/\/[^\s<>|]+$/.test(String(part.url)), `link to ${String(part.url).slice(0, 40)}`);
      }
      whole += String(part.text);
    }
    check(!UNATTACHED.test(whole), 'rich text: begins inside a grapheme');
    shown.push(whole);
  }

  check(blocks.length > 0 && blocks.length <= (surface === 'message' ? 50 : 100), `${blocks.length} blocks`);
  for (const block of blocks) {
    const elements = (block.elements ?? []) as Json[];
    switch (block.type) {
      case 'header':
        text(block.text, 'header');
        check(!/\n/.test(String((block.text as Json | undefined)?.text)), 'header: two lines');
        break;
      case 'context':
        check(elements.length > 0 && elements.length <= 10, `context: ${elements.length} elements`);
        for (const one of elements) text(one, 'context');
        break;
      case 'actions':
        check(elements.length > 0 && elements.length <= 25, `actions: ${elements.length} elements`);
        for (const one of elements) element(one);
        break;
      case 'rich_text':
        check(elements.length > 0, 'rich_text: empty');
        for (const one of elements) rich(one, ['rich_text_section', 'rich_text_quote', 'rich_text_list']);
        break;
      case 'input':
        text(block.label, 'label');
        element((block.element ?? {}) as Json);
        break;
      default:
        problems.push(`block: ${String(block.type)}`);
    }
  }
  if (surface === 'message') check(characters + 50 * blocks.length <= MESSAGE, `${characters} characters in all`);
  return { problems, shown, links };
}

/** What a reader of the top-level `text` must never meet: Slack reads it as markup. */
export function inspectText(text: string): string[] {
  const problems: string[] = [];
  if (text.trim() === '') problems.push('text: empty');
  if (text.length > 40_000) problems.push(`text: ${text.length} characters`);
  if (!text.isWellFormed()) problems.push('text: lone surrogate');
  if (HIDDEN.test(text)) problems.push('text: hidden character');
  if (/[<>]/.test(text)) problems.push('text: a live angle bracket');
  if (/&(?!amp;|lt;|gt;)/.test(text)) problems.push('text: a bare ampersand');
  return problems;
}

/** The text as its reader sees it. */
export function readText(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** A mark without its letter, a skin tone without its emoji. */
const UNATTACHED = /^[\p{M}\p{Emoji_Modifier}]/u;

/** Control characters but tab and line feed, direction marks, zero-width ones (a joiner between emoji is none), tags. */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]|(?<!\p{Extended_Pictographic}|\ufe0f|[\u{1f3fb}-\u{1f3ff}])\u200d|\u200d(?!\p{Extended_Pictographic})/u;
