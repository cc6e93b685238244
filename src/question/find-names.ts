import { editDistance } from './edit-distance.ts';
import type { MatchingText, Token } from './matching-text.ts';
import { createPhraseFinder, type PhraseMatch } from './phrases.ts';
import type { NamedSystem } from './question.ts';
import { MISSPELLABLE, NOT_MISSPELLED, SYSTEMS, type System } from './systems.ts';

/** A named system together with the tokens that name it, `to` exclusive. */
export interface FoundName extends NamedSystem {
  readonly from: number;
  readonly to: number;
}

const find = createPhraseFinder(SYSTEMS.map((system) => [system, system.aliases] as const));
const byId = new Map(SYSTEMS.map((system) => [system.id, system]));
/** Aliases of one word, for names written with their version ("tf2", "keras3", "pytorch1.10"). */
const byWord = new Map(
  SYSTEMS.flatMap((system) => system.aliases.split('|').map((alias) => [alias.trim(), system] as const)),
);

/** The systems that a message names, in order, each with its exact words. */
export function findNames(text: MatchingText): FoundName[] {
  const { tokens } = text;
  const matches = find(text.folded, tokens);
  const taken = new Set<number>();
  for (const { from, to } of matches) for (let at = from; at < to; at++) taken.add(at);
  tokens.forEach((token, at) => {
    if (taken.has(at)) return;
    const system = versioned(token.text) ?? misspelled(token.text);
    if (system) matches.push({ value: system, from: at, to: at + 1, start: token.start, end: token.end });
  });
  return matches.sort((a, b) => a.start - b.start).map((match) => named(text, match));
}

function named(text: MatchingText, match: PhraseMatch<System>): FoundName {
  const { id, candidate, family } = match.value;
  const { version, to } = versionOf(text.tokens, match);
  const span = text.spanOf(match.start, (text.tokens[to - 1] as Token | undefined)?.end ?? match.end);
  const end = to > match.to ? span.end : text.spanOf(match.start, match.end).end;
  return {
    id,
    candidate,
    family,
    version,
    words: text.original.slice(span.start, end),
    start: span.start,
    end,
    from: match.from,
    to,
  };
}

/** "tf2", "tf 2", "tensorflow v1", "tf 1.x": the major version, and where the name then ends. */
function versionOf(
  tokens: readonly Token[],
  { from, to }: PhraseMatch<System>,
): { version: number | null; to: number } {
  const own = /[a-z](\d)\d*$/.exec((tokens[to - 1] as Token).text)?.[1];
  if (own && to - from === 1) return { version: Number(own), to: skipMinor(tokens, to) };
  const next = tokens[to];
  const stated = next && next.clause === tokens[to - 1]?.clause ? /^v?([0-9])x?$/.exec(next.text)?.[1] : undefined;
  return stated ? { version: Number(stated), to: skipMinor(tokens, to + 1) } : { version: null, to };
}

function skipMinor(tokens: readonly Token[], to: number): number {
  let at = to;
  // Minor parts stand right after a dot: one character between the tokens.
  while (
    /^(?:\d{1,3}|x)$/.test(tokens[at]?.text ?? '') &&
    (tokens[at] as Token).start - (tokens[at - 1] as Token).end === 1 &&
    at - to < 2
  )
    at++;
  return at;
}

function versioned(word: string): System | undefined {
  const name = /^([a-z]+)[0-9]+$/.exec(word)?.[1];
  return name ? (byWord.get(name) ?? misspelled(name)) : undefined;
}

function misspelled(word: string): System | undefined {
  if (word.length < 6 || word.length > 13 || NOT_MISSPELLED.has(word)) return undefined;
  for (const [name, { id, distance }] of Object.entries(MISSPELLABLE)) {
    if (Math.abs(word.length - name.length) > distance - (name.length < 8 ? 1 : 0)) continue;
    if (editDistance(word, name, distance) <= distance) return byId.get(id);
  }
  return undefined;
}
