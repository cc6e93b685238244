import { AdvisorError } from '../errors.ts';
import { createLineCounter, type Document } from '../knowledge/document.ts';
import { splitIntoSentences } from '../knowledge/sentence.ts';
import type { ContestedSide, Evidence } from './recommendation.ts';
import type {
  CaveatRule,
  ClarifyingQuestion,
  ContestedRule,
  Criterion,
  CriterionCell,
  EvidenceReference,
  ExcludeRule,
  RuleSet,
  ScoreRule,
  TieBreakRule,
} from './rule.ts';
import { createRuleTable, type RuleTable } from './rule-table.ts';

type WithCitation<R> = R & { readonly citation: Evidence };
type ResolvedScoreRule = WithCitation<ScoreRule>;
type ResolvedExcludeRule = WithCitation<ExcludeRule>;
type ResolvedCaveatRule = WithCitation<CaveatRule>;
type ResolvedTieBreakRule = WithCitation<TieBreakRule>;
type ResolvedContestedRule = ContestedRule & { readonly resolvedSides: readonly ContestedSide[] };
export type ResolvedRule =
  | ResolvedTieBreakRule
  | ResolvedScoreRule
  | ResolvedExcludeRule
  | ResolvedCaveatRule
  | ResolvedContestedRule;

/** Rules whose evidence was found in the corpus that answers: what `recommend` takes. */
export interface ResolvedRules {
  readonly version: string;
  readonly rules: readonly ResolvedRule[];
  readonly questions: readonly ClarifyingQuestion[];
  /** Requirement id -> what it means in a few words, the commonest needs first. */
  readonly labels: Readonly<Record<string, string>>;
  readonly criteria: readonly ResolvedCriterion[];
  readonly table: RuleTable;
}

/** A row of the comparison grid whose cells were found in the corpus. */
interface ResolvedCriterion extends Omit<Criterion, 'cells'> {
  readonly cells: readonly WithCitation<CriterionCell>[];
}

/**
 * Finds every rule's evidence in the documents. Throws AdvisorError RULE_EVIDENCE_GONE, which names every rule whose
 * document is missing or no longer holds the quoted sentence.
 */
export function resolveEvidence(ruleSet: RuleSet, documents: readonly Document[]): ResolvedRules {
  const find = createEvidenceFinder(documents);
  const problems: string[] = [];
  const resolve = (id: string, reference: EvidenceReference): Evidence => {
    const found = find(reference);
    if (typeof found !== 'string') return found;
    problems.push(`rule ${id}: ${found}`);
    return NOWHERE;
  };
  const rules = ruleSet.rules.map((rule): ResolvedRule => {
    if (rule.kind !== 'contested') return { ...rule, citation: resolve(rule.id, rule.evidence) };
    const resolvedSides = rule.sides.map(({ claim, evidence }) => ({ claim, citation: resolve(rule.id, evidence) }));
    return { ...rule, resolvedSides };
  });
  const criteria = ruleSet.criteria.map(({ cells, ...row }) => ({
    ...row,
    cells: cells.map((cell) => ({ ...cell, citation: resolve(`${row.id} (${cell.candidate})`, cell.evidence) })),
  }));
  if (problems.length > 0) {
    throw new AdvisorError(
      'RULE_EVIDENCE_GONE',
      `${problems.length} rule(s) have lost their evidence; restore the sentence, or quote another one in the rule:\n- ${problems.join('\n- ')}`,
    );
  }
  return { ...ruleSet, rules, criteria, table: createRuleTable(rules) };
}

const NOWHERE: Evidence = {
  title: '',
  path: '',
  heading: '',
  startLine: 0,
  endLine: 0,
  quote: '',
  url: null,
  date: null,
};

/** Looks a reference up: the evidence at its place, or one sentence on why it is not there. */
function createEvidenceFinder(documents: readonly Document[]): (reference: EvidenceReference) => Evidence | string {
  const known = new Map<string, { readonly document: Document; lineOf?: (offset: number) => number }>();
  for (const document of documents) {
    // A reference is relative to the corpus folder, whatever that folder is called.
    const parts = document.path.replace(/\.[a-z]+$/i, '').split('/');
    for (let at = 0; at < parts.length; at++) known.set(parts.slice(at).join('/'), { document });
  }
  return (reference) => {
    const entry = known.get(reference.document);
    if (!entry) return `the document ${reference.document} is not in the corpus (quote: "${reference.quote}")`;
    const { document } = entry;
    const place = placeOf(document, reference.quote);
    if (!place) return `${document.path} no longer holds the sentence "${reference.quote}"`;
    entry.lineOf ??= createLineCounter(document.text);
    return {
      title: document.title,
      path: document.path,
      heading: headingAt(document, place.start),
      startLine: entry.lineOf(place.start),
      endLine: entry.lineOf(place.end - 1),
      quote: reference.quote,
      url: document.sources[0]?.url ?? null,
      date: document.checked,
    };
  };
}

/** Where a quote stands as one or more whole sentences of one block; a fragment could say the opposite of its sentence. */
function placeOf(document: Document, quote: string): { start: number; end: number } | null {
  for (let start = document.text.indexOf(quote); start !== -1; start = document.text.indexOf(quote, start + 1)) {
    const end = start + quote.length;
    const block = document.blocks.find((block) => block.kind !== 'heading' && block.start <= start && end <= block.end);
    if (!block) continue;
    const sentences = splitIntoSentences(document.text, block);
    if (sentences.some((sentence) => sentence.start === start) && sentences.some((sentence) => sentence.end === end))
      return { start, end };
  }
  return null;
}

/** Headings above a place from the outermost in, " › " between, without the title: as passages give it. */
function headingAt(document: Document, offset: number): string {
  const open: { depth: number; text: string }[] = [];
  for (const block of document.blocks) {
    if (block.start > offset) break;
    if (block.kind !== 'heading') continue;
    while (open.length > 0 && (open.at(-1)?.depth ?? 0) >= block.depth) open.pop();
    open.push({ depth: block.depth, text: document.text.slice(block.start, block.end).replace(/\s+/g, ' ') });
  }
  const texts = open.map(({ text }) => text);
  if (texts[0] === document.title) texts.shift();
  return texts.join(' › ');
}
