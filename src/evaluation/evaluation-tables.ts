import type { AnswerFigures, QuestionOutcome } from './evaluate-answers.ts';
import { RANKINGS, type SetFigures } from './evaluate-set.ts';

/** A set's figures as lines for a terminal. */
export function setTable({ set, queries, documents, passages, figures, fusedAgainst }: SetFigures): string {
  const rows = RANKINGS.map((ranking) => {
    const { ndcg10, ndcg10Interval, recall100 } = figures[ranking];
    const interval = `(${ndcg10Interval.low.toFixed(3)}-${ndcg10Interval.high.toFixed(3)})`;
    return `${ranking.padEnd(9)} nDCG@10 ${ndcg10.toFixed(3)} ${interval}  recall@100 ${recall100.toFixed(3)}`;
  });
  const paired = (['keywords', 'vectors'] as const).map((other) => {
    const { difference, interval } = fusedAgainst[other];
    return `fused - ${other}: ${signed(difference)} (${signed(interval.low)} to ${signed(interval.high)})`;
  });
  const head = `${set}: ${queries} queries, ${documents} documents, ${passages} passages; 95 % intervals in brackets`;
  return [head, ...rows, ...paired].join('\n');
}

/** The product's own figures as lines for a terminal, with the confusion of winners and the reliability of answers. */
export function answersTable(figures: AnswerFigures): string {
  const { abstention, confusion, reliability } = figures;
  const lines = [
    `${figures.questions} questions`,
    `labelled passage in the first 1 / 3 / 5: ${percent(figures.hit1)} / ${percent(figures.hit3)} / ${percent(figures.hit5)}`,
    `quotes from labelled sections: ${percent(figures.quotePrecision)}; first quote: ${percent(figures.firstQuote)}`,
    `winner right: ${percent(figures.winnerAccuracy)}; bad advice: ${percent(figures.badAdvice)}`,
    `abstention: precision ${percent(abstention.precision)}, recall ${percent(abstention.recall)}, F1 ${abstention.f1.toFixed(3)}`,
    'winner expected -> given:',
    ...Object.entries(confusion).map(
      ([expected, given]) =>
        `  ${expected}: ${Object.entries(given)
          .map(([id, count]) => `${id} ${count}`)
          .join(', ')}`,
    ),
    'answers this sure -> rightly given:',
    ...reliability
      .filter(({ count }) => count > 0)
      .map(({ from, to, count, right }) => `  ${from.toFixed(2)}-${to.toFixed(2)}: ${right} of ${count}`),
  ];
  return lines.join('\n');
}

/** Which questions a change won and lost, by passage rank, winner and abstention. */
export function comparisonTable(before: readonly QuestionOutcome[], after: readonly QuestionOutcome[]): string {
  const known = new Map(before.map((outcome) => [outcome.id, outcome]));
  const lines: string[] = [];
  const aspects: readonly (readonly [string, (outcome: QuestionOutcome) => number | null])[] = [
    ['passage in first 3', ({ hit3 }) => hit3],
    ['winner', ({ winnerRight }) => winnerRight],
    ['abstention', ({ shouldAbstain, abstained }) => Number(shouldAbstain === abstained)],
  ];
  for (const [name, figure] of aspects) {
    for (const outcome of after) {
      const old = known.get(outcome.id);
      if (!old) continue;
      const [was, is] = [figure(old), figure(outcome)];
      if (was !== null && is !== null && was !== is)
        lines.push(
          `${is > was ? 'won ' : 'lost'} ${name}: ${outcome.id} ${outcome.question.slice(0, 90).replace(/\s+/g, ' ')}`,
        );
    }
  }
  return lines.length === 0 ? 'no question changed' : lines.join('\n');
}

/** A share of 1 in per cent. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** A difference with its sign. */
export function signed(value: number): string {
  return `${value >= 0 ? '+' : ''}${value.toFixed(3)}`;
}
