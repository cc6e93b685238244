import type { Answer } from '../answer/answer.ts';
import { CANDIDATE_NAMES } from '../recommendation/candidate.ts';
import { type Comparison, comparisonColumns, comparisonRows } from '../recommendation/compare.ts';
import type { SavedDecision } from '../recommendation/decision-record.ts';
import type { Evidence } from '../recommendation/recommendation.ts';
import { flipLine, reasonLine } from './compose-reply.ts';
import type { Block, Reply } from './reply.ts';

/** The trace: every fired rule with its weight, the words that fired it and the sentence that justifies it. */
export function composeWhy(answer: Answer): Reply {
  const { recommendation } = answer;
  const blocks: Block[] = [];
  if (!recommendation) blocks.push({ kind: 'text', text: 'No rule was applied: the message was not answered.' });
  else {
    recommendation.reasons.forEach((reason, at) => {
      blocks.push({ kind: 'text', text: reasonLine(reason) }, evidenceBlock(reason.citation, at + 1));
    });
    for (const { candidate, by, reason, citation } of recommendation.excluded) {
      blocks.push({ kind: 'text', text: `Ruled out: ${CANDIDATE_NAMES[candidate]} (${by}). ${reason}` });
      if (citation) blocks.push(evidenceBlock(citation, recommendation.reasons.length + 1));
    }
    if (recommendation.flips.length > 0) {
      blocks.push({ kind: 'heading', text: 'What would change it' });
      blocks.push({ kind: 'list', items: recommendation.flips.map(flipLine) });
    }
    blocks.push({ kind: 'note', text: `Rules ${recommendation.rulesVersion}, answer ${answer.id}.` });
  }
  return { kind: 'help', id: answer.id, title: 'Why this recommendation', blocks, choices: [] };
}

/** The strongest passages against the winner. */
export function composeCaseAgainst(answer: Answer): Reply {
  const { recommendation } = answer;
  const evidence = recommendation?.caseAgainst ?? [];
  const winner = recommendation && recommendation.winner !== 'depends' ? CANDIDATE_NAMES[recommendation.winner] : null;
  const blocks: Block[] = evidence.map((item, at) => evidenceBlock(item, at + 1));
  if (blocks.length === 0) blocks.push({ kind: 'text', text: 'The rules know no passage against it.' });
  const title = winner ? `The case against ${winner}` : 'The case against each side';
  return { kind: 'help', id: answer.id, title, blocks, choices: [] };
}

/** What was found, with the scores that ranked it. */
export function composeRetrieval(answer: Answer): Reply {
  const rows = answer.retrieved.map(({ path, heading, score, dense, lexical }, at) => [
    String(at + 1),
    heading ? `${path} › ${heading}` : path,
    score.toFixed(2),
    dense.toFixed(3),
    lexical.toFixed(3),
  ]);
  const table: Block = {
    kind: 'table',
    caption:
      'Ranked passages: fused score (deviations above the mean), cosine (meaning), share of attainable BM25 (words)',
    columns: ['Rank', 'Passage', 'Score', 'Meaning', 'Words'],
    rows,
  };
  return { kind: 'help', id: answer.id, title: 'What was found', blocks: [table], choices: [] };
}

/** The grid of candidates and criteria, then the sentences that its cells rest on. */
export function composeComparison(comparison: Comparison): Reply {
  const names = comparison.candidates.map((candidate) => CANDIDATE_NAMES[candidate]);
  const table: Block = {
    kind: 'table',
    caption: `${names.join(' and ')}; the numbers are the quotes below`,
    columns: comparisonColumns(comparison),
    rows: comparisonRows(comparison),
  };
  const quotes = comparison.citations.map((citation, at) => evidenceBlock(citation, at + 1));
  return { kind: 'help', id: '', title: `${names.join(' against ')}`, blocks: [table, ...quotes], choices: [] };
}

/** That a decision was saved, and where; or that there was none. */
export function composeSaved(saved: SavedDecision | null): Reply {
  const text = saved
    ? `${saved.title}. Record ${saved.id}, saved as ${saved.path}.`
    : 'There was no recommendation to save: the message was not answered.';
  return {
    kind: 'help',
    id: '',
    title: saved ? 'Decision saved' : 'Nothing saved',
    blocks: [{ kind: 'text', text }],
    choices: [],
  };
}

function evidenceBlock(evidence: Evidence, n: number): Block {
  return { kind: 'quote', n, ...evidence };
}
