import { createRequire } from 'node:module';
import { AdvisorError, messageOf } from '../errors.ts';
import { type Comparison, comparisonColumns, comparisonRows, NO_EVIDENCE } from './compare.ts';

/** Pixels, before scaling. */
const FIRST_COLUMN = 190;
const COLUMN = 230;
const LINE = 19;
const PADDING = 12;
const FONT_SIZE = 14;
/** Twice the size in pixels, for sharp text on dense screens. */
const SCALE = 2;
/** Mean width of a character of the font, as a share of its size; text is wrapped by it. */
const CHARACTER = 0.47;

const INK = '#1c2733';
const QUIET = '#5b6672';
const RULE = '#c9d1d9';
const HEAD = '#e8edf2';
const BAND = '#f6f8fa';

/** The grid drawn as SVG: rows and columns of wrapped text. No meaning is carried by colour alone. */
export function comparisonSvg(comparison: Comparison, title: string): string {
  const columns = comparisonColumns(comparison);
  const table = [columns, ...comparisonRows(comparison)].map((row) => row.map((text, at) => wrap(text, widthOf(at))));
  const width = FIRST_COLUMN + (columns.length - 1) * COLUMN;
  const top = LINE + 2 * PADDING;
  const parts = [text(title, PADDING, PADDING + LINE - 4, { size: 16, weight: 600 })];
  let y = top;
  table.forEach((row, at) => {
    const height = Math.max(...row.map((lines) => lines.length)) * LINE + PADDING;
    const fill = at === 0 ? HEAD : at % 2 === 0 ? BAND : '#ffffff';
    parts.push(`<rect x="0" y="${y}" width="${width}" height="${height}" fill="${fill}"/>`);
    parts.push(`<line x1="0" y1="${y}" x2="${width}" y2="${y}" stroke="${RULE}"/>`);
    row.forEach((lines, column) => {
      const isHead = at === 0 || column === 0;
      const isBlank = lines[0] === NO_EVIDENCE;
      lines.forEach((line, number) => {
        const left = (column === 0 ? 0 : FIRST_COLUMN + (column - 1) * COLUMN) + PADDING;
        const baseline = y + PADDING / 2 + (number + 1) * LINE - 5;
        parts.push(text(line, left, baseline, { weight: isHead ? 600 : 400, colour: isBlank ? QUIET : INK }));
      });
    });
    y += height;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y + 1}" viewBox="0 0 ${width} ${y + 1}"><rect width="100%" height="100%" fill="#ffffff"/>${parts.join('')}</svg>`;
}

/** Drawn pictures by their SVG, some 0.2 MB each; the same two frameworks are compared again and again. */
const drawn = new Map<string, Promise<Uint8Array>>();
const MAX_DRAWN = 24;

/**
 * The grid as a PNG, drawn on this machine with the font that the package ships. Throws AdvisorError PLATFORM_FAILED
 * where the drawing library has no build for the machine; the table and the list say the same.
 */
export function comparisonPng(comparison: Comparison, title: string): Promise<Uint8Array> {
  const svg = comparisonSvg(comparison, title);
  const known = drawn.get(svg);
  if (known) return known;
  const picture = draw(svg);
  if (drawn.size >= MAX_DRAWN) drawn.delete(drawn.keys().next().value as string);
  drawn.set(svg, picture);
  picture.catch(() => drawn.delete(svg));
  return picture;
}

/** Draws in the library's own threads: on the event loop it would hold every other answer up for 0.1 s. */
async function draw(svg: string): Promise<Uint8Array> {
  const require = createRequire(import.meta.url);
  try {
    const { renderAsync } = await import('@resvg/resvg-js');
    const fontFiles = [
      require.resolve('@expo-google-fonts/source-sans-3/400Regular/SourceSans3_400Regular.ttf'),
      require.resolve('@expo-google-fonts/source-sans-3/600SemiBold/SourceSans3_600SemiBold.ttf'),
    ];
    const drawing = await renderAsync(svg, {
      fitTo: { mode: 'zoom', value: SCALE },
      font: { fontFiles, loadSystemFonts: false, defaultFontFamily: 'Source Sans 3' },
    });
    return drawing.asPng();
  } catch (cause) {
    throw new AdvisorError('PLATFORM_FAILED', `the chart could not be drawn: ${messageOf(cause)}`, { cause });
  }
}

function widthOf(column: number): number {
  return (column === 0 ? FIRST_COLUMN : COLUMN) - 2 * PADDING;
}

interface TextStyle {
  readonly size?: number;
  readonly weight?: number;
  readonly colour?: string;
}

function text(
  content: string,
  x: number,
  y: number,
  { size = FONT_SIZE, weight = 400, colour = INK }: TextStyle,
): string {
  return `<text x="${x}" y="${y}" font-family="Source Sans 3" font-size="${size}" font-weight="${weight}" fill="${colour}">${escapeXml(content)}</text>`;
}

function escapeXml(content: string): string {
  // Control characters are not allowed in XML even when escaped.
  const printable = content.replace(/\p{Cc}/gu, ' ');
  return printable.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Greedy word wrap by estimated width; a word longer than a line stands alone. */
function wrap(content: string, width: number): string[] {
  const limit = Math.floor(width / (FONT_SIZE * CHARACTER));
  const lines: string[] = [];
  let line = '';
  for (const word of content.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > limit) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
