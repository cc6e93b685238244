/** Finds the known words that an unknown one stands for: written with a slip, or cut short. */
export interface Spelling {
  /** Two known words at most, the commonest first; none for what is too short or no plain word. */
  nearest(term: string): readonly string[];
}

/** Shorter words have too many neighbours, and numbers must never become other numbers. */
const PLAIN = /^\p{Ll}{4,24}$/u;
const MOST = 2;
/** Answers kept; emptied when full, since anybody can type anything. */
const MAX_KEPT = 5_000;

/**
 * Spelling by a vocabulary: words one insertion, deletion, substitution or swap away that begin with the same letter
 * (slips at the first letter are rare); where there are none, words that begin with the whole term. Made on first use;
 * one look takes below 2 ms among half a million words.
 */
export function createSpelling(words: readonly string[], idf: (term: string) => number): Spelling {
  let groups: Map<string, string[]> | null = null;
  const kept = new Map<string, readonly string[]>();
  return {
    nearest(term) {
      if (!PLAIN.test(term)) return [];
      const known = kept.get(term);
      if (known) return known;
      groups ??= byFirstLetter(words);
      const group = groups.get(term[0] as string) ?? [];
      let found = group.filter((word) => isOneSlipAway(word, term));
      if (found.length === 0) found = group.filter((word) => word.startsWith(term));
      const nearest = found.sort((a, b) => idf(a) - idf(b) || (a < b ? -1 : 1)).slice(0, MOST);
      if (kept.size >= MAX_KEPT) kept.clear();
      kept.set(term, nearest);
      return nearest;
    },
  };
}

function byFirstLetter(words: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const word of words) {
    if (!PLAIN.test(word)) continue;
    const first = word[0] as string;
    const group = groups.get(first);
    if (group) group.push(word);
    else groups.set(first, [word]);
  }
  return groups;
}

/** Whether two different words are one edit or one swap of neighbours apart. Linear, and without a table. */
export function isOneSlipAway(a: string, b: string): boolean {
  const longer = a.length >= b.length ? a : b;
  const shorter = longer === a ? b : a;
  const surplus = longer.length - shorter.length;
  if (surplus > 1) return false;
  let at = 0;
  while (at < shorter.length && longer.charCodeAt(at) === shorter.charCodeAt(at)) at++;
  if (surplus === 1) return longer.slice(at + 1) === shorter.slice(at);
  if (at === shorter.length) return false;
  if (longer.slice(at + 1) === shorter.slice(at + 1)) return true;
  const isSwap = longer[at] === shorter[at + 1] && longer[at + 1] === shorter[at];
  return isSwap && longer.slice(at + 2) === shorter.slice(at + 2);
}
