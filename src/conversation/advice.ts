import type { Answer, AnswerOptions, AnswerQuestion } from '../answer/answer.ts';
import type { Library } from '../answer/answer-question.ts';
import { saveAnswer } from '../answer/save-answer.ts';
import { messageOf } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { CandidateId } from '../recommendation/candidate.ts';
import { compare } from '../recommendation/compare.ts';
import { comparisonPng } from '../recommendation/compare-chart.ts';
import type { SavedDecision } from '../recommendation/decision-record.ts';
import { type Policy, type PolicyBook, policyFor } from '../recommendation/policy.ts';
import type { Requirement } from '../recommendation/recommendation.ts';
import { composeComparison } from '../reply/compose-details.ts';
import { composeReply } from '../reply/compose-reply.ts';
import type { Reply } from '../reply/reply.ts';
import type { AskedQuestion, Place, State } from '../state/state.ts';

export interface AdviceOptions {
  readonly answerQuestion: AnswerQuestion;
  readonly library: () => Library;
  readonly state: State;
  readonly policies: PolicyBook;
  readonly decisionsFolder: string;
  readonly logger: Logger;
}

export interface Asked {
  readonly question: string;
  readonly requirements: readonly Requirement[];
}

/** The answer flow as a conversation needs it: by place, remembered under the answer's id, with what was missed. */
export interface Advice {
  /** Answers for a place, and keeps the question so that its buttons work. */
  ask(asked: Asked, place: Place, user: string): Promise<Answer>;
  /** Makes the answer of an earlier question again: the same, unless the index changed since. */
  again(asked: AskedQuestion): Promise<Answer>;
  compare(candidates: readonly CandidateId[]): { readonly reply: Reply; readonly png: () => Promise<Uint8Array> };
  /** Writes the recommendation down; null when there is none. */
  save(answer: Answer, user: string): SavedDecision | null;
  /** Requirements by their ids, those that the rules do not know left out. */
  requirementsOf(ids: readonly string[]): Requirement[];
}

export function createAdvice(options: AdviceOptions): Advice {
  const { answerQuestion, library, state, policies, decisionsFolder, logger } = options;
  const labels = (): Readonly<Record<string, string>> => library().rules.labels;
  const policyOf = ({ workspace, channel }: Place): Policy => policyFor(policies, { workspace, channel });
  const optionsFor = (requirements: readonly Requirement[], place: Place): AnswerOptions => ({
    requirements,
    policy: policyOf(place),
  });
  return {
    async ask({ question, requirements }, place, user) {
      const answer = await answerQuestion(question, optionsFor(requirements, place));
      try {
        await state.rememberQuestion(answer.id, { question, requirements, place, user });
        if (answer.kind === 'abstained') {
          const { generation } = answer.index;
          const reason = answer.reason ?? 'no-evidence';
          await state.saveMiss({ question, requirements, reason, generation, place, user });
        }
      } catch (thrown) {
        // The answer is worth more than the memory of it.
        logger.error({ error: messageOf(thrown) }, 'a question could not be kept: its buttons will not work');
      }
      return answer;
    },
    again: ({ question, requirements, place }) => answerQuestion(question, optionsFor(requirements, place)),
    compare(candidates) {
      const comparison = compare(candidates, library().rules);
      const reply = composeComparison(comparison);
      return { reply, png: () => comparisonPng(comparison, reply.title) };
    },
    save: (answer, user) => saveAnswer(decisionsFolder, answer, user),
    requirementsOf: (ids) =>
      [...new Set(ids)]
        .filter((id) => Object.hasOwn(labels(), id))
        .map((id) => ({ id, trigger: labels()[id] as string, wanted: true })),
  };
}

/** The reply to an answer, with what a conversation adds to it. */
export function composeTurnReply(answer: Answer, isPrivate: boolean): Reply {
  const reply = composeReply(answer);
  const canHear = answer.kind === 'abstained' && answer.reason !== 'needs-detail' && answer.citations.length > 0;
  return {
    ...reply,
    choices: [
      ...reply.choices,
      ...(isPrivate && reply.kind === 'answer'
        ? [{ label: 'Share with channel', action: 'share' as const, value: '' }]
        : []),
      ...(canHear ? [{ label: 'Tell me when you can answer this', action: 'notify' as const, value: '' }] : []),
    ],
  };
}
