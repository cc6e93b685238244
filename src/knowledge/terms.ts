import { stemmer } from 'stemmer';

/** English words without weight in a search. Questions are full of them; the slow terms of an index, too. */
const STOP_WORDS = new Set(
  `a about above after again all also am an and any are as at be because been before being below between both but by
  can could did do does doing down during each few for from further had has have having he her here hers him his how i
  if in into is it its itself just me more most my myself nor of off on once only or other our ours out over own same
  she should so some such than that the their theirs them then there these they this those through to too under until
  up us very was we were what when where which while who whom why will with would you your yours`.split(/\s+/),
);

/** Words and identifiers: letters and digits, joined by the marks that code and versions use. "c++" and "c#" are whole. */
const WORD = /[\p{L}\p{N}_]+(?:[.+#'\u2019/-]+[\p{L}\p{N}_]+)*(?:\+\+|#)?/gu;
/** Scripts written without spaces are searched by pairs of characters. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]+/gu;
const HAS_UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u;

/** Stems are few and asked often; the cache is bounded so that hostile text cannot grow it. */
const stems = new Map<string, string>();
const MAX_STEMS = 200_000;

/**
 * The search terms of a text, in order, repeats kept: NFKC, lower case, stop words dropped, Porter-stemmed
 * (Porter 1980). An identifier such as `torch.nn.Linear` gives itself and its parts.
 */
export function termsOf(text: string): string[] {
  const terms: string[] = [];
  for (const [word] of text.normalize('NFKC').toLowerCase().matchAll(WORD)) {
    if (HAS_UNSPACED.test(word)) addUnspaced(word, terms);
    else addWord(word, terms);
  }
  return terms;
}

function addWord(word: string, terms: string[]): void {
  if (STOP_WORDS.has(word)) return;
  if (!/[^\p{L}\p{N}]/u.test(word)) {
    terms.push(stem(word));
    return;
  }
  const clean = word.replace(/['\u2019]s$/, '');
  const parts = clean.split(/[^\p{L}\p{N}]+/u).filter((part) => part !== '' && !STOP_WORDS.has(part));
  if (clean !== parts[0]) terms.push(clean);
  for (const part of parts) terms.push(stem(part));
}

function addUnspaced(word: string, terms: string[]): void {
  for (const run of word.match(UNSPACED) ?? []) {
    const characters = [...run];
    if (characters.length === 1) terms.push(run);
    for (let at = 0; at + 1 < characters.length; at++) terms.push(`${characters[at]}${characters[at + 1]}`);
  }
  for (const rest of word.split(UNSPACED))
    if (rest !== '') addWord(rest.replace(/^[^\p{L}\p{N}]+|(?<![^\p{L}\p{N}+#])[^\p{L}\p{N}+#]+$/gu, ''), terms);
}

function stem(word: string): string {
  if (word.length > 40) return word.slice(0, 40);
  let known = stems.get(word);
  if (known === undefined) {
    known = stemmer(word);
    if (stems.size < MAX_STEMS) stems.set(word, known);
  }
  return known;
}
