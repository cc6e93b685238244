import { visible } from '../../reply/plain-text.ts';
import { webAddress } from '../../reply/web-address.ts';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Outside text as text: no markup, mention, timestamp, custom emoji or live link can start in it. */
export function escapeMarkdown(text: string): string {
  return visible(text)
    .replace(/[\\*_~`|<>[\]@]/g, '\\$&')
    .replace(/:(?=\/\/)/g, '\\:')
    .replace(/^([^\S\n]*)([#+-])/gm, '$1\\$2')
    .replace(/^([^\S\n]*\d+)\./gm, '$1\\.');
}

/** Web addresses of citations stand bare between angle brackets, which shows no preview; anything else is no link. */
export function bareLink(url: string): string {
  const address = webAddress(url);
  return address !== null && address.length <= 1000
    ? `<${address.replace(/[<>\s@*_~`|\\]/g, encodeURIComponent)}>`
    : '';
}

/** The longest whole graphemes that fit `limit` UTF-16 units, an ellipsis included where something was cut. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${headOf(text, limit - 1)}…`;
}

/** A text in pieces of at most `limit` UTF-16 units: cut at spaces where there are any, never inside a grapheme or an escape. */
export function pieces(text: string, limit: number): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > limit) {
    let head = headOf(rest, limit);
    const space = Math.max(head.lastIndexOf('\n'), head.lastIndexOf(' '));
    if (space > limit / 2) head = head.slice(0, space + 1);
    // An odd run of backslashes at the end would lose the character that it escapes.
    const escapes = /(?<!\\)\\*$/.exec(head)?.[0].length ?? 0;
    if (escapes % 2 === 1 && escapes < head.length) head = head.slice(0, -1);
    parts.push(head);
    rest = rest.slice(head.length);
  }
  if (rest.length > 0) parts.push(rest);
  return parts;
}

function headOf(text: string, limit: number): string {
  let end = 0;
  for (const { segment, index } of graphemes.segment(text.slice(0, limit + 64))) {
    if (index + segment.length > limit) break;
    end = index + segment.length;
  }
  // One grapheme longer than a whole message (stacked marks without end) is cut between code points.
  return end > 0
    ? text.slice(0, end)
    : text
        .slice(0, limit)
        .toWellFormed()
        .replace(/\ufffd$/, '') || text.slice(0, 2);
}
