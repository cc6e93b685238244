/** How many characters or parts were left out, by kind. */
export type Removed = Record<string, number>;

/** Marks that may stand on one base letter; more is decoration that covers its surroundings. */
const MAX_MARKS = 8;

/** Invisible or direction-changing characters: nothing a reader sees, much that a message can hide behind. */
const HIDDEN: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['tag characters', /[\u{E0000}-\u{E007F}]/gu],
  ['bidirectional controls', /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/g],
  // The joiners U+200C and U+200D stay between letters and pictures, where they shape words and emoji.
  [
    'zero-width characters',
    /[\u200b\u2060\ufeff\u00ad]|(?<!(?:\p{L}|\p{M}|\p{Extended_Pictographic}|\ufe0f))[\u200c\u200d]/gu,
  ],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  ['control characters', /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g],
];

/** Extracted text in composed form (NFC), one kind of line end, without hidden characters; `removed` is counted up. */
export function cleanText(text: string, removed: Removed): string {
  let clean = text.replace(/\r\n?|[\u2028\u2029]/g, '\n').normalize('NFC');
  for (const [kind, pattern] of HIDDEN) {
    clean = clean.replace(pattern, (found) => {
      removed[kind] = (removed[kind] ?? 0) + found.length;
      return '';
    });
  }
  return clean.replace(new RegExp(`(\\p{M}{${MAX_MARKS}})\\p{M}+`, 'gu'), (found, kept: string) => {
    removed['combining marks'] = (removed['combining marks'] ?? 0) + found.length - kept.length;
    return kept;
  });
}

/** Hidden characters of a text that is stored as it is: counted, not removed. */
export function countHidden(text: string): Removed {
  const counted: Removed = {};
  for (const [kind, pattern] of HIDDEN) {
    const found = text.replaceAll('\r\n', '\n').match(pattern)?.length ?? 0;
    if (found > 0) counted[`${kind} (kept)`] = found;
  }
  return counted;
}
