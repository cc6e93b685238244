import { createHash } from 'node:crypto';
import type { Embedder } from '../knowledge/embedder.ts';
import { type KnowledgeBase, passageText } from '../knowledge/knowledge-base.ts';
import { parseQuestion } from '../question/parse-question.ts';
import type { ResolvedRules } from '../recommendation/evidence.ts';
import type { Policy } from '../recommendation/policy.ts';
import { recommend } from '../recommendation/recommend.ts';
import type { Requirement } from '../recommendation/recommendation.ts';
import { weighQuestion } from '../retrieval/query.ts';
import { createQuery, type RankedPassage, retrieve } from '../retrieval/retriever.ts';
import type { AnswerOptions, AnswerQuestion, Retrieved } from './answer.ts';
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
  /** Holds where a question brings no policy of its own place. */
  readonly policy?: Policy;
}

/**
 * The one use case: a question to an answer. Same question, same generation, same bytes (timings apart).
 * Throws EMBEDDING_FAILED when the model cannot run; never for what a question says.
 */
export function createAnswerer({ library, embedder, policy: general = [] }: AnswererDependencies): AnswerQuestion {
  return async (text, options = {}) => {
    const started = performance.now();
    const question = parseQuestion(text);
    const requirements = merged(question.requirements, options.requirements ?? []);
    const parts = weighQuestion(text);
    const parsed = performance.now();
    const vector = await embedder.embedQuestion(parts);
    const embedded = performance.now();
    // From here on nothing waits: an answer that queued for its embedding keeps no old generation in memory.
    const { knowledge, rules } = library();
    const query = createQuery(parts, vector);
    const ranked = retrieve(knowledge, query, RETRIEVED);
    const citations = chooseQuotes(knowledge, query, ranked);
    const searched = performance.now();
    const judged = judgeScope(question, ranked, citations.length);
    const { sureness, calibration } = judged;
    // What the message leaves open may have been said before, or chosen by a control.
    const reason = judged.reason === 'needs-detail' && requirements.length > 0 ? null : judged.reason;
    const { priorities, policy = general } = options;
    const advise = () =>
      recommend(requirements, rules, { among: question.choices, ...(priorities && { priorities }), policy });
    const recommendation = reason === null ? advise() : null;
    const nextQuestion =
      reason === null || reason === 'needs-detail' ? (recommendation ?? advise()).nextQuestion : null;
    return {
      id: answerId(text, requirements, knowledge, rules, options),
      question: text,
      kind: reason === null ? 'answered' : 'abstained',
      reason,
      sureness,
      calibration,
      requirements,
      recommendation,
      nextQuestion,
      citations,
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

/** What is said now stands before what was said earlier: of one requirement, and of its being wanted. */
function merged(now: readonly Requirement[], earlier: readonly Requirement[]): readonly Requirement[] {
  const said = new Set(now.map(({ id }) => id));
  return earlier.length === 0 ? now : [...now, ...earlier.filter(({ id }) => !said.has(id))];
}

function answerId(
  text: string,
  requirements: readonly Requirement[],
  knowledge: KnowledgeBase,
  rules: ResolvedRules,
  { priorities, policy }: AnswerOptions,
): string {
  const said = requirements.map(({ id, wanted }) => [id, wanted]);
  const parts = [text, said, priorities ?? {}, policy ?? null, knowledge.manifest.generation, rules.version];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
}

function shown(knowledge: KnowledgeBase, { passage, score, dense, lexical }: RankedPassage): Retrieved {
  return { text: passageText(knowledge, passage), path: passage.path, heading: passage.heading, score, dense, lexical };
}
