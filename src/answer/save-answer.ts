import { decisionRecord, type SavedDecision, saveDecision } from '../recommendation/decision-record.ts';
import type { Answer } from './answer.ts';

/** Writes an answer's recommendation down as a decision record of today; null when it has none. */
export function saveAnswer(folder: string, answer: Answer, savedBy: string | null): SavedDecision | null {
  const { recommendation, question, requirements, index } = answer;
  if (!recommendation) return null;
  const date = new Date().toISOString().slice(0, 10);
  const context = { question, requirements, generation: index.generation, date, savedBy };
  return saveDecision(folder, decisionRecord(recommendation, context), date);
}
