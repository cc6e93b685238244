import { cutText, type SizeOf, sentencesOf } from './graphemes.ts';
import type { Block, QuoteBlock, Reply } from './reply.ts';

/** What one message of a platform holds. Sizes are in the platform's own count. */
export interface PartBudget {
  /** Size up to which a message is filled: what is read at a glance, and what can be edited later. */
  readonly fill: number;
  readonly sizeOf: (block: Block) => number;
  readonly sizeOfText: SizeOf;
  /** Blocks of one message besides its title. */
  readonly blocks: number;
  /** Whether the platform takes these blocks as one message, however full it is. */
  readonly holds: (title: string, blocks: readonly Block[]) => boolean;
  /** The size in which a quote that no message holds is cut, as `sizeOfPiece` counts it. */
  readonly piece: number;
  readonly sizeOfPiece: SizeOf;
}

/** What an item takes besides its text. */
const BULLET = 4;

/** A block, or a piece of one, with the number of the block that it comes from. */
interface Piece {
  readonly block: Block;
  readonly from: number;
}

/**
 * A reply in parts that each fit one message: between blocks, else between the items of a list, the rows of a table or
 * the sentences of a text. A quote stays whole unless no message holds it. A heading stays with what follows it. The
 * title is on the first part, the choices on the last. Expects what `shownReply` returns.
 */
export function splitReply(reply: Reply, budget: PartBudget): Reply[] {
  const pieces = reply.blocks.flatMap((block, from) => divide(block, budget).map((piece) => ({ block: piece, from })));
  const parts: Piece[][] = [];
  let part: Piece[] = [];
  let size = budget.sizeOfText(reply.title);
  const titleOf = (): string => (parts.length === 0 ? reply.title : '');
  const end = (): void => {
    parts.push(part);
    part = [];
    size = 0;
  };
  for (let unit = unitAt(pieces, 0), at = 0; unit.length > 0; at += unit.length, unit = unitAt(pieces, at)) {
    const added = unit.reduce((sum, { block }) => sum + budget.sizeOf(block), 0);
    const isFull = size + added > budget.fill || part.length + unit.length > budget.blocks;
    if (isFull && part.length > 0) end();
    // What is larger than a message should be stands alone; beside its heading or the title only where both fit.
    for (const piece of unit) {
      const together = [...part, piece].map(({ block }) => block);
      if (!budget.holds(titleOf(), together) && (part.length > 0 || titleOf() !== '')) end();
      part.push(piece);
    }
    size += added;
  }
  end();
  return parts.map((blocks, at) => ({
    ...reply,
    title: at === 0 ? reply.title : '',
    blocks: joined(blocks),
    choices: at === parts.length - 1 ? reply.choices : [],
  }));
}

/** A heading with what it heads: alone at the end of a message it would head nothing. */
function unitAt(pieces: readonly Piece[], at: number): readonly Piece[] {
  const [first, second] = [pieces[at], pieces[at + 1]];
  const isHeading = first?.block.kind === 'heading' && second !== undefined && second.block.kind !== 'heading';
  return pieces.slice(at, at + (isHeading ? 2 : 1));
}

/** A block in pieces of which two fit one message; most are one piece. */
function divide(block: Block, budget: PartBudget): Block[] {
  // The title and a heading must find room beside a piece as well.
  const most = Math.floor(budget.fill * 0.4);
  if (budget.sizeOf(block) <= most) return [block];
  const { sizeOfText } = budget;
  const pieces = (text: string): string[] =>
    groups(
      sizeOfText(text) <= most ? [text] : sentencesOf(text).flatMap((sentence) => cutText(sentence, most, sizeOfText)),
      sizeOfText,
      most,
    )
      .map((sentences) => sentences.join(''))
      .filter((piece) => piece.trim() !== '');
  switch (block.kind) {
    case 'heading':
    case 'text':
    case 'note':
      return pieces(block.text).map((text) => ({ ...block, text }));
    case 'list':
      return groups(block.items.flatMap(pieces), (item) => sizeOfText(item) + BULLET, most).map((items) => ({
        ...block,
        items,
      }));
    case 'table':
      return groups(block.rows, (row) => budget.sizeOf({ ...block, rows: [row] }), most).map((rows) => ({
        ...block,
        rows,
      }));
    case 'quote':
      return divideQuote(block, budget);
    default:
      return block satisfies never;
  }
}

function divideQuote(block: QuoteBlock, { holds, piece, sizeOfPiece }: PartBudget): QuoteBlock[] {
  if (holds('', [block])) return [block];
  return cutText(block.quote, piece, sizeOfPiece).map((quote) => ({ ...block, quote }));
}

/** Neighbours together, as many as fit; one that does not fit alone stays alone. */
function groups<Item>(items: readonly Item[], sizeOf: (item: Item) => number, most: number): Item[][] {
  const made: Item[][] = [];
  let size = 0;
  for (const item of items) {
    const added = sizeOf(item);
    const last = made.at(-1);
    if (last && size + added <= most) {
      last.push(item);
      size += added;
    } else {
      made.push([item]);
      size = added;
    }
  }
  return made;
}

/** Pieces of one block that came into the same message are one block again. */
function joined(pieces: readonly Piece[]): Block[] {
  const blocks: Block[] = [];
  let before: Piece | null = null;
  for (const piece of pieces) {
    const last = blocks.at(-1);
    const whole = last && before?.from === piece.from ? joinedBlock(last, piece.block) : null;
    if (whole) blocks[blocks.length - 1] = whole;
    else blocks.push(piece.block);
    before = piece;
  }
  return blocks;
}

function joinedBlock(first: Block, second: Block): Block | null {
  if (first.kind === 'text' && second.kind === 'text') return { kind: 'text', text: first.text + second.text };
  if (first.kind === 'list' && second.kind === 'list') {
    return { kind: 'list', items: [...first.items, ...second.items] };
  }
  if (first.kind === 'table' && second.kind === 'table') return { ...first, rows: [...first.rows, ...second.rows] };
  return null;
}
