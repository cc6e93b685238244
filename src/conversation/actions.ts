import type { Answer } from '../answer/answer.ts';
import { composeCaseAgainst, composeRetrieval, composeSaved, composeWhy } from '../reply/compose-details.ts';
import { composeNotice } from '../reply/compose-notice.ts';
import type { Choice, Reply } from '../reply/reply.ts';
import type { AskedQuestion, State } from '../state/state.ts';
import { type Advice, composeTurnReply } from './advice.ts';
import { candidatesIn } from './commands.ts';
import type { Request, Turn } from './message.ts';

/** A pressed button, under the answer of an id. */
export interface Action {
  readonly action: Choice['action'];
  readonly answer: string;
  readonly value: string;
}

export interface FeedbackEntry {
  readonly answer: string;
  readonly citation: number | null;
  readonly kind: string;
  readonly text: string;
}

/** What a button leads to. `isPrivate`: the answer that it stands under is seen by the asker alone. */
export async function act(
  { advice, state }: { readonly advice: Advice; readonly state: State },
  request: Request,
  { action, answer: id, value }: Action,
  isPrivate: boolean,
): Promise<Turn> {
  const audience = isPrivate ? 'asker' : 'everyone';
  if (action === 'compare') {
    const candidates = candidatesIn(value);
    if (candidates.length < 2) return toAsker(composeNotice('unknown'));
    return { ...advice.compare(candidates), audience, replaces: false };
  }
  const asked = await state.questionOf(id);
  // What was asked in one workspace is nobody's business in another, whatever a forged button says.
  if (!asked || asked.place.workspace !== request.place.workspace) return toAsker(composeNotice('forgotten'));
  if (action === 'refine') return refine(advice, request, asked, value, isPrivate);
  if (action === 'notify') return toAsker(composeNotice((await state.wantMiss(id)) ? 'noted' : 'forgotten'));
  const answer = await advice.again(asked);
  const show = (reply: Reply): Reply => (answer.id === id ? reply : withNote(reply));
  switch (action) {
    case 'share':
      // After a rebuild the answer has another id: its buttons find their question by that.
      await state.rememberQuestion(answer.id, asked);
      return { reply: show(composeTurnReply(answer, false)), audience: 'everyone', replaces: false };
    case 'case-against':
      return { reply: show(composeCaseAgainst(answer)), audience, replaces: false };
    case 'why':
      return toAsker(show(composeWhy(answer)));
    case 'retrieval':
      return toAsker(show(composeRetrieval(answer)));
    case 'save':
      return toAsker(show(composeSaved(advice.save(answer, request.user))));
    case 'feedback':
      // Its form comes first; adapters lead there.
      return toAsker(composeNotice('thanks'));
    default:
      return action satisfies never;
  }
}

async function refine(
  advice: Advice,
  request: Request,
  asked: AskedQuestion,
  requirement: string,
  isPrivate: boolean,
): Promise<Turn> {
  const added = advice.requirementsOf([requirement]);
  const kept = asked.requirements.filter(({ id }) => id !== requirement);
  const { question, place, user } = asked;
  const refined: Answer = await advice.ask({ question, requirements: [...added, ...kept] }, place, user);
  return {
    reply: composeTurnReply(refined, isPrivate),
    audience: isPrivate ? 'asker' : 'everyone',
    // Only the asker changes what stands there; anybody else's refinement is an answer of its own.
    replaces: request.user === user,
  };
}

export function toAsker(reply: Reply): Turn {
  return { reply, audience: 'asker', replaces: false };
}

function withNote(reply: Reply): Reply {
  const text = 'The index was rebuilt since that answer was given; this is what the present one says.';
  return { ...reply, blocks: [...reply.blocks, { kind: 'note', text }] };
}
