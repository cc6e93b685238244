import type { CandidateId, FrameworkId } from '../recommendation/candidate.ts';
import type { Requirement } from '../recommendation/recommendation.ts';

/** What kind of message it looks like, from its surface alone. Whether it is answered is decided elsewhere. */
export type QuestionForm = 'choice' | 'comparison' | 'fact' | 'how-to' | 'error' | 'chat' | 'other';

/** ISO 639-1 of the languages that are told apart; `other` for the rest. A guess for short messages. */
export type Language = 'en' | 'zh' | 'ja' | 'ko' | 'ru' | 'es' | 'fr' | 'de' | 'pt' | 'other';

/** A system that the message names, with the words that name it: a span of the text as asked, `end` exclusive. */
export interface NamedSystem {
  /** Canonical id of the system, for instance `torchserve`. */
  readonly id: string;
  /** The candidate that it is, or null for a system that is no candidate (TorchServe, Caffe). */
  readonly candidate: CandidateId | null;
  /** The training framework that it belongs to, or null where it is neutral (ONNX, TensorBoard). */
  readonly family: FrameworkId | null;
  /** Major version where the message gives one ("TF 1.x" is 1), or null. */
  readonly version: number | null;
  readonly words: string;
  readonly start: number;
  readonly end: number;
}

/** A message as understood: what it names, what its asker needs, what it looks like. */
export interface Question {
  readonly text: string;
  readonly form: QuestionForm;
  readonly language: Language;
  readonly names: readonly NamedSystem[];
  /** The frameworks that the asker chooses between: two or more, or none. */
  readonly choices: readonly FrameworkId[];
  readonly requirements: readonly Requirement[];
  /** True when the message was too long to be read whole. */
  readonly cut: boolean;
}
