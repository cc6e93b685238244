import type { CandidateId, FrameworkId, RuntimeId } from './candidate.ts';

/** Something the asker wants, has, or rules out, with the words that said so. */
export interface Requirement {
  /** `<aspect>:<value>`, for instance `target:mobile`, `goal:research`, `team:knows-tensorflow`. */
  readonly id: string;
  /** The asker's exact words, a span of the question as asked; for a requirement set by a control, its label. */
  readonly trigger: string;
  /** False when the asker ruled it out ("not on mobile"). */
  readonly wanted: boolean;
}

/** The corpus span that justifies a rule, at its place in the index that answers. */
export interface Evidence {
  readonly title: string;
  readonly path: string;
  readonly heading: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly quote: string;
  readonly url: string | null;
  readonly date: string | null;
}

/** One fired rule: why a candidate gained or lost. */
export interface Reason {
  readonly rule: string;
  readonly candidate: CandidateId;
  /** Points added to the candidate's score; negative for a drawback. */
  readonly weight: number;
  readonly requirement: string;
  readonly trigger: string;
  /** One sentence, our words. */
  readonly reason: string;
  readonly citation: Evidence;
}

/** A candidate that cannot do what is required, or that the policy forbids: shown apart, never as a low score. */
export interface Exclusion {
  readonly candidate: CandidateId;
  /** Rule id, or policy entry such as `P3`. */
  readonly by: string;
  readonly reason: string;
  readonly trigger: string;
  readonly citation: Evidence | null;
}

export interface Ranked<Id> {
  readonly framework: Id;
  readonly score: number;
}

/** One side of a question on which the sources disagree or no measurement decides. */
export interface ContestedSide {
  /** One sentence, our words. */
  readonly claim: string;
  readonly citation: Evidence;
}

/** A requirement that no rule can settle: both sides are shown, and a winner needs a larger margin. */
export interface Contested {
  readonly rule: string;
  readonly requirement: string;
  readonly trigger: string;
  /** What it depends on, one sentence. */
  readonly dependsOn: string;
  readonly sides: readonly ContestedSide[];
}

/** The smallest change of requirements that changes the winner. */
export interface Flip {
  readonly change: readonly { readonly kind: 'add' | 'drop'; readonly requirement: string; readonly label: string }[];
  readonly winner: FrameworkId | 'depends';
}

/** The question whose answer most splits the candidates. */
export interface NextQuestion {
  readonly aspect: string;
  readonly text: string;
  readonly options: readonly {
    readonly label: string;
    readonly requirement: string;
    readonly leadsTo: FrameworkId | 'depends';
  }[];
}

export interface Recommendation {
  readonly winner: FrameworkId | 'depends';
  /** What `depends` depends on, one sentence; null when there is a winner. */
  readonly dependsOn: string | null;
  /** Highest first; excluded candidates are absent. */
  readonly ranking: readonly Ranked<FrameworkId>[];
  readonly runtime: { readonly winner: RuntimeId | 'depends'; readonly ranking: readonly Ranked<RuntimeId>[] } | null;
  readonly reasons: readonly Reason[];
  readonly excluded: readonly Exclusion[];
  readonly contested: readonly Contested[];
  readonly flips: readonly Flip[];
  readonly nextQuestion: NextQuestion | null;
  readonly caseAgainst: readonly Evidence[];
  /** 0-1: the winner's margin over the runner-up as a share of the points given (docs/rules.md). */
  readonly confidence: number;
  /** Identifies the rules that were applied: the same rules and requirements give the same recommendation. */
  readonly rulesVersion: string;
}
