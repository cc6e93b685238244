import { cutText } from './graphemes.ts';
import type { Block, Reply } from './reply.ts';

/** What one message of a platform holds. */
export interface PartBudget {
  /** Characters, as `measure` counts them. */
  readonly characters: number;
  readonly blocks: number;
  /** Characters that a block takes in the rendered message. */
  readonly measure: (block: Block) => number;
}

/**
 * A reply in parts that each fit one message: between blocks, else between the items of a list, the rows of a table or
 * the sentences of a text. A quote stays whole unless it alone is longer than a message. A heading stays with what
 * follows it. The title is on the first part, the choices on the last.
 */
export function splitReply(reply: Reply, budget: PartBudget): Reply[] {
  const pieces = reply.blocks.flatMap((block) => divide(block, budget));
  const parts: Block[][] = [[]];
  let used = reply.title.length;
  for (const [at, piece] of pieces.entries()) {
    const size = budget.measure(piece);
    const next = pieces[at + 1];
    // A heading alone at the end of a message would head nothing.
    const needed = piece.kind === 'heading' && next ? size + budget.measure(next) : size;
    const part = parts.at(-1) as Block[];
    const isFull = used + needed > budget.characters || part.length >= budget.blocks;
    if (isFull && part.length > 0) {
      parts.push([piece]);
      used = size;
    } else {
      part.push(piece);
      used += size;
    }
  }
  return parts.map((blocks, at) => ({
    ...reply,
    title: at === 0 ? reply.title : '',
    blocks,
    choices: at === parts.length - 1 ? reply.choices : [],
  }));
}

/** A block in pieces that fit one message each; most are one piece. */
function divide(block: Block, budget: PartBudget): Block[] {
  // Half a message: two pieces of different blocks must be able to share one.
  const most = Math.floor(budget.characters / 2);
  if (budget.measure(block) <= most) return [block];
  switch (block.kind) {
    case 'heading':
    case 'text':
    case 'note':
      return sentencesOf(block.text, most).map((text) => ({ ...block, text }));
    case 'list':
      return groups(
        block.items.flatMap((item) => sentencesOf(item, most)),
        (items) => budget.measure({ ...block, items }) <= most,
      ).map((items) => ({ ...block, items }));
    case 'table':
      return groups(block.rows, (rows) => budget.measure({ ...block, rows }) <= most).map((rows) => ({
        ...block,
        rows,
      }));
    case 'quote': {
      const whole = budget.characters - 500;
      if (budget.measure(block) <= whole) return [block];
      return cutText(block.quote, Math.max(200, whole - (budget.measure(block) - block.quote.length))).map((quote) => ({
        ...block,
        quote,
      }));
    }
    default:
      return block satisfies never;
  }
}

function sentencesOf(text: string, most: number): string[] {
  if (text.length <= most) return [text];
  const sentences = text.match(/[^.!?\n]+[.!?\n]*\s*/g) ?? [text];
  return groups(
    sentences.flatMap((sentence) => cutText(sentence, most)),
    (group) => group.join('').length <= most,
  ).map((group) => group.join(''));
}

/** Neighbours together, as many as fit; one that does not fit alone stays alone. */
function groups<Item>(items: readonly Item[], fits: (group: readonly Item[]) => boolean): Item[][] {
  const made: Item[][] = [];
  for (const item of items) {
    const last = made.at(-1);
    if (last && fits([...last, item])) last.push(item);
    else made.push([item]);
  }
  return made;
}
