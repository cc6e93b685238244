import type { Answer, AnswerQuestion } from '../answer/answer.ts';
import type { LabelledQuestion } from './labelled-question.ts';
import { mean } from './ranking-metrics.ts';

/** One question's outcome, each figure 0 or 1 unless null (not asked of this question). */
export interface QuestionOutcome {
  readonly id: string;
  readonly question: string;
  readonly hit1: number | null;
  readonly hit3: number | null;
  readonly hit5: number | null;
  /** Share of the quotes that come from a labelled section. */
  readonly quotePrecision: number | null;
  readonly firstQuote: number | null;
  readonly expectedWinner: LabelledQuestion['winner'];
  readonly winner: string | null;
  readonly winnerRight: number | null;
  /** A confident winner that the label rules out. */
  readonly badAdvice: number | null;
  readonly shouldAbstain: boolean;
  readonly abstained: boolean;
  readonly reason: Answer['reason'];
  /** How sure the answer is that it answers, 0-1. */
  readonly sureness: number;
}

export interface AnswerFigures {
  readonly questions: number;
  readonly hit1: number;
  readonly hit3: number;
  readonly hit5: number;
  readonly quotePrecision: number;
  readonly firstQuote: number;
  readonly winnerAccuracy: number;
  readonly badAdvice: number;
  readonly abstention: { readonly precision: number; readonly recall: number; readonly f1: number };
  /** Expected winner -> given winner -> count. */
  readonly confusion: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Of the answers in each band of sureness: how many there are, and how many were right to be given. */
  readonly reliability: readonly {
    readonly from: number;
    readonly to: number;
    readonly count: number;
    readonly right: number;
  }[];
}

/** Asks every question and compares the answer with its labels. */
export async function evaluateAnswers(
  questions: readonly LabelledQuestion[],
  answerQuestion: AnswerQuestion,
): Promise<QuestionOutcome[]> {
  const outcomes: QuestionOutcome[] = [];
  for (const labelled of questions) outcomes.push(outcomeOf(labelled, await answerQuestion(labelled.question)));
  return outcomes;
}

function outcomeOf(labelled: LabelledQuestion, answer: Answer): QuestionOutcome {
  const isLabelled = ({ path, heading }: { path: string; heading: string }): boolean =>
    labelled.answers.some(
      ({ document, heading: wanted }) => path.endsWith(`${document}.md`) && heading.endsWith(wanted),
    );
  const inScope = labelled.answers.length > 0;
  const rank = answer.retrieved.findIndex(isLabelled);
  const within = (depth: number): number | null => (inScope ? Number(rank !== -1 && rank < depth) : null);
  const quotes = answer.citations.map((citation) => Number(isLabelled(citation)));
  const winner = answer.recommendation?.winner ?? null;
  const asksChoice = labelled.winner !== null && labelled.abstain === null;
  return {
    id: labelled.id,
    question: labelled.question,
    hit1: within(1),
    hit3: within(3),
    hit5: within(5),
    quotePrecision: inScope && quotes.length > 0 ? mean(quotes) : null,
    firstQuote: inScope && quotes.length > 0 ? (quotes[0] as number) : null,
    expectedWinner: labelled.winner,
    winner,
    winnerRight: asksChoice ? Number(isRight(labelled.winner, winner)) : null,
    badAdvice: asksChoice ? Number(isBad(labelled.winner, winner)) : null,
    shouldAbstain: labelled.abstain !== null,
    abstained: answer.kind === 'abstained',
    reason: answer.reason,
    sureness: answer.sureness,
  };
}

/** "either" is met by either of the two and by "depends"; an abstention gives no winner, which is wrong. */
function isRight(expected: LabelledQuestion['winner'], given: string | null): boolean {
  if (given === null) return false;
  if (expected === 'either') return given === 'pytorch' || given === 'tensorflow' || given === 'depends';
  return given === expected;
}

function isBad(expected: LabelledQuestion['winner'], given: string | null): boolean {
  if (given === null || given === 'depends' || expected === 'depends') return false;
  return !isRight(expected, given);
}

const BANDS = [0, 0.5, 0.7, 0.8, 0.9, 0.95, 1.000001];

/** The figures of many outcomes. */
export function summarise(outcomes: readonly QuestionOutcome[]): AnswerFigures {
  const average = (figure: (outcome: QuestionOutcome) => number | null): number =>
    mean(outcomes.map(figure).filter((value): value is number => value !== null));
  const abstained = outcomes.filter((outcome) => outcome.abstained);
  const should = outcomes.filter((outcome) => outcome.shouldAbstain);
  const both = abstained.filter((outcome) => outcome.shouldAbstain).length;
  const precision = abstained.length === 0 ? 0 : both / abstained.length;
  const recall = should.length === 0 ? 0 : both / should.length;
  const confusion: Record<string, Record<string, number>> = {};
  for (const { expectedWinner, winner, winnerRight } of outcomes) {
    if (winnerRight === null || expectedWinner === null) continue;
    const row = confusion[expectedWinner] ?? {};
    confusion[expectedWinner] = row;
    const given = winner ?? 'abstained';
    row[given] = (row[given] ?? 0) + 1;
  }
  const answered = outcomes.filter((outcome) => !outcome.abstained);
  return {
    questions: outcomes.length,
    hit1: average(({ hit1 }) => hit1),
    hit3: average(({ hit3 }) => hit3),
    hit5: average(({ hit5 }) => hit5),
    quotePrecision: average(({ quotePrecision }) => quotePrecision),
    firstQuote: average(({ firstQuote }) => firstQuote),
    winnerAccuracy: average(({ winnerRight }) => winnerRight),
    badAdvice: average(({ badAdvice }) => badAdvice),
    abstention: {
      precision,
      recall,
      f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall),
    },
    confusion,
    reliability: BANDS.slice(0, -1).map((from, at) => {
      const to = BANDS[at + 1] as number;
      const own = answered.filter(({ sureness }) => sureness >= from && sureness < to);
      return {
        from,
        to: Math.min(1, to),
        count: own.length,
        right: own.filter(({ shouldAbstain }) => !shouldAbstain).length,
      };
    }),
  };
}
