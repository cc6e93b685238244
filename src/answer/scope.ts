import type { Question } from '../question/question.ts';
import type { RankedPassage } from '../retrieval/retriever.ts';
import type { AbstentionReason } from './answer.ts';
import { probability } from './logistic-model.ts';
import { ORDER, OTHER_STACK, SCOPE_FEATURES, scopeFeatures } from './scope-features.ts';
import fitted from './scope-model.json' with { type: 'json' };
import { createTopicJudge } from './topic.ts';

export interface Scope {
  /** Why there is no answer, or null when there is one. */
  readonly reason: AbstentionReason | null;
  /** How sure it is that this is a question the corpus answers, 0-1, calibrated on labelled questions. */
  readonly sureness: number;
  readonly calibration: { readonly right: number; readonly count: number } | null;
}

/** How much a message is about frameworks, by its embedding. */
export const judgeTopic = createTopicJudge(fitted.topic);

const weights: Readonly<Record<string, number>> = fitted.weights;
const model = { intercept: fitted.intercept, weights: SCOPE_FEATURES.map((name) => weights[name] ?? 0) };

/** Under this the bot abstains: the threshold with the best F1 on the training questions. */
const THRESHOLD = fitted.threshold;
/**
 * Nothing in the corpus is on the matter below this, whatever a message is about: of 448 labelled questions that ours
 * answers 4 in English are; of the same, asked of three manuals of other tools, nine in ten. The model was fitted on our
 * corpus alone, where every question of frameworks finds something.
 */
const EVIDENCE = 0.35;
/** The embedding model reads English: of other languages it sees the names. */
const FOREIGN_EVIDENCE = 0.2;
/** A message with fewer words than this that names nothing cannot be answered, whatever it is near to. */
const FEW_WORDS = 7;

/**
 * Decides whether a message is answered: a logistic model over the features, fitted by `npm run evaluate -- --fit`.
 * Instructions to the machine are never answered, however near they come. `topic` is what `judgeTopic` says.
 */
export function judgeScope(question: Question, ranked: readonly RankedPassage[], quotes: number, topic: number): Scope {
  const sureness = probability(model, scopeFeatures(question, ranked, topic));
  const reason = reasonOf(question, quotes, sureness, evidenceOf(ranked));
  return { reason, sureness, calibration: calibrationOf(sureness) };
}

/** How near the corpus comes: cosine of the best passage or of the best sentence in the first ones. */
function evidenceOf(ranked: readonly RankedPassage[]): number {
  return Math.max(0, ...ranked.slice(0, 5).flatMap(({ dense, sentence }) => [dense, sentence]));
}

function reasonOf(question: Question, quotes: number, sureness: number, evidence: number): AbstentionReason | null {
  const { form, names, requirements, language } = question;
  const text = question.text.slice(0, 2000);
  // An error message asks for a repair, however near the corpus comes to its words: it never gets a verdict.
  if (form === 'chat' || form === 'error' || ORDER.test(text)) return 'out-of-scope';
  const isAboutFrameworks = names.length > 0 || requirements.length > 0;
  const isShort = text.split(/\s+/).length < FEW_WORDS;
  if (form === 'choice' && !isAboutFrameworks && isShort && !OTHER_STACK.test(text)) return 'needs-detail';
  const isFar = evidence < (language === 'en' ? EVIDENCE : FOREIGN_EVIDENCE);
  if (sureness < THRESHOLD || isFar) return isAboutFrameworks && form !== 'how-to' ? 'no-evidence' : 'out-of-scope';
  return quotes === 0 ? 'no-evidence' : null;
}

/** Fewer cases than this say nothing. */
const CASES_NEEDED = 20;

function calibrationOf(sureness: number): Scope['calibration'] {
  const band = fitted.reliability.find(({ from, to }) => sureness >= from && sureness < to);
  return band && band.count >= CASES_NEEDED ? { right: band.right, count: band.count } : null;
}
