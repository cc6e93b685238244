import { foldText, type Token, tokenize } from './matching-text.ts';

/** A phrase of a word list, found in a message: token indices, `to` exclusive. */
export interface PhraseMatch<Value> {
  readonly value: Value;
  readonly from: number;
  readonly to: number;
  /** Offsets in the folded text. */
  readonly start: number;
  readonly end: number;
}

interface Phrase<Value> {
  readonly words: readonly { readonly text: string; readonly prefix: boolean }[];
  readonly value: Value;
}

/** Phrases by their first word, or by the first letters of it. */
interface PhraseIndex<Value> {
  readonly words: Map<string, Phrase<Value>[]>;
  readonly prefixes: Map<string, Phrase<Value>[]>;
}

/**
 * Finds the phrases of a word list in tokens: the longest at each place, with every value that it is listed for; one
 * inside a longer one is dropped.
 */
export type PhraseFinder<Value> = (folded: string, tokens: readonly Token[]) => PhraseMatch<Value>[];

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
/** Letters that index the phrases whose first word is given by its beginning only. */
const PREFIX_KEY = 3;

/**
 * Compiles a word list: value -> phrases with "|" between. A word that ends in "*" stands for every word that begins
 * so. Chinese, Japanese and Korean phrases are found anywhere, since those scripts do not part words by spaces.
 */
export function createPhraseFinder<Value>(entries: Iterable<readonly [Value, string]>): PhraseFinder<Value> {
  const byFirst: PhraseIndex<Value> = { words: new Map(), prefixes: new Map() };
  const unspaced: { readonly text: string; readonly value: Value }[] = [];
  for (const [value, list] of entries) {
    for (const written of list.split('|')) {
      const text = foldText(written).trim();
      if (text === '') continue;
      if (UNSPACED.test(text)) unspaced.push({ text, value });
      else index(byFirst, { words: wordsOf(text), value });
    }
  }
  for (const phrases of [...byFirst.words.values(), ...byFirst.prefixes.values()])
    phrases.sort((a, b) => b.words.length - a.words.length);
  return (folded, tokens) => {
    const matches: PhraseMatch<Value>[] = [];
    for (let at = 0; at < tokens.length; at++) {
      const text = (tokens[at] as Token).text;
      const exact = longest(byFirst.words.get(text), tokens, at);
      matches.push(
        ...(exact.length > 0 ? exact : longest(byFirst.prefixes.get(text.slice(0, PREFIX_KEY)), tokens, at)),
      );
    }
    if (unspaced.length > 0 && UNSPACED.test(folded)) matches.push(...findUnspaced(folded, tokens, unspaced));
    return withoutContained(matches);
  };
}

function wordsOf(text: string): { text: string; prefix: boolean }[] {
  return text.split(/\s+/).flatMap((word) => {
    const prefix = word.endsWith('*');
    return tokenize(prefix ? word.slice(0, -1) : word).map(({ text }) => ({ text, prefix }));
  });
}

function index<Value>({ words, prefixes }: PhraseIndex<Value>, phrase: Phrase<Value>): void {
  const first = phrase.words[0];
  if (!first) return;
  const key = first.prefix ? first.text.slice(0, PREFIX_KEY) : first.text;
  const phrases = first.prefix ? prefixes : words;
  const known = phrases.get(key);
  if (known) known.push(phrase);
  else phrases.set(key, [phrase]);
}

function longest<Value>(
  phrases: readonly Phrase<Value>[] | undefined,
  tokens: readonly Token[],
  at: number,
): PhraseMatch<Value>[] {
  const found: PhraseMatch<Value>[] = [];
  for (const { words, value } of phrases ?? []) {
    // Sorted by length.
    if (found[0] && at + words.length < found[0].to) break;
    const first = tokens[at] as Token;
    const fits = words.every(({ text, prefix }, step) => {
      const token = tokens[at + step];
      return (
        token !== undefined &&
        token.sentence === first.sentence &&
        (prefix ? token.text.startsWith(text) : token.text === text)
      );
    });
    if (!fits) continue;
    const to = at + words.length;
    found.push({ value, from: at, to, start: first.start, end: (tokens[to - 1] as Token).end });
  }
  return found;
}

function findUnspaced<Value>(
  folded: string,
  tokens: readonly Token[],
  phrases: readonly { readonly text: string; readonly value: Value }[],
): PhraseMatch<Value>[] {
  const matches: PhraseMatch<Value>[] = [];
  for (const { text, value } of phrases) {
    for (let start = folded.indexOf(text); start !== -1; start = folded.indexOf(text, start + text.length)) {
      const end = start + text.length;
      const from = tokens.findIndex((token) => token.end > start);
      const after = tokens.findIndex((token) => token.start >= end);
      matches.push({ value, from, to: after === -1 ? tokens.length : after, start, end });
    }
  }
  return matches;
}

function withoutContained<Value>(matches: readonly PhraseMatch<Value>[]): PhraseMatch<Value>[] {
  const inside = (inner: PhraseMatch<Value>, outer: PhraseMatch<Value>): boolean =>
    inner.start >= outer.start && inner.end <= outer.end && inner.end - inner.start < outer.end - outer.start;
  return matches
    .filter((match) => !matches.some((other) => inside(match, other)))
    .sort((a, b) => a.start - b.start || b.end - a.end);
}
