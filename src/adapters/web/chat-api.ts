import { z } from 'zod';
import type { Answer, AnswerOptions, AnswerQuestion } from '../../answer/answer.ts';
import type { Library } from '../../answer/answer-question.ts';
import { saveAnswer } from '../../answer/save-answer.ts';
import { candidatesIn } from '../../conversation/commands.ts';
import type { CandidateId } from '../../recommendation/candidate.ts';
import { compare } from '../../recommendation/compare.ts';
import type { ResolvedRules } from '../../recommendation/evidence.ts';
import {
  composeCaseAgainst,
  composeComparison,
  composeRetrieval,
  composeSaved,
  composeWhy,
} from '../../reply/compose-details.ts';
import { composeReply } from '../../reply/compose-reply.ts';
import type { Reply } from '../../reply/reply.ts';

const askedSchema = z.object({
  question: z.string().max(20_000),
  /** Requirement ids chosen by a control. */
  requirements: z.array(z.string()).max(30).default([]),
  /** Factors, 0 to 5, by requirement id or aspect. */
  priorities: z.record(z.string(), z.number().min(0).max(5)).default({}),
  action: z.enum(['why', 'case-against', 'compare', 'retrieval', 'save']).optional(),
  /** Of a comparison: the candidates, with spaces between. */
  value: z.string().max(200).default(''),
});

export interface Asked {
  readonly question: string;
  readonly options: AnswerOptions;
  readonly action: z.infer<typeof askedSchema>['action'];
  readonly value: string;
}

/** What the page sent, checked; or, as a string, what is wrong with it. */
export function readAsked(body: string, rules: ResolvedRules): Asked | string {
  let data: unknown;
  try {
    data = JSON.parse(body);
  } catch {
    return 'expected JSON like {"question": "..."}';
  }
  const parsed = askedSchema.safeParse(data);
  if (!parsed.success)
    return parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; ');
  const { question, requirements, priorities, action, value } = parsed.data;
  const unknown = requirements.find((id) => !(id in rules.labels));
  if (unknown !== undefined) return `requirements: there is no "${unknown.slice(0, 60)}"`;
  const chosen = requirements.map((id) => ({ id, trigger: rules.labels[id] as string, wanted: true }));
  return { question, options: { requirements: chosen, priorities }, action, value };
}

interface ChatDependencies {
  readonly answerQuestion: AnswerQuestion;
  readonly library: () => Library;
  /** Where decision records are saved. */
  readonly decisionsDirectory: string;
}

export async function replyToAsk(
  { answerQuestion }: ChatDependencies,
  { question, options }: Asked,
): Promise<{ reply: Reply; answer: Answer }> {
  const answer = await answerQuestion(question, options);
  return { reply: composeReply(answer), answer };
}

/** A button under an answer: the answer is made again (the same question gives the same one) and looked at closer. */
export async function replyToAction(
  { answerQuestion, library, decisionsDirectory }: ChatDependencies,
  asked: Asked,
): Promise<{ reply: Reply }> {
  if (asked.action === 'compare') {
    const named = candidatesIn(asked.value);
    const pair: readonly CandidateId[] = named.length > 1 ? named : ['pytorch', 'tensorflow'];
    return { reply: composeComparison(compare(pair, library().rules)) };
  }
  const answer = await answerQuestion(asked.question, asked.options);
  if (asked.action === 'save') return { reply: composeSaved(saveAnswer(decisionsDirectory, answer, null)) };
  if (asked.action === 'case-against') return { reply: composeCaseAgainst(answer) };
  return { reply: asked.action === 'retrieval' ? composeRetrieval(answer) : composeWhy(answer) };
}
