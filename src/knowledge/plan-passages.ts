import { sha256 } from './document.ts';
import { EMBEDDING_SCHEME, type PassageInput } from './embedder.ts';
import type { EmbeddingRows, RowRange } from './embedding-rows.ts';
import type { EarlierTerms, KeywordText } from './keyword-terms.ts';
import type { StoredPassage } from './knowledge-base.ts';
import type { CorpusDocument } from './parse-corpus.ts';
import { plainText } from './passage.ts';
import type { PreviousGeneration } from './previous-generation.ts';

/** Every passage of a generation to be, with where its vectors and terms come from. */
export interface PassagePlan {
  readonly passages: readonly StoredPassage[];
  /** Sentences of all passages. */
  readonly sentences: number;
  /** Position -> position in the previous generation of a passage with the same vectors, or -1. */
  readonly origins: Int32Array;
  /** Passages whose vectors nobody has yet. */
  readonly missing: readonly { readonly position: number; readonly input: PassageInput }[];
  /** Passages whose terms are counted anew, by position. */
  readonly texts: ReadonlyMap<number, KeywordText>;
  readonly earlierTerms: EarlierTerms | null;
}

/** Only what is new is looked at closely, so that the cost follows the change. */
export function planPassages(
  documents: readonly CorpusDocument[],
  previous: PreviousGeneration | null,
  modelHash: string,
): PassagePlan {
  const count = documents.reduce((sum, document) => sum + document.passages.length, 0);
  const origins = new Int32Array(count).fill(-1);
  const moved = new Int32Array(previous?.passages.length ?? 0).fill(-1);
  const terms = previous?.terms ?? null;
  const passages: StoredPassage[] = [];
  const missing: { position: number; input: PassageInput }[] = [];
  const texts = new Map<number, KeywordText>();
  let known: Map<string, number> | undefined;
  let row = 0;
  for (const { document, passages: own, from } of documents) {
    let read: string | undefined;
    for (const [place, passage] of own.entries()) {
      const position = passages.length;
      const text = (start: number, end: number): string => {
        read ??= document.text;
        return plainText(read.slice(start, end));
      };
      if (!terms || from === null)
        texts.set(position, {
          context: `${passage.title} ${passage.heading}`,
          text: text(passage.start, passage.end),
        });
      else moved[from + place] = position;
      if (from !== null) {
        origins[position] = from + place;
        const stored = passage as StoredPassage;
        passages.push(stored.firstSentence === row ? stored : { ...stored, firstSentence: row });
      } else {
        const { title, heading } = passage;
        const context = heading === '' ? `${title}.` : `${title}. ${plainText(heading)}.`;
        const sentences = passage.sentences.map(({ start, end }) => text(start, end));
        const key = sha256(JSON.stringify([modelHash, EMBEDDING_SCHEME, context, sentences])).slice(0, 32);
        known ??= new Map(previous?.passages.map((earlier, at) => [earlier.key, at]));
        origins[position] = known.get(key) ?? -1;
        if (origins[position] === -1) missing.push({ position, input: { context, sentences } });
        passages.push({ ...passage, key, firstSentence: row });
      }
      row += passage.sentences.length;
    }
  }
  return { passages, sentences: row, origins, missing, texts, earlierTerms: terms && { ...terms, moved } };
}

/** Copies the vectors that are known: neighbours that were neighbours before in one go. */
export function takeOverRows(
  { passages, origins }: PassagePlan,
  previous: PreviousGeneration,
  rows: EmbeddingRows,
): void {
  let start = 0;
  while (start < passages.length) {
    const from = origins[start] as number;
    let end = start + 1;
    if (from !== -1) {
      while (end < passages.length && origins[end] === from + (end - start)) end++;
      const first = previous.passages[from] as StoredPassage;
      const last = previous.passages[from + (end - start) - 1] as StoredPassage;
      const range: RowRange = {
        position: from,
        passages: end - start,
        firstSentence: first.firstSentence,
        sentences: last.firstSentence + last.sentences.length - first.firstSentence,
      };
      rows.copy(previous, range, { position: start, firstSentence: (passages[start] as StoredPassage).firstSentence });
    }
    start = end;
  }
}
