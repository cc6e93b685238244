import type { Block } from './block.ts';

/**
 * A run of so many ASCII characters without a space is no words but encoded data or minified code: a picture within a
 * link, a key, a dump. Addresses stay below it; scripts that write without spaces are not ASCII.
 */
const LONGEST_WORD = 399;

/** Measured after the match: a pattern that counted would begin to count again at each character. */
function runsOf(text: string): RegExpExecArray[] {
  const runs: RegExpExecArray[] = [];
  for (const match of text.matchAll(/[!-~]+/g)) if (match[0].length > LONGEST_WORD) runs.push(match);
  return runs;
}

/** Blocks without the encoded data in them: what stands before and after such data are blocks of their own. */
export function withoutEncodedData(text: string, blocks: readonly Block[]): Block[] {
  return blocks.flatMap((block) => {
    const own = text.slice(block.start, block.end);
    const runs = own.length > LONGEST_WORD ? runsOf(own) : [];
    if (runs.length === 0) return [block];
    if (block.kind === 'heading') return [];
    const borders = [0, ...runs.flatMap(({ index, 0: run }) => [index, index + run.length]), own.length];
    const parts: Block[] = [];
    for (let at = 0; at < borders.length; at += 2) {
      const [from, to] = [borders[at] as number, borders[at + 1] as number];
      const part = own.slice(from, to);
      if (!/\p{L}{2}/u.test(part)) continue;
      const start = block.start + from + (part.length - part.trimStart().length);
      parts.push({ ...block, start, end: start + part.trim().length });
    }
    return parts;
  });
}

/** How many runs of encoded data a text holds. */
export function countEncodedData(text: string): number {
  return runsOf(text).length;
}
