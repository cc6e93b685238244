/**
 * A document's structure, whatever its format: a flat list of blocks in reading order. Offsets are character
 * offsets into the document's stored text, `end` exclusive. A parser per format makes them; everything after
 * (passages, sentences, quotes) knows blocks only.
 */
export interface Block {
  readonly kind: 'heading' | 'paragraph' | 'item' | 'code' | 'table';
  /** 1-6 for headings, 0 otherwise. */
  readonly depth: number;
  readonly start: number;
  readonly end: number;
}
