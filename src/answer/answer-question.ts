import { createHash } from 'node:crypto';
import type { Embedder } from '../knowledge/embedder.ts';
import { type KnowledgeBase, passageText } from '../knowledge/knowledge-base.ts';
import { parseQuestion } from '../question/parse-question.ts';
import type { ResolvedRules } from '../recommendation/evidence.ts';
import type { Policy } from '../recommendation/policy.ts';
import { recommend } from '../recommendation/recommend.ts';
import type { Recommendation, Requirement } from '../recommendation/recommendation.ts';
import { expandQuestion } from '../retrieval/expansion.ts';
import { createQuery, type RankedPassage, retrieve } from '../retrieval/retriever.ts';
import type { AnswerOptions, AnswerQuestion, Retrieved } from './answer.ts';
import { chooseQuotes } from './quotes.ts';
import { judgeScope, judgeTopic } from './scope.ts';

/** Passages kept in an answer for "show retrieval". */
const RETRIEVED = 10;

/** One generation with the rules that were resolved against it. */
export interface Library {
  readonly knowledge: KnowledgeBase;
  readonly rules: ResolvedRules;
}

/** A recommendation with the rules that it was made by. */
interface Advice {
  readonly rules: ResolvedRules;
  readonly recommendation: Recommendation;
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
  const recommendOnce = createRecommender();
  return async (text, options = {}) => {
    const started = performance.now();
    const question = parseQuestion(text);
    const parts = expandQuestion(question);
    const expanded = performance.now();
    const embedding = embedder.embedQuestion(parts);
    // While the embedding process works: all that needs no vector. Rules are held meanwhile, no generation is.
    const requirements = merged(question.requirements, options.requirements ?? []);
    const { priorities, policy = general } = options;
    const advise = (rules: ResolvedRules): Advice => {
      const given = { among: question.choices, ...(priorities && { priorities }), policy };
      return { rules, recommendation: recommendOnce(requirements, rules, given) };
    };
    const early = advise(library().rules);
    const vector = await embedding;
    const embedded = performance.now();
    const { knowledge, rules } = library();
    const query = createQuery(knowledge, parts, vector);
    const ranked = retrieve(knowledge, query, RETRIEVED);
    const citations = chooseQuotes(knowledge, query, ranked);
    const searched = performance.now();
    const topic = judgeTopic(vector, knowledge.manifest.model.hash);
    const judged = judgeScope(question, ranked, citations.length, topic);
    const { sureness, calibration } = judged;
    // What the message leaves open may have been said before, or chosen by a control.
    const reason = judged.reason === 'needs-detail' && requirements.length > 0 ? null : judged.reason;
    const { recommendation } = early.rules === rules ? early : advise(rules);
    // Who asks how something is done has chosen already, and who asks for a fact may not choose: quotes, no verdict.
    const isFact = question.form === 'fact' && requirements.length === 0 && question.choices.length === 0;
    const isAdvised = reason === null && question.form !== 'how-to' && !isFact;
    return {
      id: answerId(text, requirements, knowledge, rules, { ...options, policy }),
      question: text,
      kind: reason === null ? 'answered' : 'abstained',
      reason,
      sureness,
      calibration,
      requirements,
      recommendation: isAdvised ? recommendation : null,
      nextQuestion: isAdvised || reason === 'needs-detail' ? recommendation.nextQuestion : null,
      citations,
      retrieved: ranked.map((passage) => shown(knowledge, passage)),
      index: { generation: knowledge.manifest.generation, model: knowledge.manifest.model.id },
      timings: {
        embedMs: embedded - expanded,
        searchMs: searched - embedded,
        totalMs: performance.now() - started,
      },
    };
  };
}

/** Recommendations kept per set of rules; many questions need the same things in the same words. */
const MAX_KEPT = 500;

/** `recommend`, each input once. */
function createRecommender(): typeof recommend {
  const kept = new WeakMap<ResolvedRules, Map<string, Recommendation>>();
  return (requirements, rules, options) => {
    let own = kept.get(rules);
    if (!own || own.size >= MAX_KEPT) {
      own = new Map();
      kept.set(rules, own);
    }
    const key = JSON.stringify([requirements, options]);
    const known = own.get(key);
    if (known) return known;
    const recommendation = recommend(requirements, rules, options);
    own.set(key, recommendation);
    return recommendation;
  };
}

/** What is said now stands before what was said earlier: of one requirement, and of its being wanted. */
function merged(now: readonly Requirement[], earlier: readonly Requirement[]): readonly Requirement[] {
  const said = new Set(now.map(({ id }) => id));
  return earlier.length === 0 ? now : [...now, ...earlier.filter(({ id }) => !said.has(id))];
}

/** The same for the same question under the same rules, wherever it was asked. */
function answerId(
  text: string,
  requirements: readonly Requirement[],
  knowledge: KnowledgeBase,
  rules: ResolvedRules,
  { priorities = {}, policy = [] }: AnswerOptions,
): string {
  const said = requirements.map(({ id, wanted }) => [id, wanted]);
  const parts = [text, said, priorities, policy, knowledge.manifest.generation, rules.version];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
}

function shown(knowledge: KnowledgeBase, { passage, score, dense, lexical }: RankedPassage): Retrieved {
  return { text: passageText(knowledge, passage), path: passage.path, heading: passage.heading, score, dense, lexical };
}
