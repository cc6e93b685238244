import { type AnswerFigures, type QuestionOutcome, summarise } from './evaluate-answers.ts';
import { RANKINGS, type SetFigures } from './evaluate-set.ts';
import { percent, signed } from './evaluation-tables.ts';
import { type Html, html } from './html.ts';
import { bars, curve, reliabilityPlot } from './plots.ts';
import { confidenceInterval, type Interval, mean } from './ranking-metrics.ts';

export interface ReportParts {
  /** When it was made, as it is to be shown. */
  readonly date: string;
  /** The index that was asked, where the product's own questions were. */
  readonly generation: string | null;
  readonly outcomes: readonly QuestionOutcome[];
  readonly sets: readonly SetFigures[];
}

/**
 * An evaluation as one HTML page without scripts or outside assets: figures with 95 % intervals, plots, and every
 * question that went wrong. Text of questions is shown as the text it is.
 */
export function evaluationReport({ date, generation, outcomes, sets }: ReportParts): string {
  const about = [date, ...(generation ? [`index ${generation}`] : []), '95 % bootstrap intervals'].join(', ');
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Evaluation of ${date}</title><style>${STYLE}</style></head>
<body><h1>Evaluation</h1><p class="about">${about}</p>
${outcomes.length > 0 ? answersPart(outcomes) : ''}
${sets.length > 0 ? setsPart(sets) : ''}
</body></html>
`.markup;
}

function answersPart(outcomes: readonly QuestionOutcome[]): Html {
  const figures = summarise(outcomes);
  const { abstention } = figures;
  const tiles: readonly (readonly [string, string])[] = [
    ['questions', String(figures.questions)],
    ['labelled passage in first 3', percent(figures.hit3)],
    ['first quote to the point', percent(figures.firstQuote)],
    ['winner right', percent(figures.winnerAccuracy)],
    ['bad advice', percent(figures.badAdvice)],
    ['abstention F1', abstention.f1.toFixed(3)],
  ];
  return html`<ul class="tiles">${tiles.map(([name, value]) => html`<li><strong>${value}</strong> ${name}</li>`)}</ul>
<div class="plots">
<figure>${hitBars(outcomes)}<figcaption>Share of answerable questions whose labelled passage is among the first 1, 3 or 5, and of quotes from labelled sections.</figcaption></figure>
<figure>${reliability(figures)}<figcaption>Of the answers that were given: how sure they said they were, and how many were right to be given.</figcaption></figure>
<figure>${abstentionCurve(outcomes, abstention.f1)}<figcaption>F1 of abstaining, had the bot abstained below each sureness. The dot is the bot as it is, with its fixed rules: precision ${percent(abstention.precision)}, recall ${percent(abstention.recall)}.</figcaption></figure>
</div>
<h2>Winners</h2>${confusionTable(figures)}
<h2>What went wrong</h2>
${failures(
  'Labelled passage not in the first 3',
  outcomes.filter(({ hit3 }) => hit3 === 0),
)}
${failures(
  'Another winner than labelled',
  outcomes.filter(({ winnerRight }) => winnerRight === 0),
)}
${failures(
  'Answered, and should not have been',
  outcomes.filter(({ shouldAbstain, abstained }) => shouldAbstain && !abstained),
)}
${failures(
  'Abstained, and should have answered',
  outcomes.filter(({ shouldAbstain, abstained }) => !shouldAbstain && abstained),
)}`;
}

function hitBars(outcomes: readonly QuestionOutcome[]): Html {
  const bar = (label: string, figure: (outcome: QuestionOutcome) => number | null) => {
    const values = outcomes.map(figure).filter((value): value is number => value !== null);
    return { label, value: mean(values), interval: confidenceInterval(values) };
  };
  return bars(
    'Labelled passages and quotes',
    [
      {
        label: 'passage in the first',
        bars: [bar('1', ({ hit1 }) => hit1), bar('3', ({ hit3 }) => hit3), bar('5', ({ hit5 }) => hit5)],
      },
      {
        label: 'quotes',
        bars: [bar('first', ({ firstQuote }) => firstQuote), bar('all', ({ quotePrecision }) => quotePrecision)],
      },
    ],
    'share',
  );
}

function reliability({ reliability: bands }: AnswerFigures): Html {
  const points = bands
    .filter(({ count }) => count > 0)
    .map(({ from, to, count, right }) => ({
      x: (from + to) / 2,
      y: right / count,
      interval: wilson(right, count),
      label: `sure by ${from.toFixed(2)}-${to.toFixed(2)}: right ${right} of ${count}`,
    }));
  return reliabilityPlot('Reliability of given answers', points, { x: 'how sure', y: 'share rightly given' });
}

function abstentionCurve(outcomes: readonly QuestionOutcome[], f1: number): Html {
  const due = outcomes.filter(({ shouldAbstain }) => shouldAbstain).length;
  const points = Array.from({ length: 51 }, (_, at) => {
    const x = at / 50;
    const below = outcomes.filter(({ sureness }) => sureness < x);
    const right = below.filter(({ shouldAbstain }) => shouldAbstain).length;
    return { x, y: (2 * right) / Math.max(1, below.length + due), label: '' };
  });
  const given = outcomes.filter(({ abstained }) => !abstained).map(({ sureness }) => sureness);
  const least = given.length > 0 ? Math.min(...given) : 0;
  return curve(
    'Abstention by threshold',
    points,
    { x: 'threshold', y: 'F1' },
    { x: least, y: f1, label: f1.toFixed(2) },
  );
}

function confusionTable({ confusion }: AnswerFigures): Html {
  const given = [...new Set(Object.values(confusion).flatMap((row) => Object.keys(row)))].sort();
  return html`<div class="wide"><table><thead><tr><th scope="col">labelled</th>${given.map((id) => html`<th scope="col">${id}</th>`)}</tr></thead>
<tbody>${Object.entries(confusion).map(
    ([expected, row]) =>
      html`<tr><th scope="row">${expected}</th>${given.map((id) => html`<td class="${id === expected ? 'same' : ''}">${row[id] ?? ''}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}

function failures(title: string, outcomes: readonly QuestionOutcome[]): Html {
  return html`<details><summary>${title}: ${outcomes.length}</summary><ul>${outcomes.map(
    ({ id, question, expectedWinner, winner, reason, sureness }) =>
      html`<li><p>${question.length > 400 ? `${question.slice(0, 400).toWellFormed()}…` : question}</p>
<p class="about">${id}; winner ${expectedWinner ?? 'none'} expected, ${winner ?? 'none'} given; ${reason ?? 'answered'}, sure by ${sureness.toFixed(2)}</p></li>`,
  )}</ul></details>`;
}

function setsPart(sets: readonly SetFigures[]): Html {
  const groups = sets.map(({ set, figures }) => ({
    label: set,
    bars: RANKINGS.map((ranking) => ({
      label: ranking,
      isNamed: false,
      value: figures[ranking].ndcg10,
      interval: figures[ranking].ndcg10Interval,
    })),
  }));
  return html`<h2>Labelled sets</h2><div class="plots"><figure>${bars('nDCG@10 by ranking', groups, 'nDCG@10')}<figcaption>nDCG@10: ${RANKINGS.map((ranking, at) => html`<span class="key key${at}"></span> ${ranking} `)}</figcaption></figure></div>
<div class="wide"><table><thead><tr><th scope="col">set</th><th scope="col">queries</th><th scope="col">passages</th>${RANKINGS.map((ranking) => html`<th scope="col">${ranking}</th>`)}<th scope="col">fused less keywords</th><th scope="col">fused less vectors</th></tr></thead>
<tbody>${sets.map(
    ({ set, queries, passages, figures, fusedAgainst }) =>
      html`<tr><th scope="row">${set}</th><td>${queries}</td><td>${passages}</td>${RANKINGS.map((ranking) => html`<td>${figures[ranking].ndcg10.toFixed(3)}</td>`)}<td>${difference(fusedAgainst.keywords)}</td><td>${difference(fusedAgainst.vectors)}</td></tr>`,
  )}</tbody></table></div>`;
}

function difference({
  difference: mean,
  interval: { low, high },
}: {
  readonly difference: number;
  readonly interval: Interval;
}): string {
  return `${signed(mean)} (${signed(low)} to ${signed(high)})`;
}

/** 95 % interval of a share (Wilson, JASA 1927), which stays inside 0-1 for few cases too. */
function wilson(right: number, count: number): Interval {
  const z = 1.96;
  const share = right / count;
  const centre = share + (z * z) / (2 * count);
  const spread = z * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count));
  const scale = 1 + (z * z) / count;
  return { low: (centre - spread) / scale, high: (centre + spread) / scale };
}

