const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A text in pieces of at most so many UTF-16 units, cut at a space where there is one near, never inside a grapheme. */
export function cutText(text: string, most: number): string[] {
  if (text.length <= most) return [text];
  const pieces: string[] = [];
  let piece = '';
  for (const { segment } of SEGMENTER.segment(text)) {
    if (piece.length + segment.length > most && piece !== '') {
      const space = piece.lastIndexOf(' ');
      // A space in the last fifth is near enough; words longer than that are cut.
      const at = space > most * 0.8 ? space + 1 : piece.length;
      pieces.push(piece.slice(0, at));
      piece = piece.slice(at);
    }
    // One grapheme longer than a piece (a letter under thousands of marks) is no text that anybody reads.
    piece += segment.length > most ? '\ufffd' : segment;
  }
  if (piece !== '') pieces.push(piece);
  return pieces;
}

/** The beginning of a text, within so many UTF-16 units, with an ellipsis where something is left out. */
export function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${cutText(text, most - 1)[0]?.trimEnd() ?? ''}…`;
}
