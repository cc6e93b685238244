import { getDocumentProxy } from 'unpdf';
import { AdvisorError, messageOf } from '../errors.ts';
import { createTextBuilder, type ExtractedText } from './extracted-text.ts';

/** Pages read; what follows is named in the report. */
const MAX_PAGES = 2_000;
/** A line this much taller than the body's is a heading. */
const HEADING_RATIO = 1.15;
const HEADING_MAX_CHARACTERS = 120;
/** Running heads and feet: the same line on at least this many pages and this share of them. */
const REPEATED_PAGES = 3;
const REPEATED_SHARE = 0.5;

interface Line {
  readonly text: string;
  readonly height: number;
  /** Distance from the line above, in this line's heights. */
  readonly gap: number;
}

/** The text layer of a PDF by page: headings by size, paragraphs by spacing, running heads and feet dropped. */
export async function extractPdf(bytes: Uint8Array): Promise<ExtractedText> {
  let document: Awaited<ReturnType<typeof getDocumentProxy>>;
  try {
    document = await getDocumentProxy(new Uint8Array(bytes), {
      isEvalSupported: false,
      useSystemFonts: false,
      verbosity: 0,
    });
  } catch (cause) {
    throw new AdvisorError('DOCUMENT_INVALID', `the PDF cannot be read: ${messageOf(cause)}`, { cause });
  }
  const count = Math.min(document.numPages, MAX_PAGES);
  const pages: Line[][] = [];
  let failed = 0;
  for (let number = 1; number <= count; number++) {
    try {
      const page = await document.getPage(number);
      pages.push(linesOf((await page.getTextContent()).items as readonly TextItem[]));
      page.cleanup();
    } catch {
      pages.push([]);
      failed++;
    }
  }
  const builder = createTextBuilder();
  if (document.numPages > count) builder.removed[`pages after ${MAX_PAGES}`] = document.numPages - count;
  if (failed > 0) builder.removed['unreadable pages'] = failed;
  const body = bodyHeight(pages);
  const isRunning = runningLines(pages);
  for (const [at, lines] of pages.entries()) {
    builder.at(`page ${at + 1}`);
    const kept = lines.filter((line, place) => {
      const drop = (place < 2 || place >= lines.length - 2) && isRunning(line.text);
      if (drop) builder.removed['running heads and feet'] = (builder.removed['running heads and feet'] ?? 0) + 1;
      return !drop;
    });
    for (const paragraph of paragraphs(kept, body)) {
      const height = paragraph[0]?.height ?? body;
      const text = joined(paragraph);
      if (height >= body * HEADING_RATIO && text.length <= HEADING_MAX_CHARACTERS) {
        builder.add('heading', text, height >= body * 1.6 ? 1 : height >= body * 1.35 ? 2 : 3);
      } else builder.add('paragraph', text);
    }
  }
  if (pages.every((lines) => lines.length === 0)) {
    throw new AdvisorError(
      'DOCUMENT_INVALID',
      'the PDF has no text layer: its pages are pictures (run a text recognition first)',
    );
  }
  const info = (await document.getMetadata().catch(() => null))?.info as { Title?: unknown } | undefined;
  const title = typeof info?.Title === 'string' && info.Title.trim() !== '' ? info.Title : null;
  return builder.build({ title });
}

interface TextItem {
  readonly str?: string;
  readonly transform?: readonly number[];
  readonly height?: number;
  readonly hasEOL?: boolean;
}

function linesOf(items: readonly TextItem[]): Line[] {
  const lines: Line[] = [];
  let text = '';
  let height = 0;
  let top = Number.NaN;
  let above = Number.NaN;
  const flush = (): void => {
    const clean = text.replace(/\s+/g, ' ').trim();
    if (clean !== '') {
      const gap = Number.isNaN(above) || height === 0 ? 0 : Math.abs(above - top) / height;
      lines.push({ text: clean, height: Math.round(height * 10) / 10, gap });
      above = top;
    }
    text = '';
    height = 0;
    top = Number.NaN;
  };
  for (const { str, transform, height: own = 0, hasEOL } of items) {
    if (str === undefined) continue;
    const y = transform?.[5] ?? Number.NaN;
    if (!Number.isNaN(top) && str.trim() !== '' && Math.abs(y - top) > Math.max(2, height * 0.6)) flush();
    if (str.trim() !== '') {
      if (Number.isNaN(top)) top = y;
      height = Math.max(height, own || Math.abs(transform?.[3] ?? 0));
    }
    text += str;
    if (hasEOL) flush();
  }
  flush();
  return lines;
}

/** The height in which most characters are set. */
function bodyHeight(pages: readonly Line[][]): number {
  const counts = new Map<number, number>();
  for (const { height, text } of pages.flat()) counts.set(height, (counts.get(height) ?? 0) + text.length);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 10;
}

function runningLines(pages: readonly Line[][]): (text: string) => boolean {
  const counts = new Map<string, number>();
  const shape = (text: string): string => text.replace(/\d+/g, '#');
  for (const lines of pages) {
    const ends = new Set([...lines.slice(0, 2), ...lines.slice(-2)].map(({ text }) => shape(text)));
    for (const end of ends) counts.set(end, (counts.get(end) ?? 0) + 1);
  }
  const enough = Math.max(REPEATED_PAGES, pages.length * REPEATED_SHARE);
  return (text) => (counts.get(shape(text)) ?? 0) >= enough;
}

function paragraphs(lines: readonly Line[], body: number): Line[][] {
  const groups: Line[][] = [];
  const usual =
    median(
      lines
        .slice(1)
        .map(({ gap }) => gap)
        .filter((gap) => gap > 0),
    ) || 1.2;
  for (const line of lines) {
    const last = groups.at(-1)?.at(-1);
    const isTall = (height: number): boolean => height >= body * HEADING_RATIO;
    const breaks =
      !last ||
      line.gap > usual * 1.4 ||
      isTall(line.height) !== isTall(last.height) ||
      /^(?:[\u2022\u25cf\u25aa\u2013*-]|\d{1,2}[.)])\s/.test(line.text);
    if (breaks) groups.push([line]);
    else (groups.at(-1) as Line[]).push(line);
  }
  return groups;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** Lines as one paragraph; a word divided at a line's end is put together again. */
function joined(lines: readonly Line[]): string {
  let text = '';
  for (const line of lines) {
    if (/\p{Ll}-$/u.test(text) && /^\p{Ll}/u.test(line.text)) text = text.slice(0, -1) + line.text;
    else text += text === '' ? line.text : ` ${line.text}`;
  }
  return text;
}
