import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CANDIDATE_NAMES } from './candidate.ts';
import type { Evidence, Reason, Recommendation, Requirement } from './recommendation.ts';

/** What a record says besides the recommendation itself. */
export interface DecisionContext {
  readonly question: string;
  readonly requirements: readonly Requirement[];
  /** The index generation that answered. */
  readonly generation: string;
  /** ISO date (YYYY-MM-DD) of the decision. */
  readonly date: string;
  /** Who saved it, as they are shown; null when unknown. */
  readonly savedBy: string | null;
}

/** A saved record, as lists show it. */
export interface SavedDecision {
  /** Its file name without the ending: date, then the first hex digits of a hash of its content. */
  readonly id: string;
  readonly title: string;
  readonly date: string;
  readonly path: string;
}

/** A recommendation as an architecture decision record (context, requirements, options, decision, evidence) in Markdown. */
export function decisionRecord(recommendation: Recommendation, context: DecisionContext): string {
  const { winner, runtime, ranking, excluded, reasons, caseAgainst } = recommendation;
  const sources = numberSources(reasons, caseAgainst);
  return `${[
    `# ${titleOf(recommendation)}`,
    '',
    `- Date: ${context.date}`,
    '- Status: proposed',
    ...(context.savedBy ? [`- Saved by: ${inline(context.savedBy)}`] : []),
    `- Index generation: ${context.generation}`,
    `- Rules version: ${recommendation.rulesVersion}`,
    '',
    '## Context',
    '',
    `> ${inline(context.question)}`,
    '',
    '## Requirements',
    '',
    ...list(
      context.requirements,
      ({ id, trigger, wanted }) => `${wanted ? '' : 'not '}\`${id}\`${trigger ? `: "${inline(trigger)}"` : ''}`,
      'None stated.',
    ),
    '## Options',
    '',
    ...list(ranking, ({ framework, score }) => `${CANDIDATE_NAMES[framework]}: ${points(score)}`, 'None left.'),
    ...(runtime
      ? list(
          runtime.ranking,
          ({ framework, score }) => `Runtime ${CANDIDATE_NAMES[framework]}: ${points(score)}`,
          'No runtime.',
        )
      : []),
    ...(excluded.length > 0
      ? [
          'Excluded:',
          '',
          ...list(
            excluded,
            ({ candidate, by, reason }) => `${CANDIDATE_NAMES[candidate]} (${by}): ${inline(reason)}`,
            '',
          ),
        ]
      : []),
    '## Decision',
    '',
    winner === 'depends'
      ? `No framework is recommended. ${recommendation.dependsOn ?? ''}`.trim()
      : `Use ${CANDIDATE_NAMES[winner]}.`,
    ...(runtime && runtime.winner !== 'depends' ? [`Deploy with ${CANDIDATE_NAMES[runtime.winner]}.`] : []),
    `Confidence: ${Math.round(recommendation.confidence * 100)} of 100.`,
    '',
    '## Reasons',
    '',
    ...list(
      reasons,
      (reason) =>
        `${points(reason.weight)} for ${CANDIDATE_NAMES[reason.candidate]}: ${inline(reason.reason)} [${sources.numberOf(reason.citation)}] (rule \`${reason.rule}\`)`,
      'No rule fired.',
    ),
    '## Case against',
    '',
    ...list(
      caseAgainst,
      (evidence) => `"${inline(evidence.quote)}" [${sources.numberOf(evidence)}]`,
      'No passage speaks against it.',
    ),
    '## What would change it',
    '',
    ...list(
      recommendation.flips,
      ({ change, winner: next }) =>
        `${change.map(({ kind, label }) => `${kind === 'drop' ? 'without' : 'if'} "${inline(label)}"`).join(' and ')}: ${next === 'depends' ? 'it depends' : CANDIDATE_NAMES[next]}`,
      'No small change of the requirements.',
    ),
    '## Evidence',
    '',
    ...sources.all.flatMap((evidence, at) => [`${at + 1}. "${inline(evidence.quote)}" - ${placeOf(evidence)}`]),
  ].join('\n')}\n`;
}

/** Saves a record; the same record is saved once. Gives back where it is. */
export function saveDecision(folder: string, markdown: string, date: string): SavedDecision {
  const id = `${date}-${createHash('sha256').update(markdown).digest('hex').slice(0, 8)}`;
  const path = join(folder, `${id}.md`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, markdown);
  return { id, title: titleIn(markdown), date, path };
}

/** The saved records, newest first; an empty list when none was ever saved. */
export function listDecisions(folder: string): SavedDecision[] {
  return fileNames(folder).map((name) => {
    const path = join(folder, name);
    return { id: name.slice(0, -3), title: titleIn(readFileSync(path, 'utf8')), date: name.slice(0, 10), path };
  });
}

/** The saved records that hold every word of the query, whatever their case, newest first. */
export function searchDecisions(folder: string, query: string): SavedDecision[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return listDecisions(folder).filter(({ path }) => {
    const text = readFileSync(path, 'utf8').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

const FILE_NAME = /^\d{4}-\d{2}-\d{2}-[0-9a-f]{8}\.md$/;

function fileNames(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => FILE_NAME.test(name))
      .sort()
      .reverse();
  } catch {
    return [];
  }
}

function titleIn(markdown: string): string {
  return /^# (.+)$/m.exec(markdown)?.[1] ?? '';
}

function titleOf({ winner, runtime }: Recommendation): string {
  if (winner === 'depends') return 'Deep-learning framework: still open';
  const deploy = runtime && runtime.winner !== 'depends' ? `, deployed with ${CANDIDATE_NAMES[runtime.winner]}` : '';
  return `Deep-learning framework: ${CANDIDATE_NAMES[winner]}${deploy}`;
}

function list<Item>(items: readonly Item[], line: (item: Item) => string, none: string): string[] {
  return items.length === 0 ? [none, ''] : [...items.map((item) => `- ${line(item)}`), ''];
}

function points(weight: number): string {
  return `${weight > 0 ? '+' : ''}${weight} ${Math.abs(weight) === 1 ? 'point' : 'points'}`;
}

/** One line without markup of its own: what an asker wrote must not become headings, links or images of the record. */
function inline(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_[\]<>#|!]/g, '\\$&');
}

function placeOf({ title, path, heading, startLine, url, date }: Evidence): string {
  const place = `${title}${heading ? ` › ${heading}` : ''} (${path}, line ${startLine}${date ? `, checked ${date}` : ''})`;
  return url ? `${place}, ${url}` : place;
}

interface NumberedSources {
  readonly all: readonly Evidence[];
  numberOf(evidence: Evidence): number;
}

function numberSources(reasons: readonly Reason[], caseAgainst: readonly Evidence[]): NumberedSources {
  const numbers = new Map<string, number>();
  const all: Evidence[] = [];
  const keyOf = ({ path, quote }: Evidence): string => `${path}\0${quote}`;
  for (const evidence of [...reasons.map(({ citation }) => citation), ...caseAgainst]) {
    if (numbers.has(keyOf(evidence))) continue;
    all.push(evidence);
    numbers.set(keyOf(evidence), all.length);
  }
  return { all, numberOf: (evidence) => numbers.get(keyOf(evidence)) as number };
}
