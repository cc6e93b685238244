import { AdvisorError } from '../errors.ts';
import { CANDIDATE_NAMES, type CandidateId } from './candidate.ts';
import type { ResolvedRules } from './evidence.ts';
import type { Evidence } from './recommendation.ts';

/** What stands where no passage of the corpus says anything: never a guess. */
export const NO_EVIDENCE = 'no evidence';
/** Candidates beside each other; more do not fit a message, a page or a head. */
const MAX_CANDIDATES = 6;

interface ComparisonCell {
  readonly candidate: CandidateId;
  /** A few words; NO_EVIDENCE where there are none. */
  readonly value: string;
  /** The number of its citation, counted from 1 over the grid; null without evidence. */
  readonly n: number | null;
}

export interface Comparison {
  readonly candidates: readonly CandidateId[];
  readonly rows: readonly { readonly criterion: string; readonly cells: readonly ComparisonCell[] }[];
  /** In the order of their numbers. Cells that rest on the same sentence share its number. */
  readonly citations: readonly Evidence[];
}

/**
 * The grid of some candidates over all criteria that say something of at least one of them.
 * Throws AdvisorError USAGE for fewer than two candidates or more than six.
 */
export function compare(candidates: readonly CandidateId[], rules: ResolvedRules): Comparison {
  const chosen = [...new Set(candidates)];
  if (chosen.length < 2 || chosen.length > MAX_CANDIDATES) {
    throw new AdvisorError(
      'USAGE',
      `expected 2 to ${MAX_CANDIDATES} different candidates to compare, got ${chosen.length}`,
    );
  }
  const citations: Evidence[] = [];
  const numbers = new Map<string, number>();
  const cite = (citation: Evidence): number => {
    const key = `${citation.path}\0${citation.quote}`;
    const known = numbers.get(key);
    if (known) return known;
    citations.push(citation);
    numbers.set(key, citations.length);
    return citations.length;
  };
  const rows: Comparison['rows'][number][] = [];
  for (const { name, cells } of rules.criteria) {
    const found = chosen.map((candidate) => ({ candidate, cell: cells.find((cell) => cell.candidate === candidate) }));
    if (found.every(({ cell }) => cell === undefined)) continue;
    rows.push({
      criterion: name,
      cells: found.map(({ candidate, cell }) => ({
        candidate,
        value: cell?.value ?? NO_EVIDENCE,
        n: cell ? cite(cell.citation) : null,
      })),
    });
  }
  return { candidates: chosen, rows, citations };
}

/** The grid's header: the corner, then the candidates by name. */
export function comparisonColumns({ candidates }: Comparison): string[] {
  return ['Criterion', ...candidates.map((id) => CANDIDATE_NAMES[id])];
}

/** The grid as rows of text, citation numbers in brackets: what tables are rendered from. */
export function comparisonRows({ rows }: Comparison): string[][] {
  return rows.map(({ criterion, cells }) => [criterion, ...cells.map(cellText)]);
}

/** The grid as a list for screen readers and plain text: every line says what it is about. */
export function comparisonList({ rows }: Comparison): string[] {
  return rows.map(({ criterion, cells }) => {
    const values = cells.map((cell) => `${CANDIDATE_NAMES[cell.candidate]}: ${cellText(cell)}`);
    return `${criterion}. ${values.join('; ')}.`;
  });
}

function cellText({ value, n }: ComparisonCell): string {
  return n === null ? value : `${value} [${n}]`;
}

/** The grid as CSV (RFC 4180): one line per cell, with its passage, so that a spreadsheet can filter it. */
export function comparisonCsv({ rows, citations }: Comparison): string {
  const lines = [['criterion', 'candidate', 'value', 'quote', 'document', 'heading', 'line', 'url', 'checked']];
  for (const { criterion, cells } of rows) {
    for (const { candidate, value, n } of cells) {
      const citation = n === null ? undefined : citations[n - 1];
      const place = citation
        ? [
            citation.quote,
            citation.path,
            citation.heading,
            String(citation.startLine),
            citation.url ?? '',
            citation.date ?? '',
          ]
        : ['', '', '', '', '', ''];
      lines.push([criterion, CANDIDATE_NAMES[candidate], value, ...place]);
    }
  }
  return lines.map((fields) => `${fields.map(csvField).join(',')}\r\n`).join('');
}

/** A field that a spreadsheet would run as a formula is made text by a leading apostrophe (OWASP, CSV injection). */
function csvField(text: string): string {
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
