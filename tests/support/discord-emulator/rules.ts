/**
 * What Discord refuses in a body or brings to life in a text, written from its documentation and not from the renderer.
 * Sources: docs.discord.com, "Message Resource", "Component Reference", "Application Commands" and "Receiving and
 * Responding to Interactions".
 */
export type Json = Readonly<Record<string, unknown>>;

const COMPONENTS_V2 = 1 << 15;
const SUPPRESS_EMBEDS = 1 << 2;
/** Component types: row, button, selects, text input, text display, gallery, label. */
const ROW = 1;
const BUTTON = 2;
const STRING_SELECT = 3;
const TEXT_INPUT = 4;
const TEXT_DISPLAY = 10;
const GALLERY = 12;
const LABEL = 18;

/** Everything that is wrong with a message; empty for one that Discord shows as it is meant. */
export function inspectMessage(body: Json): string[] {
  const problems: string[] = [];
  const check = checker(problems);
  const mentions = body.allowed_mentions as { parse?: unknown[]; users?: unknown[]; roles?: unknown[] } | undefined;
  check(mentions?.parse?.length === 0, 'allowed_mentions.parse is not empty');
  check(!mentions?.users?.length && !mentions?.roles?.length, 'allowed_mentions names somebody');
  const flags = Number(body.flags ?? 0);
  check((flags & SUPPRESS_EMBEDS) !== 0, 'links are unfurled');
  check(body.nonce === undefined || String(body.nonce).length <= 25, `nonce of ${String(body.nonce).length}`);
  if (flags & COMPONENTS_V2) {
    check(!body.content && !(body.embeds as unknown[] | undefined)?.length, 'content or embeds beside components v2');
    problems.push(...inspectComponents(list(body.components)));
  } else {
    check(
      list(body.components).every(({ type }) => type === ROW),
      'components v2 without its flag',
    );
    const embeds = list(body.embeds);
    check(String(body.content ?? '') !== '' || embeds.length > 0, 'an empty message');
    check(String(body.content ?? '').length <= 2_000, 'content longer than 2,000');
    check(embeds.length <= 10, 'more than 10 embeds');
    check(JSON.stringify(embeds).length <= 6_000, 'embeds longer than 6,000 in sum');
  }
  return problems;
}

function inspectComponents(components: readonly Json[]): string[] {
  const problems: string[] = [];
  const check = checker(problems);
  const ids = new Set<string>();
  let count = 0;
  let characters = 0;
  check(components.length > 0, 'no component');
  for (const component of components) {
    count += 1;
    if (component.type === TEXT_DISPLAY) {
      const text = String(component.content ?? '');
      characters += text.length;
      check(text.trim() !== '', 'an empty text');
      problems.push(...inspectText(text));
    } else if (component.type === GALLERY) {
      check(list(component.items).length >= 1 && list(component.items).length <= 10, 'a gallery of 0 or over 10');
    } else if (component.type === ROW) {
      const parts = list(component.components);
      count += parts.length;
      check(parts.length >= 1 && parts.length <= 5, `${parts.length} buttons in a row`);
      check(
        parts.every(({ type }) => type === BUTTON) || (parts.length === 1 && parts[0]?.type === STRING_SELECT),
        'a row of neither buttons nor one select',
      );
      for (const part of parts) {
        problems.push(...(part.type === STRING_SELECT ? inspectSelect(part) : inspectButton(part)));
        check(!ids.has(String(part.custom_id)), `custom_id twice: ${String(part.custom_id)}`);
        ids.add(String(part.custom_id));
      }
    } else problems.push(`component of type ${String(component.type)}`);
  }
  check(count <= 40, `${count} components`);
  check(characters <= 4_000, `${characters} characters`);
  return problems;
}

function inspectButton({ type, style, label, custom_id, url }: Json): string[] {
  const problems: string[] = [];
  const check = checker(problems);
  check(type === BUTTON, `in a row: ${String(type)}`);
  check([1, 2, 3, 4].includes(Number(style)), `button style ${String(style)}`);
  check(url === undefined, 'button: opens an address');
  problems.push(...inspectString(label, 1, 80, 'button label'), ...inspectString(custom_id, 1, 100, 'custom_id'));
  return problems;
}

function inspectSelect({ custom_id, options, placeholder }: Json): string[] {
  const all = list(options);
  const problems = inspectString(custom_id, 1, 100, 'custom_id');
  const check = checker(problems);
  check(all.length >= 1 && all.length <= 25, `${all.length} options`);
  check(new Set(all.map(({ value }) => value)).size === all.length, 'an option twice');
  if (placeholder !== undefined) problems.push(...inspectString(placeholder, 1, 150, 'placeholder'));
  for (const { label, value } of all)
    problems.push(...inspectString(label, 1, 100, 'option label'), ...inspectString(value, 1, 100, 'option value'));
  return problems;
}

