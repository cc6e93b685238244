const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });
const SENTENCES = new Intl.Segmenter('en', { granularity: 'sentence' });

/** How large a text is, in whatever a platform counts; of two texts in a row it is the sum of both. */
export type SizeOf = (text: string) => number;

const utf16Units: SizeOf = (text) => text.length;

/** A text in pieces of at most such a size, cut at a space where there is one near, never inside a grapheme. */
export function cutText(text: string, most: number, sizeOf: SizeOf = utf16Units): string[] {
  if (sizeOf(text) <= most) return [text];
  const pieces: string[] = [];
  let piece = '';
  let size = 0;
  /** Where the piece may be cut after a space, and its size up to there; a mark on a space makes it none. */
  let space = { end: 0, size: 0 };
  for (const { segment } of SEGMENTER.segment(text)) {
    const added = sizeOf(segment);
    // One grapheme larger than a piece (a letter under thousands of marks) is no text that anybody reads.
    const kept = added > most ? '\ufffd' : segment;
    const more = added > most ? sizeOf(kept) : added;
    if (size + more > most && piece !== '') {
      // A space in the last fifth is near enough; a word longer than that is cut.
      const cut = space.size > most * 0.8 ? space : { end: piece.length, size };
      pieces.push(piece.slice(0, cut.end));
      piece = piece.slice(cut.end);
      size -= cut.size;
      space = { end: 0, size: 0 };
    }
    piece += kept;
    size += more;
    if (kept === ' ') space = { end: piece.length, size };
  }
  if (piece !== '') pieces.push(piece);
  return pieces;
}

/** The sentences of a text; together they are the text. */
export function sentencesOf(text: string): string[] {
  return Array.from(SENTENCES.segment(text), ({ segment }) => segment);
}

/** The beginning of a text, within so many UTF-16 units, with an ellipsis where something is left out. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  // What stands far behind the cut does not move it.
  return `${cutText(text.slice(0, most * 4), most - 1)[0]?.trimEnd() ?? ''}…`;
}