const STYLE: Html = {
  markup: `:root{color-scheme:light dark;--ink:light-dark(#18181b,#e8e8ea);--soft:light-dark(#52525b,#a9a9b3);--paper:light-dark(#fff,#17171a);--card:light-dark(#f6f6f8,#202024);--line:light-dark(#d7d7dd,#3a3a41);--a:light-dark(#1d4ed8,#8db4ff);--b:light-dark(#a1a1aa,#71717a);--c:light-dark(#b45309,#f0b060)}
*{box-sizing:border-box}body{margin:0 auto;max-width:70rem;padding:1.25rem 1rem 3rem;color:var(--ink);background:var(--paper);font:1rem/1.55 system-ui,sans-serif;overflow-wrap:anywhere}
h1{margin:0;font-size:1.5rem}h2{margin:2rem 0 .5rem;font-size:1.2rem}.about,figcaption{color:var(--soft);font-size:.9rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem;padding:0;list-style:none}.tiles li{padding:.75rem;border:1px solid var(--line);border-radius:.5rem;background:var(--card);color:var(--soft);font-size:.9rem}.tiles strong{display:block;color:var(--ink);font-size:1.4rem}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:1rem}figure{margin:0;padding:.75rem;border:1px solid var(--line);border-radius:.5rem;background:var(--card)}svg{display:block;width:100%;height:auto}
.grid{stroke:var(--line)}.guide{stroke:var(--soft);stroke-dasharray:4 4}.line{fill:none;stroke:var(--a);stroke-width:2.5}.dot{fill:var(--c)}.whisker{fill:none;stroke:var(--ink);opacity:.65}.key{display:inline-block;width:.8em;height:.8em;margin-left:.5em}.key0{background:var(--b)}.key1{background:var(--c)}.key2{background:var(--a)}.bar0{fill:var(--b)}.bar1{fill:var(--c)}.bar2{fill:var(--a)}
text{fill:var(--ink);font-size:11px}.tick,.axis{fill:var(--soft)}.group{font-weight:600}
.wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}th,td{padding:.3rem .7rem;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}th:first-child{text-align:left}.same{font-weight:700}
details{margin:.5rem 0;padding:.5rem .75rem;border:1px solid var(--line);border-radius:.5rem}summary{cursor:pointer;font-weight:600}li p{margin:.25rem 0}`,
};
