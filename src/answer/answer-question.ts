import { createHash } from 'node:crypto';
import type { Embedder } from '../knowledge/embedder.ts';
import { type KnowledgeBase, passageText } from '../knowledge/knowledge-base.ts';
import { parseQuestion } from '../question/parse-question.ts';
import type { Question } from '../question/question.ts';
import type { ResolvedRules } from '../recommendation/evidence.ts';
import { recommend } from '../recommendation/recommend.ts';
import type { Recommendation, Requirement } from '../recommendation/recommendation.ts';
import { weighQuestion } from '../retrieval/query.ts';
import { createQuery, type RankedPassage, retrieve } from '../retrieval/retriever.ts';
import type { Answer, AnswerQuestion, Retrieved } from './answer.ts';
import { chooseQuotes } from './quotes.ts';
import { judgeScope } from './scope.ts';

/** Passages kept in an answer for "show retrieval". */
const RETRIEVED = 10;

/** One generation with the rules that were resolved against it. */
export interface Library {
  readonly knowledge: KnowledgeBase;
  readonly rules: ResolvedRules;
}

export interface AnswererDependencies {
  /** The generation that serves now; asked once per question, so that an answer never mixes two. */
  readonly library: () => Library;
  readonly embedder: Embedder;
}

/**
 * The one use case: a question to an answer. Same question, same generation, same bytes (timings apart).
 * Throws EMBEDDING_FAILED when the model cannot run; never for what a question says.
 */
export function createAnswerer({ library, embedder }: AnswererDependencies): AnswerQuestion {
  return async (text) => {
    const started = performance.now();
    const { knowledge, rules } = library();
    const question = parseQuestion(text);
    const parts = weighQuestion(text);
    const parsed = performance.now();
    const vector = await embedder.embedQuestion(parts);
    const embedded = performance.now();
    const query = createQuery(parts, vector);
    const ranked = retrieve(knowledge, query, RETRIEVED);
    const citations = chooseQuotes(knowledge, query, ranked);
    const searched = performance.now();
    const recommendation = recommend(question.requirements, rules, { among: question.choices });
    const reason = judgeScope(question, ranked, citations.length);
    const answer = {
      ...outcome(reason, recommendation),
      question: text,
      requirements: question.requirements,
      citations,
    };
    return {
      ...answer,
      id: answerId(question, knowledge, rules, question.requirements),
      retrieved: ranked.map((passage) => shown(knowledge, passage)),
      index: { generation: knowledge.manifest.generation, model: knowledge.manifest.model.id },
      timings: {
        embedMs: embedded - parsed,
        searchMs: searched - embedded,
        totalMs: performance.now() - started,
      },
    };
  };
}

function outcome(
  reason: Answer['reason'],
  recommendation: Recommendation,
): Pick<Answer, 'kind' | 'reason' | 'recommendation'> {
  return reason === null
    ? { kind: 'answered', reason, recommendation }
    : { kind: 'abstained', reason, recommendation: null };
}

function answerId(
  question: Question,
  knowledge: KnowledgeBase,
  rules: ResolvedRules,
  requirements: readonly Requirement[],
): string {
  const parts = [
    question.text,
    requirements.map(({ id, wanted }) => [id, wanted]),
    knowledge.manifest.generation,
    rules.version,
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
}

function shown(knowledge: KnowledgeBase, { passage, score, dense, lexical }: RankedPassage): Retrieved {
  return { text: passageText(knowledge, passage), path: passage.path, heading: passage.heading, score, dense, lexical };
}
