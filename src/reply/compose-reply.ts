import type { AbstentionReason, Answer, Citation } from '../answer/answer.ts';
import { CANDIDATE_NAMES, type FrameworkId } from '../recommendation/candidate.ts';
import type { Contested, Evidence, Flip, Reason, Recommendation } from '../recommendation/recommendation.ts';
import type { Block, Choice, Reply } from './reply.ts';

/** Reasons shown; the rest is behind "why". */
const REASONS_SHOWN = 4;

/** All wording of an answer: verdict first, then the quotes, then the reasons, then what would change the verdict. */
export function composeReply(answer: Answer): Reply {
  return answer.kind === 'answered' ? answered(answer) : abstained(answer, answer.reason ?? 'no-evidence');
}

function answered(answer: Answer): Reply {
  const { recommendation, citations, nextQuestion } = answer;
  const blocks: Block[] = [];
  if (recommendation) blocks.push({ kind: 'text', text: verdict(recommendation) });
  blocks.push({ kind: 'heading', text: 'What the documents say' }, ...citations.map(quoteBlock));
  if (recommendation) blocks.push(...grounds(recommendation));
  if (nextQuestion) blocks.push({ kind: 'heading', text: nextQuestion.text });
  blocks.push(footer(answer));
  const title = recommendation ? headline(recommendation) : 'Found in the documents';
  return { kind: 'answer', id: answer.id, title, blocks, choices: choicesOf(answer) };
}

function headline(recommendation: Recommendation): string {
  const { winner, runtime } = recommendation;
  const shipWith = runtime && runtime.winner !== 'depends' ? `, ship with ${CANDIDATE_NAMES[runtime.winner]}` : '';
  const name = winner === 'depends' ? 'it depends' : CANDIDATE_NAMES[winner];
  return `Recommendation: ${name}${isDefault(recommendation) ? ', by default' : ''}${shipWith}`;
}

/** Whether no requirement of the asker's spoke for the winner or against another. */
function isDefault({ winner, reasons }: Recommendation): boolean {
  return winner !== 'depends' && reasons.every(({ trigger }) => trigger === '');
}

function verdict(recommendation: Recommendation): string {
  const { winner, dependsOn, ranking, confidence } = recommendation;
  const scores = ranking.map(({ framework, score }) => `${CANDIDATE_NAMES[framework]} ${points(score)}`).join(', ');
  if (winner === 'depends') {
    return `${dependsOn ?? 'The rules do not separate the candidates on what you said.'} Points: ${scores}.`;
  }
  const strength = confidence >= 0.5 ? 'clear' : confidence >= 0.35 ? 'moderate' : 'slight';
  const ground = isDefault(recommendation)
    ? ' You named no requirement that a rule knows, so this is only the default.'
    : '';
  return `A ${strength} preference by the rules. Points: ${scores}.${ground}`;
}

function grounds({ reasons, excluded, contested, flips }: Recommendation): Block[] {
  const blocks: Block[] = [];
  if (reasons.length > 0) {
    blocks.push({ kind: 'heading', text: 'Why' });
    blocks.push({ kind: 'list', items: reasons.slice(0, REASONS_SHOWN).map(reasonLine) });
  }
  if (excluded.length > 0) {
    const line = ({ candidate, by, reason }: Recommendation['excluded'][number]): string =>
      `${CANDIDATE_NAMES[candidate]} (${by === 'asker' ? 'by you' : by}): ${reason}`;
    blocks.push({ kind: 'heading', text: 'Ruled out' }, { kind: 'list', items: excluded.map(line) });
  }
  for (const conflict of contested) blocks.push(...contestedBlocks(conflict));
  const [flip] = flips;
  if (flip) blocks.push({ kind: 'text', text: flipLine(flip) });
  return blocks;
}

/** Both sides of what the sources do not settle, side by side. */
function contestedBlocks({ dependsOn, sides }: Contested): Block[] {
  const items = sides.map(({ claim, citation }) => `${claim} (${placeOfEvidence(citation)})`);
  return [
    { kind: 'heading', text: 'The sources do not settle this' },
    { kind: 'text', text: dependsOn },
    { kind: 'list', items },
  ];
}

/** One reason with its weight and the asker's words that called it up. */
export function reasonLine({ candidate, weight, reason, trigger, rule }: Reason): string {
  const cause = trigger ? `because you said "${trigger}"` : 'by default';
  const sign = weight > 0 ? '+' : '';
  return `${sign}${points(weight)} ${CANDIDATE_NAMES[candidate]}, ${cause}: ${reason} (rule ${rule})`;
}

