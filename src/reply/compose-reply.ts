import type { AbstentionReason, Answer, Citation } from '../answer/answer.ts';
import { CANDIDATE_NAMES } from '../recommendation/candidate.ts';
import type { Reason, Recommendation } from '../recommendation/recommendation.ts';
import type { Block, Choice, Reply } from './reply.ts';

/** Reasons shown; the rest is behind "why". */
const REASONS_SHOWN = 4;

/** All wording of an answer: verdict first, then the quotes, then the reasons, then what would change the verdict. */
export function composeReply(answer: Answer): Reply {
  return answer.kind === 'answered' ? answered(answer) : abstained(answer, answer.reason ?? 'no-evidence');
}

function answered(answer: Answer): Reply {
  const { recommendation, citations } = answer;
  const blocks: Block[] = [];
  if (recommendation) blocks.push({ kind: 'text', text: verdict(recommendation) });
  blocks.push({ kind: 'heading', text: 'What the documents say' }, ...citations.map(quoteBlock));
  if (recommendation) blocks.push(...grounds(recommendation));
  blocks.push(footer(answer));
  const title = recommendation ? headline(recommendation) : 'Found in the documents';
  return { kind: 'answer', id: answer.id, title, blocks, choices: choicesOf(answer) };
}

function headline({ winner, runtime }: Recommendation): string {
  const shipWith = runtime && runtime.winner !== 'depends' ? `, ship with ${CANDIDATE_NAMES[runtime.winner]}` : '';
  return winner === 'depends'
    ? `Recommendation: it depends${shipWith}`
    : `Recommendation: ${CANDIDATE_NAMES[winner]}${shipWith}`;
}

function verdict({ winner, dependsOn, ranking, confidence, reasons }: Recommendation): string {
  const scores = ranking.map(({ framework, score }) => `${CANDIDATE_NAMES[framework]} ${format(score)}`).join(', ');
  if (winner === 'depends')
    return `${dependsOn ?? 'The rules do not separate the candidates on what you said.'} Points: ${scores}.`;
  const strength = confidence >= 0.5 ? 'clear' : confidence >= 0.2 ? 'moderate' : 'slight';
  const ground = reasons.length === 0 ? 'You named no requirement, so only the default applies.' : '';
  return [`A ${strength} preference by the rules. Points: ${scores}.`, ground].filter(Boolean).join(' ');
}

function grounds(recommendation: Recommendation): Block[] {
  const { reasons, excluded, flips } = recommendation;
  const blocks: Block[] = [];
  if (reasons.length > 0) {
    blocks.push(
      { kind: 'heading', text: 'Why' },
      { kind: 'list', items: reasons.slice(0, REASONS_SHOWN).map(reasonLine) },
    );
  }
  if (excluded.length > 0) {
    blocks.push({ kind: 'heading', text: 'Ruled out' });
    blocks.push({
      kind: 'list',
      items: excluded.map(({ candidate, by, reason }) => `${CANDIDATE_NAMES[candidate]} (${by}): ${reason}`),
    });
  }
  const [flip] = flips;
  if (flip) {
    const change = flip.change
      .map(({ kind, label }) => (kind === 'add' ? `you also said "${label}"` : `"${label}" did not matter`))
      .join(' and ');
    blocks.push({
      kind: 'text',
      text: `It would be ${flip.winner === 'depends' ? 'open' : CANDIDATE_NAMES[flip.winner]} if ${change}.`,
    });
  }
  return blocks;
}

/** One reason with its weight and the asker's words that called it up. */
export function reasonLine({ candidate, weight, reason, trigger, rule }: Reason): string {
  const cause = trigger ? `because you said "${trigger}"` : 'by default';
  return `${weight > 0 ? '+' : ''}${format(weight)} ${CANDIDATE_NAMES[candidate]}, ${cause}: ${reason} (rule ${rule})`;
}

const ABSTENTIONS: Readonly<Record<AbstentionReason, { readonly title: string; readonly text: string }>> = {
  'out-of-scope': {
    title: 'This is outside what I answer',
    text: 'I answer which deep-learning framework or runtime to use, from an indexed set of documents. This question asks for something else, so I give no verdict.',
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
    text: 'The question leaves open what you want to build or choose between. Name a goal, a target (phone, browser, server) or the frameworks that you compare.',
  },
};

function abstained(answer: Answer, reason: AbstentionReason): Reply {
  const { title, text } = ABSTENTIONS[reason];
  const blocks: Block[] = [{ kind: 'text', text }];
  if (answer.citations.length > 0) {
    blocks.push({ kind: 'heading', text: 'Nearest passages, not an answer' }, ...answer.citations.map(quoteBlock));
  }
  blocks.push({
    kind: 'text',
    text: 'Try for instance: "Which framework for a research prototype?" or "PyTorch or TensorFlow for an Android app?"',
  });
  blocks.push(footer(answer));
  return { kind: 'abstention', id: answer.id, title, blocks, choices: choicesOf(answer) };
}

function quoteBlock(citation: Citation): Block {
  const { source: _, ...place } = citation;
  return { kind: 'quote', ...place };
}

function footer({ index, id }: Answer): Block {
  return {
    kind: 'note',
    text: `Quotes are word for word; no text was generated. Index ${index.generation}, model ${index.model}, answer ${id}.`,
  };
}

function choicesOf({ recommendation, kind }: Answer): Choice[] {
  const choices: Choice[] = [];
  for (const option of recommendation?.nextQuestion?.options ?? []) {
    choices.push({ label: option.label, action: 'refine', value: option.requirement });
  }
  if (recommendation)
    choices.push(
      { label: 'Why', action: 'why', value: '' },
      { label: 'Case against', action: 'case-against', value: '' },
    );
  choices.push({ label: 'Show retrieval', action: 'retrieval', value: '' });
  if (kind === 'answered') choices.push({ label: 'Feedback', action: 'feedback', value: '' });
  return choices;
}

function format(points: number): string {
  return Number.isInteger(points) ? String(points) : points.toFixed(1);
}
