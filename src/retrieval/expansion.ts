import type { QuestionPart } from '../knowledge/embedder.ts';
import type { Question } from '../question/question.ts';
import { weighQuestion } from './query.ts';
import { SEARCH_TERMS } from './search-terms.ts';

/** What an added part counts beside one of the asker's own, which counts 1 (docs/retrieval.md). */
const EXPANSION_WEIGHT = 0.35;
/** The same where the message is in another language than the model's and the documents': our terms say it better. */
const TRANSLATED_WEIGHT = 2;

/** The field's own words: without one, and without a system's name, "speed" is not about frameworks. */
const OF_THE_FIELD =
  /\b(?:neural|deep[- ]learning|machine[- ]learning|frameworks?|train(?:s|ed|ing)?|tensors?|llms?|ml|ai)\b/i;

/**
 * The parts of a question that are searched for: the asker's own, and for each thing the asker needs the terms in which
 * documents write of it.
 */
export function expandQuestion({ text, names, requirements, language }: Question): QuestionPart[] {
  const parts = weighQuestion(text);
  if (names.length === 0 && language === 'en' && !OF_THE_FIELD.test(text)) return parts;
  const weight = language === 'en' ? EXPANSION_WEIGHT : TRANSLATED_WEIGHT;
  for (const { id, wanted } of requirements) {
    const terms = SEARCH_TERMS[id];
    if (wanted && terms) parts.push({ text: terms, weight });
  }
  return parts;
}