/** What would change the winner, in words. */
export function flipLine({ change, winner }: Flip): string {
  const parts = change.map(({ kind, label }) => (kind === 'add' ? `you add that ${label}` : `you drop "${label}"`));
  return `It would be ${nameOf(winner)} if ${parts.join(' and ')}.`;
}

export function nameOf(winner: FrameworkId | 'depends'): string {
  return winner === 'depends' ? 'an open choice' : CANDIDATE_NAMES[winner];
}

/** Where evidence stands, in few words. */
export function placeOfEvidence({ title, heading, startLine }: Evidence): string {
  return `${title}${heading ? ` › ${heading}` : ''}, line ${startLine}`;
}

const ABSTENTIONS: Readonly<Record<AbstentionReason, { readonly title: string; readonly text: string }>> = {
  'out-of-scope': {
    title: 'This is outside what I answer',
    text: 'I answer which deep-learning framework or runtime to use, from an indexed set of documents. This message asks for something else, so I give no verdict.',
  },
  'no-evidence': {
    title: 'The documents do not answer this',
    text: 'No indexed passage answers this well enough to quote it as an answer, so I give no verdict.',
  },
  conflicting: {
    title: 'The documents disagree',
    text: 'The best passages contradict each other. Both sides are quoted; I give no verdict.',
  },
  'needs-detail': {
    title: 'I need to know more',
    text: 'The message leaves open what you want to build or choose between. Name a goal, a target (phone, browser, server) or the frameworks that you compare.',
  },
};

function abstained(answer: Answer, reason: AbstentionReason): Reply {
  const { title, text } = ABSTENTIONS[reason];
  const blocks: Block[] = [{ kind: 'text', text }];
  if (answer.citations.length > 0) {
    blocks.push({ kind: 'heading', text: 'Nearest passages, not an answer' }, ...answer.citations.map(quoteBlock));
  }
  const examples = '"Which framework for a research prototype?" or "PyTorch or TensorFlow for an Android app?"';
  blocks.push({ kind: 'text', text: `Try for instance: ${examples}` });
  if (answer.nextQuestion) blocks.push({ kind: 'heading', text: answer.nextQuestion.text });
  blocks.push(footer(answer));
  return { kind: 'abstention', id: answer.id, title, blocks, choices: choicesOf(answer) };
}

/** A citation as its reply block: the words and their place, which needs the file's name where no link leads there. */
export function quoteBlock({ source, ...citation }: Citation): Block {
  return { kind: 'quote', ...citation, file: citation.url === null ? source : null };
}

function footer({ index, id, sureness, kind, calibration }: Answer): Block {
  const record = calibration
    ? ` Answers this sure were rightly given ${calibration.right} of ${calibration.count} times on labelled questions.`
    : '';
  // Nothing that was learned from examples is sure.
  const percent = Math.min(99, Math.round(sureness * 100));
  const sure = kind === 'answered' ? ` That the documents answer this is ${percent} % sure.${record}` : '';
  const text = `Quotes are word for word; no text was generated.${sure} Index ${index.generation}, model ${index.model}, answer ${id}.`;
  return { kind: 'note', text };
}

function choicesOf({ recommendation, nextQuestion, kind, citations }: Answer): Choice[] {
  const choices: Choice[] = (nextQuestion?.options ?? []).map(({ label, requirement }) => ({
    label,
    action: 'refine',
    value: requirement,
  }));
  if (recommendation) {
    choices.push({ label: 'Why', action: 'why', value: '' });
    choices.push({ label: 'Case against', action: 'case-against', value: '' });
    const [first, second] = recommendation.ranking;
    if (first && second) {
      const pair = `${first.framework} ${second.framework}`;
      const label = `Compare ${CANDIDATE_NAMES[first.framework]} and ${CANDIDATE_NAMES[second.framework]}`;
      choices.push({ label, action: 'compare', value: pair });
    }
    choices.push({ label: 'Save decision', action: 'save', value: '' });
  }
  choices.push({ label: 'Show retrieval', action: 'retrieval', value: '' });
  if (kind === 'answered') choices.push({ label: 'Feedback', action: 'feedback', value: String(citations.length) });
  return choices;
}

/** Points as people write them. */
function points(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}
