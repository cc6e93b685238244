import {
  DENIED_AFTER,
  DENIED_BY,
  NEGATING_PAIRS,
  NEGATORS,
  NOT_NEGATING,
  SCOPE_END,
  STATEMENT_STARTS,
} from './lexicon/negation.ts';
import type { MatchingText, Token } from './matching-text.ts';
import { createPhraseFinder } from './phrases.ts';

/** Words between a denial and what it denies; further off, it denies something else. */
const REACH = 6;

type Mark = 'denies' | 'denied-after' | 'harmless';
const findMarks = createPhraseFinder<Mark>([
  ['denies', NEGATING_PAIRS],
  ['harmless', NOT_NEGATING],
  ['denied-after', DENIED_AFTER],
]);

/**
 * Says for a run of tokens (`to` exclusive) whether the message denies it. Offsets in the folded text are given for a
 * run that is part of a token, as in scripts without spaces.
 */
export type Polarity = (from: number, to: number, start?: number, end?: number) => boolean;

/**
 * Finds the denials of a message. A denial reaches forward over at most six words of its clause, until a word such
 * as "but" or a new statement after "and"; "X is not needed" reaches back. "Not only", "why not" and the like deny nothing.
 */
export function createPolarity(text: MatchingText): Polarity {
  const { tokens } = text;
  const marks: (Mark | undefined)[] = [];
  for (const match of findMarks(text.folded, tokens)) {
    for (let at = match.from; at < match.to; at++) if (marks[at] !== 'harmless') marks[at] = match.value;
  }
  const denies = (at: number): boolean =>
    marks[at] === 'denies' || (marks[at] !== 'harmless' && NEGATORS.has((tokens[at] as Token).text));
  if (!tokens.some((_, at) => denies(at) || marks[at] === 'denied-after') && !UNSPACED_DENIAL.test(text.folded))
    return () => false;

  const deniedBefore = (from: number): boolean => {
    const clause = tokens[from]?.clause;
    for (let at = from - 1; at >= Math.max(0, from - REACH); at--) {
      const token = tokens[at] as Token;
      if (token.clause !== clause || SCOPE_END.has(token.text)) return false;
      if (token.text === 'and' && STATEMENT_STARTS.has(tokens[at + 1]?.text ?? '')) return false;
      if (denies(at)) return true;
    }
    return false;
  };
  const deniedAfter = (to: number): boolean => {
    const clause = tokens[to - 1]?.clause;
    let denied = false;
    for (let at = to; at < Math.min(tokens.length, to + REACH); at++) {
      const token = tokens[at] as Token;
      if (token.clause !== clause) return false;
      if (denied && DENIED_BY.has(token.text)) return true;
      denied ||= marks[at] === 'denied-after';
    }
    return false;
  };
  const deniedBeside = (start: number, end: number): boolean =>
    UNSPACED_BEFORE.test(text.folded.slice(Math.max(0, start - 5), start)) ||
    UNSPACED_AFTER.test(text.folded.slice(end, end + 10));
  return (from, to, start = tokens[from]?.start ?? 0, end = tokens[to - 1]?.end ?? 0) =>
    deniedBefore(from) || deniedAfter(to) || deniedBeside(start, end);
}

/** Chinese deny before, Japanese and Korean after. */
const UNSPACED_DENIAL = /[不没無无非別别勿]|ない|なし|않|아니|없/u;
const UNSPACED_BEFORE = /(?:不需要|不要|不用|不想|不会|不是|不在|没有|沒有|无需|無需|别用)[\p{L}]{0,2}$/u;
const UNSPACED_AFTER = /^\s?[\p{L}]{0,4}\s?(?:ではない|じゃない|ではなく|しない|なし|必要ない|않|아니|없)/u;
