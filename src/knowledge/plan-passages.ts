import { sha256 } from './document.ts';
import { EMBEDDING_SCHEME, type PassageInput } from './embedder.ts';
import type { EmbeddingRows } from './embedding-rows.ts';
import type { EarlierTerms, KeywordText } from './keyword-terms.ts';
import type { StoredPassage } from './knowledge-base.ts';
import type { CorpusDocument } from './parse-corpus.ts';
import { type Passage, plainText } from './passage.ts';
import { type PassageRange, positionsByKey } from './passage-table.ts';
import type { PreviousGeneration } from './previous-generation.ts';
import { endOfRun, type PlannedPassages } from './write-passages.ts';

/** Every passage of a generation to be, with where its vectors and terms come from. */
export interface PassagePlan {
  readonly passages: PlannedPassages;
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
  const earlier = previous?.passages ?? null;
  const count = documents.reduce((sum, { passages }) => sum + countOf(passages), 0);
  const origins = new Int32Array(count).fill(-1);
  const firstSentences = new Uint32Array(count + 1);
  const moved = new Int32Array(earlier?.length ?? 0).fill(-1);
  const terms = previous?.terms ?? null;
  const fresh = new Map<number, StoredPassage>();
  const missing: { position: number; input: PassageInput }[] = [];
  const texts = new Map<number, KeywordText>();
  let known: ReadonlyMap<string, number> | undefined;
  let position = 0;
  const close = (sentences: number): void => {
    firstSentences[position + 1] = (firstSentences[position] as number) + sentences;
    position++;
  };
  for (const { document, passages } of documents) {
    let read: string | undefined;
    const text = (start: number, end: number): string => {
      read ??= document.text;
      return plainText(read.slice(start, end));
    };
    const countTerms = ({ title, heading, start, end }: Passage): void => {
      texts.set(position, { context: `${title} ${heading}`, text: text(start, end) });
    };
    if (isRange(passages)) {
      for (let from = passages.from; from < passages.to; from++) {
        origins[position] = from;
        if (terms) moved[from] = position;
        else countTerms(earlier?.at(from) as StoredPassage);
        const first = earlier?.parts.firstSentence as Uint32Array;
        close((first[from + 1] as number) - (first[from] as number));
      }
      continue;
    }
    for (const passage of passages) {
      const { title, heading } = passage;
      const context = heading === '' ? `${title}.` : `${title}. ${plainText(heading)}.`;
      const sentences = passage.sentences.map(({ start, end }) => text(start, end));
      const key = sha256(JSON.stringify([modelHash, EMBEDDING_SCHEME, context, sentences])).slice(0, 32);
      known ??= earlier ? positionsByKey(earlier) : new Map();
      origins[position] = known.get(key) ?? -1;
      if (origins[position] === -1) missing.push({ position, input: { context, sentences } });
      fresh.set(position, { ...passage, key, firstSentence: firstSentences[position] as number });
      countTerms(passage);
      close(sentences.length);
    }
  }
  return {
    passages: { count, firstSentences, fresh, origins, earlier },
    missing,
    texts,
    earlierTerms: terms && { ...terms, moved },
  };
}

function isRange(passages: CorpusDocument['passages']): passages is PassageRange {
  return 'from' in passages;
}

function countOf(passages: CorpusDocument['passages']): number {
  return isRange(passages) ? passages.to - passages.from : passages.length;
}

/** Copies the vectors that are known: neighbours that were neighbours before in one go. */
export function takeOverRows(
  { passages: { origins, firstSentences } }: PassagePlan,
  previous: PreviousGeneration,
  rows: EmbeddingRows,
): void {
  const { firstSentence } = previous.passages.parts;
  let start = 0;
  while (start < origins.length) {
    const from = origins[start] as number;
    const end = from === -1 ? start + 1 : endOfRun(origins, start);
    if (from !== -1) {
      const first = firstSentence[from] as number;
      const sentences = (firstSentence[from + (end - start)] as number) - first;
      const range = { position: from, passages: end - start, firstSentence: first, sentences };
      rows.copy(previous, range, { position: start, firstSentence: firstSentences[start] as number });
    }
    start = end;
  }
}
