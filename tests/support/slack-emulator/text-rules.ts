import type { Inspection } from './inspection.ts';

/** A string that Slack would turn into a notification or into a link to a person or channel. */
export interface Ping {
  readonly token: string;
  readonly where: string;
}

export interface Link {
  readonly url: string;
  readonly label: string | null;
  readonly where: string;
  /** True when Slack makes the link by itself out of a bare address (mrkdwn without `verbatim`). */
  readonly automatic: boolean;
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A cut through a grapheme leaves a half that joins to whatever stands beside it; that half is what is looked for. */
export function checkGraphemes(inspection: Inspection, text: string, pointer: string): void {
  if (!text.isWellFormed()) inspection.broken(pointer, 'holds a lone surrogate');
  const head = text.slice(0, 64);
  const [first] = segmenter.segment(`a${head}`);
  const continues = first !== undefined && first.segment.length > 1;
  // Vowel and final jamo join only to a leading jamo, skin tones only to an emoji: neither joins to "a".
  if (continues || /^(?:[\u1160-\u11ff]|\p{Emoji_Modifier})/u.test(head))
    inspection.broken(pointer, 'begins inside a grapheme');
  const tail = text.slice(-64);
  const flags = /\p{Regional_Indicator}+$/u.exec(tail)?.[0] ?? '';
  if (/\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})*\u200d$/u.test(tail) || [...flags].length % 2 === 1)
    inspection.broken(pointer, 'ends inside a grapheme');
}

const LIVE = /<(!(?:here|channel|everyone|group)(?:\|[^>]*)?|!subteam\^[^>]*|@[UWB][^>\s]*|#[CG][^>\s]*)>/g;
const LINK = /<((?:https?|mailto|tel|slack|javascript|data|file|ftp):[^>|]*)(?:\|([^>]*))?>/gi;
const BARE = /(?:\bhttps?:\/\/|\bwww\.|\bmailto:)[^\s<>|]+/gi;
// The documented angle-bracket forms: link, user, channel, special, date, group. Anything else is unescaped text.
const FORM = /<(?:[a-z][a-z0-9+.-]*:[^>]*|[@#!][^>]*)>/gi;

/** Reads a text as Slack reads mrkdwn: what would ping, what would be a link, and what was not escaped. */
export function readMrkdwn(
  inspection: Inspection,
  text: string,
  pointer: string,
  options: { readonly verbatim: boolean; readonly fallback?: boolean },
): void {
  for (const match of text.matchAll(LIVE)) inspection.ping(`<${match[1]}>`, pointer);
  for (const match of text.matchAll(LINK)) inspection.link(match[1] ?? '', match[2] ?? null, pointer, false);
  const rest = text.replaceAll(FORM, ' ');
  if (!options.verbatim) {
    for (const match of rest.matchAll(BARE)) inspection.link(match[0], null, pointer, true);
    // Documented for text objects: without `verbatim` "certain mentions will be automatically parsed".
    if (!options.fallback)
      for (const match of rest.matchAll(/(?<![\w@])@(?:here|channel|everyone)\b/g)) inspection.ping(match[0], pointer);
  }
  if (/&(?!(?:amp|lt|gt);)/.test(rest)) inspection.broken(pointer, 'holds an unescaped &');
  if (rest.includes('<')) inspection.broken(pointer, 'holds an unescaped <');
}

/** Standard Markdown of a `markdown` block: mentions keep their angle brackets there, links have two spellings. */
export function readMarkdown(inspection: Inspection, text: string, pointer: string): void {
  for (const match of text.matchAll(LIVE)) inspection.ping(`<${match[1]}>`, pointer);
  for (const match of text.matchAll(/\[([^\]]*)\]\(([^)\s]+)[^)]*\)/g))
    inspection.link(match[2] ?? '', match[1] ?? null, pointer, false);
  for (const match of text.matchAll(LINK)) inspection.link(match[1] ?? '', match[2] ?? null, pointer, false);
  for (const match of text.replaceAll(/\[[^\]]*\]\([^)]*\)|<[^>]*>/g, ' ').matchAll(BARE))
    inspection.link(match[0], null, pointer, true);
}
