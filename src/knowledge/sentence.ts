/** A span of a text, character offsets, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

/** Abbreviations after which a full stop does not end a sentence. */
const ABBREVIATION =
  /(?:^|[\s(])(?:e\.g|i\.e|etc|vs|cf|approx|resp|incl|fig|no|vol|sec|dr|mr|mrs|ms|prof|st|inc|ltd|co|jr|sr|ver|v)\.$/i;

/** Borders that UAX #29 does not see, for it never breaks before a small letter: at a line's end, before code. */
const MORE_BORDERS = /[.!?]["')\]`*]*(?:[ \t]*\r?\n|\s+(?=`))/g;

/**
 * The sentences of one prose block, as trimmed spans of the whole text. Unicode's sentence rules (UAX #29, through
 * Intl.Segmenter) find the borders, and so does a full stop at the end of a line or before a code span; a border after
 * an abbreviation, before a lower-case word, or inside brackets or back quotes is taken back. Other line breaks count
 * as spaces, so hard-wrapped sentences stay whole.
 */
export function splitIntoSentences(text: string, block: Span): Span[] {
  const own = text.slice(block.start, block.end);
  // Replaced one for one, so that offsets stay true.
  const flat = own.replace(/[\r\n\t]/g, ' ');
  const certain = new Set([...own.matchAll(MORE_BORDERS)].map((match) => match.index + match[0].length));
  const borders = new Set(certain);
  for (const { segment, index } of segmenter.segment(flat)) borders.add(index + segment.length);
  const sentences: Span[] = [];
  let start = 0;
  for (const end of [...borders].sort((a, b) => a - b)) {
    if (end < flat.length && !isBorder(flat, start, end, certain.has(end))) continue;
    pushTrimmed(flat, start, end, block.start, sentences);
    start = end;
  }
  pushTrimmed(flat, start, flat.length, block.start, sentences);
  return sentences;
}

function isBorder(flat: string, start: number, end: number, certain: boolean): boolean {
  const sentence = flat.slice(start, end).trimEnd();
  // Longer "sentences" are no prose; taking borders back there would only cost time.
  if (sentence.length > 2000) return true;
  // ".NET" and its like: a full stop that belongs to the word after it.
  if (/(?:^|\s)\.$/.test(sentence) || ABBREVIATION.test(sentence)) return false;
  if (!certain && /^\p{Ll}/u.test(flat.slice(end, end + 2).trimStart()) && !/[!?\u3002]$/.test(sentence)) return false;
  // A picture in Markdown: its mark is no exclamation.
  if (sentence.endsWith('!') && flat[end] === '[') return false;
  return count(sentence, '(') <= count(sentence, ')') && count(sentence, '`') % 2 === 0;
}

function count(text: string, mark: string): number {
  let found = 0;
  for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + 1)) found++;
  return found;
}

function pushTrimmed(flat: string, start: number, end: number, offset: number, sentences: Span[]): void {
  const raw = flat.slice(start, end);
  const trimmed = raw.trim();
  if (trimmed === '') return;
  const lead = raw.length - raw.trimStart().length;
  sentences.push({ start: offset + start + lead, end: offset + start + lead + trimmed.length });
}
