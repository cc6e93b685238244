/** Characters that are matched. A question that needs more is no question. */
const MAX_CHARACTERS = 2000;
/** Characters that are looked through for sentences not seen before, when a message is longer than that. */
const SCANNED_CHARACTERS = 20_000;

/** One word of the matching text. Punctuation is no token; it only ends clauses and sentences. */
export interface Token {
  readonly text: string;
  /** Offsets in the folded text. */
  readonly start: number;
  readonly end: number;
  /** Number of the clause and of the sentence that it stands in, counted from 0. */
  readonly clause: number;
  readonly sentence: number;
}

/** A message made comparable: lower case, compatibility forms and accents folded, each place known in the original. */
export interface MatchingText {
  readonly original: string;
  readonly folded: string;
  readonly tokens: readonly Token[];
  /** True when part of the message was left out. */
  readonly cut: boolean;
  /** The original's span for a span of the folded text. */
  spanOf(start: number, end: number): { readonly start: number; readonly end: number };
}

/** Makes the matching text of a message. Linear in at most 20,000 characters, whatever the message's length. */
export function createMatchingText(original: string): MatchingText {
  const ranges = original.length <= MAX_CHARACTERS ? [{ start: 0, end: original.length }] : distinctRanges(original);
  const first = ranges[0] ?? { start: 0, end: 0 };
  const slice = original.slice(first.start, first.end);
  const cut = original.length > MAX_CHARACTERS;
  // Nearly every question is one ASCII range: lower case keeps its offsets.
  if (ranges.length === 1 && isAscii(slice)) {
    const folded = withoutEmphasis(slice.toLowerCase());
    const spanOf = (start: number, end: number) => ({ start: first.start + start, end: first.start + end });
    return { original, folded, tokens: tokenize(folded), cut, spanOf };
  }
  const { folded: glued, starts, ends } = foldRanges(original, ranges);
  const folded = withoutEmphasis(glued);
  const spanOf = (start: number, end: number) => ({ start: starts[start] ?? 0, end: ends[end - 1] ?? 0 });
  return { original, folded, tokens: tokenize(folded), cut, spanOf };
}

/** The same length with Markdown's underscores as spaces, which would glue themselves to a word; snake_case stays. */
export function withoutEmphasis(text: string): string {
  return text.replace(EMPHASIS, (run) => ' '.repeat(run.length));
}

/** Folds a text the way messages are folded, so that word lists and messages meet. */
export function foldText(text: string): string {
  let folded = '';
  for (const [cluster] of text.matchAll(CLUSTER)) folded += foldCluster(cluster);
  return folded;
}

/** Words of a folded text. "C++", "C#" and ".NET" are words; Latin letters next to other scripts are apart. */
export function tokenize(folded: string): Token[] {
  const tokens: Token[] = [];
  let clause = 0;
  let sentence = 0;
  let last = 0;
  for (const match of folded.matchAll(WORD)) {
    const start = match.index;
    if (start > last && tokens.length > 0) {
      const gap = folded.slice(last, start);
      if (SENTENCE_END.test(gap)) {
        sentence++;
        clause++;
      } else if (CLAUSE_END.test(gap)) clause++;
    }
    last = start + match[0].length;
    // "don't" and "dont" are one word.
    tokens.push({ text: match[0].replaceAll("'", ''), start, end: last, clause, sentence });
  }
  return tokens;
}

const WORD =
  /c\+\+|c#|\.net\b|[a-z0-9]+(?:'[a-z]+)?|\p{Script=Cyrillic}+|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30fc]+|\p{Script=Hangul}+|\p{L}+/gu;
const EMPHASIS = /(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])/gu;
const SENTENCE_END = /[!?\n\u3002]|\.\s/;
const CLAUSE_END = /[,;:()\u3001|\u2013\u2014]|\s-+\s/;
const CLUSTER = /\P{M}\p{M}*|\p{M}+/gu;
const INVISIBLE = /^[\u00ad\u200b-\u200f\u2060\ufeff]$/;
const ACCENTED = /^[\p{Script=Latin}\p{Script=Cyrillic}]/u;

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) return false;
  return true;
}

function foldCluster(cluster: string): string {
  if (INVISIBLE.test(cluster)) return '';
  if (cluster === '\u2019' || cluster === '\u2018' || cluster === '`') return "'";
  const lower = cluster.normalize('NFKC').toLowerCase();
  // Accents are left out by many who write the language; Japanese and Korean marks are part of the letter.
  return ACCENTED.test(lower)
    ? lower
        .normalize('NFD')
        .replace(/\p{M}+/gu, '')
        .replaceAll('\u00df', 'ss')
    : lower;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function foldRanges(original: string, ranges: readonly Range[]): { folded: string; starts: number[]; ends: number[] } {
  let folded = '';
  const starts: number[] = [];
  const ends: number[] = [];
  const push = (text: string, start: number, end: number): void => {
    for (let unit = 0; unit < text.length; unit++) {
      starts.push(start);
      ends.push(end);
    }
    folded += text;
  };
  ranges.forEach((range, at) => {
    if (at > 0) push('\n', range.start, range.start);
    for (const match of original.slice(range.start, range.end).matchAll(CLUSTER)) {
      const start = range.start + match.index;
      push(foldCluster(match[0]), start, start + match[0].length);
    }
  });
  return { folded, starts, ends };
}

/** The sentences of a long message that were not said before, until the limit: a repeated line must not hide the rest. */
function distinctRanges(original: string): Range[] {
  const scanned = original.slice(0, SCANNED_CHARACTERS);
  const seen = new Set<string>();
  const ranges: Range[] = [];
  let room = MAX_CHARACTERS;
  let start = 0;
  const keep = (end: number): void => {
    const sentence = scanned.slice(start, end).trim().toLowerCase();
    if (sentence !== '' && !seen.has(sentence)) {
      seen.add(sentence);
      const stop = Math.min(end, start + room);
      ranges.push({ start, end: isLowSurrogate(original, stop) ? stop - 1 : stop });
      room -= stop - start;
    }
    start = end;
  };
  for (const ending of scanned.matchAll(/[.!?]+\s|[\u3002\uff01\uff1f\n]/g)) {
    keep(ending.index + ending[0].length);
    if (room <= 0) return ranges;
  }
  keep(scanned.length);
  return ranges;
}

function isLowSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}
