import type { QuestionPart } from '../knowledge/embedder.ts';
import type { KeywordIndex, TermWeights } from '../knowledge/keyword-index.ts';
import { splitIntoSentences } from '../knowledge/sentence.ts';
import { termsOf } from '../knowledge/terms.ts';

/** Characters of a message that are searched for; the rest is repetition or an attack. */
const MAX_CHARACTERS = 2000;

/** Messages are chatty: greetings ask nothing, background asks less than the question itself. */
const BACKGROUND_WEIGHT = 0.3;
const PLEASANTRY =
  /^(?:hi|hello|hey|dear|greetings|good (?:morning|evening|day|afternoon)|thanks|thank you|thx|cheers|regards|sorry|please (?:help|be)|any help|i hope|help)\b/i;
const ASKING =
  /\?\s*$|^(?:so |and |but |also,? )?(?:how|what|which|why|when|where|who|is|are|does|do|can|could|should|would|will|am i|any(?:one|body)?)\b/i;

/**
 * A message as parts with weights: repeated sentences once, pleasantries gone, background at 0.3 beside a sentence that
 * asks. A message in which nothing asks keeps every part at 1. Never empty for a message with any visible character.
 */
export function weighQuestion(message: string): QuestionPart[] {
  const text = message.slice(0, MAX_CHARACTERS).toWellFormed();
  const seen = new Set<string>();
  const sentences: string[] = [];
  for (const line of lineSpans(text)) {
    for (const { start, end } of splitIntoSentences(text, line)) {
      const sentence = text.slice(start, end);
      const key = sentence
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, ' ')
        .trim();
      if (key === '' || seen.has(key)) continue;
      seen.add(key);
      sentences.push(sentence);
    }
  }
  const isPolite = (sentence: string): boolean => PLEASANTRY.test(sentence) && !/\?\s*$/.test(sentence);
  const asks = sentences.some((sentence) => ASKING.test(sentence) && !isPolite(sentence));
  const parts = sentences
    .filter((sentence) => !isPolite(sentence))
    .map((sentence) => ({ text: sentence, weight: !asks || ASKING.test(sentence) ? 1 : BACKGROUND_WEIGHT }));
  return parts.length > 0 ? parts : [{ text: text.trim() || '?', weight: 1 }];
}

function* lineSpans(text: string): Generator<{ start: number; end: number }> {
  let start = 0;
  for (const line of text.split('\n')) {
    yield { start, end: start + line.length };
    start += line.length + 1;
  }
}

/** The search terms of weighed parts: a term counts as its heaviest part. */
export function weighTerms(parts: readonly QuestionPart[]): TermWeights {
  const weights = new Map<string, number>();
  for (const { text, weight } of parts) {
    for (const term of termsOf(text)) if (weight > (weights.get(term) ?? 0)) weights.set(term, weight);
  }
  return weights;
}

/** What a known term counts that an unknown one was read as, beside the 1 of a term as typed (docs/retrieval.md). */
const CORRECTED_WEIGHT = 0.7;
/** Unknown terms that are looked up; a message of nothing else is no question. */
const MAX_CORRECTED = 12;

/** The terms with, for those that no passage holds, the known ones that they stand for. */
export function correctTerms(terms: TermWeights, index: KeywordIndex): TermWeights {
  let corrected: Map<string, number> | null = null;
  let looked = 0;
  for (const [term, weight] of terms) {
    if (index.idf(term) > 0 || looked >= MAX_CORRECTED) continue;
    looked++;
    for (const known of index.spelling.nearest(term)) {
      corrected ??= new Map(terms);
      corrected.set(known, Math.max(corrected.get(known) ?? 0, CORRECTED_WEIGHT * weight));
    }
  }
  return corrected ?? terms;
}
