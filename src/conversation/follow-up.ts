import { parseQuestion } from '../question/parse-question.ts';
import type { Requirement } from '../recommendation/recommendation.ts';
import type { ThreadMemory } from '../state/state.ts';

/** Characters of an earlier question that are asked again with what was added. */
const CARRIED = 1_000;

export interface Understood {
  readonly question: string;
  /** From earlier in the thread; what the question says itself comes first. */
  readonly requirements: readonly Requirement[];
  /** True when the message only adds to the question before it. */
  readonly isRefinement: boolean;
}

/**
 * What a message means in its thread. One that adds needs and asks nothing ("it must run on Android too") is the
 * earlier question with more said; one that asks stands for itself, and what was said before still holds.
 */
export function understand(text: string, memory: ThreadMemory | null): Understood {
  if (!memory) return { question: text, requirements: [], isRefinement: false };
  const { form, requirements } = parseQuestion(text);
  const isRefinement = requirements.length > 0 && (form === 'other' || isFragment(text));
  return {
    question: isRefinement ? `${memory.question.slice(0, CARRIED)}\n${text}` : text,
    requirements: memory.requirements,
    isRefinement,
  };
}

/** "And on a phone?", "what if we need TPUs": begins in the middle of a conversation. */
function isFragment(text: string): boolean {
  return /^\W*(?:and|but|also|or|plus|what (?:if|about)|how about|even if|ok(?:ay)?,? (?:and|but|so))\b/i.test(text);
}

/** What a thread is about after a message; the newest word on a requirement wins. */
export function remembered(question: string, requirements: readonly Requirement[]): ThreadMemory {
  const newest = new Map<string, Requirement>();
  for (const requirement of requirements) if (!newest.has(requirement.id)) newest.set(requirement.id, requirement);
  return { question, requirements: [...newest.values()] };
}