/** What stays of a text when escapes and addresses without preview are taken away must start no markup. */
function inspectText(text: string): string[] {
  const problems: string[] = [];
  const check = checker(problems);
  check(text.isWellFormed(), 'text: lone surrogate');
  check(!HIDDEN.test(text), 'text: hidden character');
  const live = text
    .replace(/\\./gsu, '')
    .replace(/<https?:\/\/[^<>\s]+>/g, '')
    .replace(/^(?:> |-# |## |- |\*\*|)+/gm, '')
    .replace(/\*\*$/gm, '');
  check(!/[@`|~[\]]|<[@#:t/a]|https?:\/\//.test(live), `text comes alive: ${live.slice(0, 60)}`);
  return problems;
}

/** A first response of an interaction, by its kind (2 command, 3 component, 4 autocomplete, 5 modal). */
export function inspectCallback(kind: number, { type, data }: Json): string[] {
  const problems: string[] = [];
  const check = checker(problems);
  const allowed: Readonly<Record<number, readonly number[]>> = {
    2: [4, 5, 9],
    3: [4, 5, 6, 7, 9],
    4: [8],
    5: [4, 5, 6, 7],
  };
  check(allowed[kind]?.includes(Number(type)) === true, `response ${String(type)} to an interaction of type ${kind}`);
  const body = (data ?? {}) as Json;
  if (type === 4 || type === 7) problems.push(...inspectMessage(body));
  if (type === 8) problems.push(...inspectAutocomplete(list(body.choices)));
  if (type === 9) problems.push(...inspectModal(body));
  return problems;
}

function inspectAutocomplete(choices: readonly Json[]): string[] {
  const problems: string[] = [];
  checker(problems)(choices.length <= 25, `${choices.length} completions`);
  for (const { name, value } of choices)
    problems.push(...inspectString(name, 1, 100, 'completion'), ...inspectString(value, 0, 100, 'completion value'));
  return problems;
}

function inspectModal({ custom_id, title, components }: Json): string[] {
  const parts = list(components);
  const problems = [...inspectString(custom_id, 1, 100, 'custom_id'), ...inspectString(title, 1, 45, 'modal title')];
  const check = checker(problems);
  check(parts.length >= 1 && parts.length <= 5, `${parts.length} parts of a modal`);
  for (const { type, label, component } of parts) {
    const inner = (component ?? {}) as Json;
    check(type === LABEL, `in a modal: ${String(type)}`);
    problems.push(...inspectString(label, 1, 45, 'modal label'));
    if (inner.type === STRING_SELECT) problems.push(...inspectSelect(inner));
    else check(inner.type === TEXT_INPUT && Number(inner.max_length ?? 4_000) <= 4_000, 'modal input');
  }
  return problems;
}

/** A whole list of commands, as it is put. */
export function inspectCommands(commands: readonly Json[]): string[] {
  const problems: string[] = [];
  const check = checker(problems);
  check(commands.filter(({ type }) => (type ?? 1) === 1).length <= 100, 'more than 100 commands');
  for (const command of commands) {
    const isMenu = command.type === 2 || command.type === 3;
    const name = String(command.name);
    check(isMenu ? name.length <= 32 : /^[-_\p{Ll}\p{N}]{1,32}$/u.test(name), `command name ${name}`);
    if (!isMenu) problems.push(...inspectString(command.description, 1, 100, 'command description'));
    check(JSON.stringify(command).length <= 8_000, `${name} is longer than 8,000`);
    problems.push(...inspectOptions(list(command.options)));
  }
  return problems;
}

function inspectOptions(options: readonly Json[]): string[] {
  const problems: string[] = [];
  const check = checker(problems);
  check(options.length <= 25, 'more than 25 options');
  let isOptional = false;
  for (const option of options) {
    check(/^[-_\p{Ll}\p{N}]{1,32}$/u.test(String(option.name)), `option name ${String(option.name)}`);
    problems.push(...inspectString(option.description, 1, 100, 'option description'));
    check(!(option.required && isOptional), 'a required option after an optional one');
    isOptional ||= option.required !== true;
    check(list(option.choices).length <= 25, 'more than 25 choices');
    check(!(option.autocomplete && list(option.choices).length > 0), 'choices and autocomplete');
    problems.push(...inspectOptions(list(option.options)));
  }
  return problems;
}

function inspectString(value: unknown, least: number, most: number, what: string): string[] {
  if (typeof value !== 'string') return [`${what}: ${typeof value} is no string`];
  const problems: string[] = [];
  const check = checker(problems);
  check(value.length >= least && value.length <= most, `${what}: ${value.length} characters, ${least}-${most} allowed`);
  check(value.isWellFormed(), `${what}: lone surrogate`);
  return problems;
}

const checker =
  (problems: string[]) =>
  (is: boolean, problem: string): void => {
    if (!is) problems.push(problem);
  };

const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);

/** Control characters but line feed and tab, direction marks, and tags. */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/u;
