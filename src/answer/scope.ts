import type { Question } from '../question/question.ts';
import type { RankedPassage } from '../retrieval/retriever.ts';
import type { AbstentionReason } from './answer.ts';

/** Fused scores under which nothing found is near enough, with and without a known name in the question. */
const FLOOR_NAMED = 0.2;
const FLOOR_UNNAMED = 0.33;

/** Why a question gets no answer, or null when it gets one. */
export function judgeScope(
  question: Question,
  ranked: readonly RankedPassage[],
  quotes: number,
): AbstentionReason | null {
  const best = ranked[0]?.score ?? 0;
  if (question.form === 'error' || question.form === 'chat') return 'out-of-scope';
  if (quotes === 0) return 'no-evidence';
  const named = question.names.length > 0 || question.requirements.length > 0;
  if (best < (named ? FLOOR_NAMED : FLOOR_UNNAMED)) return named ? 'no-evidence' : 'out-of-scope';
  return null;
}
