import type { Policy } from '../recommendation/policy.ts';
import type { NextQuestion, Recommendation, Requirement } from '../recommendation/recommendation.ts';

export type AbstentionReason = 'out-of-scope' | 'no-evidence' | 'conflicting' | 'needs-detail';

/** A word-for-word span of a stored document, at its place. Lines are 1-based, of the stored file. */
export interface Citation {
  readonly n: number;
  readonly title: string;
  /** The source's title, or the file below its corpus folder where the document names none. */
  readonly source: string;
  readonly path: string;
  readonly heading: string;
  readonly startLine: number;
  readonly endLine: number;
  /** For a format that is not text itself: "page 3", "cell 5"; else null. */
  readonly place?: string | null;
  readonly quote: string;
  readonly url: string | null;
  /** ISO date on which the document was last checked, or null. */
  readonly date: string | null;
  /** Character offsets into the stored document, `end` exclusive. */
  readonly start: number;
  readonly end: number;
}

/** One passage as the retriever ranked it, with the scores that put it there. */
export interface Retrieved {
  readonly text: string;
  readonly path: string;
  readonly heading: string;
  /** The fused score that ranks: standard deviations above the corpus's mean for this question. */
  readonly score: number;
  /** Cosine of question and passage vectors. */
  readonly dense: number;
  /** BM25 as a share of what the question's terms could reach at most, 0-1. */
  readonly lexical: number;
}

/** Milliseconds. */
export interface Timings {
  /** Until the question's vector was there; the requirements are weighed meanwhile. */
  readonly embedMs: number;
  /** Search and choice of the quotes. */
  readonly searchMs: number;
  readonly totalMs: number;
}

export interface Answer {
  /** Hash of question, requirements, index generation and rules: equal ids mean equal answers. 12 hex digits. */
  readonly id: string;
  readonly question: string;
  readonly kind: 'answered' | 'abstained';
  readonly reason: AbstentionReason | null;
  /** How sure it is that the message is a question the corpus answers, 0-1; under the threshold it abstains. */
  readonly sureness: number;
  /** On labelled questions: how many answers of this sureness were given, and how many of them rightly; null for few. */
  readonly calibration: { readonly right: number; readonly count: number } | null;
  readonly requirements: readonly Requirement[];
  readonly recommendation: Recommendation | null;
  /** The question back whose answer would tell most, also where too little was said for a recommendation. */
  readonly nextQuestion: NextQuestion | null;
  /** For an abstention: the nearest passages' best sentences, offered as "nearest", not as an answer. */
  readonly citations: readonly Citation[];
  readonly retrieved: readonly Retrieved[];
  readonly index: { readonly generation: string; readonly model: string };
  readonly timings: Timings;
}

export interface AnswerOptions {
  /** What was said before in the same thread, or chosen by a control; what the question says now comes first. */
  readonly requirements?: readonly Requirement[];
  /** Factors by which rules count more or less: see `RecommendOptions`. */
  readonly priorities?: Readonly<Record<string, number>>;
  readonly policy?: Policy;
}

/** The one use case, as every adapter sees it. Never throws for a question's content. */
export type AnswerQuestion = (question: string, options?: AnswerOptions) => Promise<Answer>;
