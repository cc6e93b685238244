import type { CandidateId } from './candidate.ts';

/** Where a rule's justification stands: a document of the corpus and a sentence of it, word for word. */
export interface EvidenceReference {
  /** Path below the corpus folder, without its ending: `systems/torchserve`. */
  readonly document: string;
  readonly quote: string;
}

/** A requirement that must be wanted, or (`not `) must be ruled out, for a rule to fire. */
export interface Condition {
  readonly requirement: string;
  readonly wanted: boolean;
}

interface RuleBase {
  readonly id: string;
  /** All of them must hold; none means that the rule always fires. */
  readonly when: readonly Condition[];
  /** One sentence, our words. */
  readonly reason: string;
  readonly validFrom: string;
  /** The file that holds it, for messages. */
  readonly file: string;
}

/** Points for or against a candidate. */
export interface ScoreRule extends RuleBase {
  readonly kind: 'score';
  readonly candidate: CandidateId;
  readonly weight: number;
  readonly evidence: EvidenceReference;
}

/** A candidate that cannot do what is required. */
export interface ExcludeRule extends RuleBase {
  readonly kind: 'exclude';
  readonly candidate: CandidateId;
  readonly evidence: EvidenceReference;
}

/** Decides between runtimes with equal points: the one that belongs to the framework that won. */
export interface TieBreakRule extends RuleBase {
  readonly kind: 'tie-break';
  readonly candidate: CandidateId;
  readonly evidence: EvidenceReference;
}

/** A drawback that costs no points and is shown in the case against. */
export interface CaveatRule extends RuleBase {
  readonly kind: 'caveat';
  readonly candidate: CandidateId;
  readonly evidence: EvidenceReference;
}

/** A requirement on which the sources disagree: a winner needs `weight` points more of margin. */
export interface ContestedRule extends RuleBase {
  readonly kind: 'contested';
  readonly weight: number;
  readonly dependsOn: string;
  readonly sides: readonly { readonly claim: string; readonly evidence: EvidenceReference }[];
}

export type Rule = ScoreRule | ExcludeRule | TieBreakRule | CaveatRule | ContestedRule;

/** A question that the advisor may ask back. */
export interface ClarifyingQuestion {
  readonly aspect: string;
  readonly text: string;
  /** What the answer settles, as part of a sentence: "where the model has to run". */
  readonly settles: string;
  readonly options: readonly { readonly label: string; readonly requirement: string }[];
}

/** One row of the comparison grid, as far as the corpus says something. */
export interface Criterion {
  readonly id: string;
  readonly name: string;
  readonly cells: readonly CriterionCell[];
}

export interface CriterionCell {
  readonly candidate: CandidateId;
  /** A few words; the quoted sentence says the rest. */
  readonly value: string;
  readonly evidence: EvidenceReference;
}

export interface RuleSet {
  /** The first 12 hex digits of a hash over all rules and questions. */
  readonly version: string;
  readonly rules: readonly Rule[];
  readonly questions: readonly ClarifyingQuestion[];
  /** Requirement id -> what it means in a few words, the commonest needs first. */
  readonly labels: Readonly<Record<string, string>>;
  /** Rows of the comparison grid, in the order of their file. */
  readonly criteria: readonly Criterion[];
}
