import { type Html, html } from './html.ts';
import type { Interval } from './ranking-metrics.ts';

/** Units of the drawings; they scale with the page. */
const WIDTH = 480;
const HEIGHT = 300;
const LEFT = 44;
const BOTTOM = 40;
const TOP = 12;
const RIGHT = 12;

const across = (share: number): number => round(LEFT + share * (WIDTH - LEFT - RIGHT));
const up = (share: number): number => round(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP));
const round = (value: number): number => Math.round(value * 10) / 10;

const TICKS = [0, 0.25, 0.5, 0.75, 1];

export interface Point {
  /** Both 0-1. */
  readonly x: number;
  readonly y: number;
  /** Of y. */
  readonly interval?: Interval;
  readonly label: string;
}

/** A frame from 0 to 1 on both axes. `title` says to a screen reader what the drawing shows. */
function frame(title: string, axes: { readonly x: string; readonly y: string }, content: Html): Html {
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">
${TICKS.map(
  (tick) => html`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${up(tick)}" y2="${up(tick)}"/>
<text class="tick" x="${LEFT - 6}" y="${up(tick) + 4}" text-anchor="end">${tick}</text>`,
)}
<text class="axis" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${axes.x}</text>
<text class="axis" transform="translate(12 ${(HEIGHT - BOTTOM + TOP) / 2}) rotate(-90)" text-anchor="middle">${axes.y}</text>
${content}</svg>`;
}

function ticksAcross(): Html[] {
  return TICKS.map(
    (tick) =>
      html`<text class="tick" x="${across(tick)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${tick}</text>`,
  );
}

/** Points with their intervals against the diagonal of perfect calibration. */
export function reliabilityPlot(
  title: string,
  points: readonly Point[],
  axes: { readonly x: string; readonly y: string },
): Html {
  return frame(
    title,
    axes,
    html`<line class="guide" x1="${across(0)}" y1="${up(0)}" x2="${across(1)}" y2="${up(1)}"/>
${ticksAcross()}
${points.map(
  ({ x, y, interval, label }) => html`${interval ? whisker(across(x), interval) : ''}
<circle class="dot" cx="${across(x)}" cy="${up(y)}" r="5"><title>${label}</title></circle>`,
)}`,
  );
}

/** A line through points, from left to right. */
export function curve(
  title: string,
  points: readonly Point[],
  axes: { readonly x: string; readonly y: string },
  mark: Point,
): Html {
  const path = points.map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${across(x)} ${up(y)}`).join(' ');
  return frame(
    title,
    axes,
    html`${ticksAcross()}
<path class="line" d="${path}"/>
<circle class="dot" cx="${across(mark.x)}" cy="${up(mark.y)}" r="5"/>
<text class="value" x="${across(mark.x)}" y="${up(mark.y) - 10}" text-anchor="middle">${mark.label}</text>`,
  );
}

export interface Bar {
  readonly label: string;
  /** False where a key beside the drawing names it, for want of room. */
  readonly isNamed?: boolean;
  readonly value: number;
  readonly interval: Interval;
}

/** Groups of bars, each with its value and its interval. */
export function bars(
  title: string,
  groups: readonly { readonly label: string; readonly bars: readonly Bar[] }[],
  y: string,
): Html {
  const count = groups.reduce((sum, group) => sum + group.bars.length + 1, 1);
  const step = 1 / count;
  let place = 0;
  const drawn = groups.map((group) => {
    const first = place + 1;
    const inside = group.bars.map(({ label, isNamed = true, value, interval }, at) => {
      place = first + at;
      const left = across(place * step);
      const width = round(across((place + 1) * step) - left - 3);
      return html`<rect class="bar bar${at}" x="${left}" y="${up(value)}" width="${width}" height="${round(up(0) - up(value))}"><title>${label}: ${value.toFixed(3)}</title></rect>
${whisker(round(left + width / 2), interval)}
<text class="value" x="${round(left + width / 2)}" y="${up(Math.max(value, interval.high)) - 5}" text-anchor="middle">${value.toFixed(2)}</text>
${isNamed ? html`<text class="tick" x="${round(left + width / 2)}" y="${HEIGHT - BOTTOM + 13}" text-anchor="middle">${label}</text>` : ''}`;
    });
    const middle = across((first + group.bars.length / 2) * step);
    place += 1;
    return html`${inside}<text class="group" x="${middle}" y="${HEIGHT - BOTTOM + 28}" text-anchor="middle">${group.label}</text>`;
  });
  return frame(title, { x: '', y }, html`${drawn}`);
}

function whisker(x: number, { low, high }: Interval): Html {
  return html`<path class="whisker" d="M${x} ${up(low)} V${up(high)} M${x - 4} ${up(low)} h8 M${x - 4} ${up(high)} h8"/>`;
}
