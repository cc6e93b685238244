import type { Document } from '../knowledge/document.ts';
import { type Passage, plainText, splitIntoPassages } from '../knowledge/passage.ts';
import { TOPICS } from '../knowledge/topics.ts';
import { FRAMEWORKS, RUNTIMES } from '../recommendation/candidate.ts';

/** What is wrong with a corpus, each with the document's path; warnings do not fail a check. */
export interface CorpusFindings {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** Days after which what a document says should be looked at again. */
const STALE_DAYS = 365;
/** Characters. Shorter sentences ("It depends.") may stand in two documents. */
const SHARED_SENTENCE = 30;
/** First words that need the sentence before. */
const LEANS_BACK = /^(?:It|Its|They|Their|This|That|These|Those|Such|He|She)\s(?!of\b)/;
const CANDIDATES = new Set<string>([...FRAMEWORKS, ...RUNTIMES]);

/**
 * Checks what a program can check of the product's own corpus. `tokens` counts the word pieces of a passage as the
 * model reads it; `limit` is the model's length; `today` is an ISO date.
 */
export function checkCorpus(
  documents: readonly Document[],
  tokens: (context: string, text: string) => number,
  limit: number,
  today: string,
): CorpusFindings {
  const problems: string[] = [];
  const warnings: string[] = [];
  const paths = new Set(documents.map(({ path }) => path));
  const sentences = new Map<string, string>();
  for (const document of documents) {
    const problem = (text: string): void => {
      problems.push(`${document.path}: ${text}`);
    };
    checkFacts(document, today, problem, (text) => warnings.push(`${document.path}: ${text}`));
    checkHeadings(document, problem);
    checkLinks(document, paths, problem);
    for (const passage of splitIntoPassages(document)) {
      const length = tokens(
        `${passage.title}. ${passage.heading}.`,
        plainText(document.text.slice(passage.start, passage.end)),
      );
      if (length > limit)
        problem(`the passage "${passage.heading}" has ${length} word pieces; the model reads ${limit}`);
      checkSentences(document, passage, sentences, problem);
    }
  }
  return { problems, warnings };
}

type Report = (text: string) => void;

function checkFacts(document: Document, today: string, problem: Report, warn: Report): void {
  const { frameworks, topics, sources, checked, stance } = document;
  if (topics.length === 0) problem('it names no topic');
  for (const topic of topics) if (!(TOPICS as readonly string[]).includes(topic)) problem(`"${topic}" is no topic`);
  for (const id of frameworks) if (!CANDIDATES.has(id)) problem(`"${id}" is no framework or runtime`);
  if (sources.length === 0) problem('it names no source');
  for (const { title, date } of sources)
    if (date > today) problem(`the source "${title}" is dated ${date}, after today`);
  if (stance === null) problem('it has no stance');
  if (checked === null) problem('it has no date of checking');
  else if (daysBetween(checked, today) > STALE_DAYS) warn(`it was checked on ${checked}, over a year ago`);
}

function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}

function checkHeadings(document: Document, problem: Report): void {
  const headings = document.blocks
    .filter(({ kind }) => kind === 'heading')
    .map(({ start, end }) => document.text.slice(start, end));
  for (const heading of new Set(headings))
    if (headings.filter((other) => other === heading).length > 1) problem(`the heading "${heading}" stands twice`);
  for (const [heading, side] of Object.entries(document.favours)) {
    if (!headings.includes(heading)) problem(`favours names the heading "${heading}", which it does not have`);
    if (!CANDIDATES.has(side)) problem(`favours names "${side}", which is no framework or runtime`);
  }
}

function checkLinks({ path, text }: Document, paths: ReadonlySet<string>, problem: Report): void {
  for (const [, target] of text.matchAll(/\]\((?!https?:|#|mailto:)([^)\s#]+)/g)) {
    const resolved = new URL(target as string, `file:///${path}`).pathname.slice(1);
    if (!paths.has(resolved)) problem(`the link to ${target} leads nowhere`);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u0008\u000b-\u001f\u2014\u200b-\u200f\u202a-\u202e]/.test(text))
    problem('it holds control characters or long dashes');
}

function checkSentences(document: Document, passage: Passage, known: Map<string, string>, problem: Report): void {
  passage.sentences.forEach(({ start, end }, at) => {
    const sentence = document.text.slice(start, end);
    if (at === 0 && LEANS_BACK.test(sentence))
      problem(`the passage "${passage.heading}" begins with "${sentence.slice(0, 30)}", which cannot stand alone`);
    const key = plainText(sentence).toLowerCase();
    const other = known.get(key);
    if (key.length >= SHARED_SENTENCE && other !== undefined && !sentence.startsWith('`'))
      problem(`the sentence "${sentence.slice(0, 60)}..." stands in ${other} too`);
    known.set(key, document.path);
  });
}

/** Of the passages on one topic that speak for a side, how many speak for which. */
export interface TopicBalance {
  readonly topic: string;
  readonly passages: number;
  readonly sides: Readonly<Record<string, number>>;
}

/** Counts, per topic, the passages and those that argue for a side (front matter's `favours`). */
export function balanceOf(documents: readonly Document[]): TopicBalance[] {
  return TOPICS.map((topic) => {
    const sides: Record<string, number> = {};
    let passages = 0;
    for (const document of documents.filter(({ topics }) => topics[0] === topic)) {
      for (const { heading } of splitIntoPassages(document)) {
        passages++;
        const side = document.favours[heading.split(' › ').at(-1) ?? ''];
        if (side) sides[side] = (sides[side] ?? 0) + 1;
      }
    }
    return { topic, passages, sides };
  });
}
