import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnswerQuestion } from '../../src/answer/answer.ts';
import { createOffers } from '../../src/conversation/offers.ts';
import { createLogger } from '../../src/logger.ts';
import { plainTextOf } from '../../src/reply/plain-text.ts';
import { openRealAdvisor, type RealAdvisor } from '../support/real-advisor.ts';
import { makeConversation, message, PLACE } from './make-conversation.ts';

const PHONE = 'PyTorch or TensorFlow for an Android app?';
let advisor: RealAdvisor;
beforeAll(async () => {
  advisor = await openRealAdvisor();
});
afterAll(() => advisor.close());

const request = (key: string, user = 'U1', place = PLACE) => ({ key, user, place });

describe('what is heard', () => {
  it('answers a mention once, however often it is delivered', async () => {
    const { conversation, turns, outlet } = makeConversation(advisor);
    const mention = message(PHONE);
    await Promise.all(Array.from({ length: 5 }, () => conversation.hear(mention, outlet)));
    await conversation.hear({ ...mention, addressed: 'none' }, outlet);
    expect(turns).toHaveLength(1);
    expect(turns[0]).toMatchObject({ audience: 'everyone', replaces: false, reply: { kind: 'answer' } });
  });

  it('does not let a delivery that is not for it use up the key: the mention may come second', async () => {
    const { conversation, turns, outlet } = makeConversation(advisor);
    const mention = message(PHONE);
    await conversation.hear({ ...mention, addressed: 'none' }, outlet);
    expect(turns).toHaveLength(0);
    await conversation.hear(mention, outlet);
    expect(turns).toHaveLength(1);
  });

  it('follows a thread that it answered in, and no other, unless that is switched off or for somebody else', async () => {
    const { conversation, turns, outlet, state } = makeConversation(advisor);
    const follow = (other = {}) =>
      conversation.hear(message('And on a phone?', { addressed: 'none', ...other }), outlet);
    await follow();
    expect(turns).toHaveLength(0);
    await conversation.hear(message('Which framework should we use for a research prototype?'), outlet);
    await follow({ isForOthers: true });
    await follow({ place: { ...PLACE, thread: '200.1' } });
    expect(turns).toHaveLength(1);
    await follow();
    expect(turns).toHaveLength(2);
    await state.setChannelSettings(PLACE, { followUps: false });
    await follow();
    expect(turns).toHaveLength(2);
  });

  it('understands a follow-up with what was said before', async () => {
    const { conversation, turns, outlet, state } = makeConversation(advisor);
    await conversation.hear(message('Which framework should we use for a research prototype?'), outlet);
    await conversation.hear(message('and it must run on Android', { addressed: 'none' }), outlet);
    expect(turns).toHaveLength(2);
    const said = (await state.threadOf(PLACE))?.requirements.map(({ id }) => id) ?? [];
    expect(said).toContain('goal:research');
    expect(said.some((id) => id === 'target:android' || id === 'target:mobile')).toBe(true);
    expect(plainTextOf(turns[1]!.reply)).toMatch(/LiteRT|ExecuTorch/);
  });

  it('stays silent in a thread when nobody asked it anything', async () => {
    const { conversation, turns, outlet } = makeConversation(advisor);
    await conversation.hear(message(PHONE), outlet);
    for (const text of ['thanks!', 'lunch at 12?', 'I will look into it tomorrow', '']) {
      await conversation.hear(message(text, { addressed: 'none' }), outlet);
    }
    expect(turns).toHaveLength(1);
  });

  it('keeps the threads of two workspaces apart', async () => {
    const { conversation, turns, outlet } = makeConversation(advisor);
    await conversation.hear(message('Which framework should we use for research on TPUs?'), outlet);
    await conversation.hear(message('And which for a phone?', { place: { ...PLACE, workspace: 'T2' } }), outlet);
    expect(plainTextOf(turns[1]!.reply)).not.toContain('TPU"');
  });

  it('says how to ask when nothing was asked, and what it does when asked for help', async () => {
    const { conversation, turns, outlet } = makeConversation(advisor);
    await conversation.hear(message('  '), outlet);
    await conversation.hear(message('help'), outlet);
    expect(turns.map(({ reply, audience }) => [reply.title, audience])).toEqual([
      ['No question', 'asker'],
      ['What I can do', 'everyone'],
    ]);
  });
});

describe('one user too many', () => {
  it('refuses once, leaves others alone, and goes on when there is room', async () => {
    let clock = 1_000_000;
    const { conversation, turns, outlet } = makeConversation(advisor, { asksPerMinute: 5, now: () => clock });
    for (let at = 0; at < 100; at++) await conversation.hear(message(PHONE), outlet);
    expect(turns).toHaveLength(6);
    expect(turns.filter(({ reply }) => reply.title === 'One moment')).toHaveLength(1);
    await conversation.hear(message(PHONE, { user: 'U2' }), outlet);
    expect(turns).toHaveLength(7);
    clock += 13_000;
    await conversation.hear(message(PHONE), outlet);
    expect(turns.at(-1)?.reply.kind).toBe('answer');
  });
});

describe('failures', () => {
  it('says that it failed, to the asker, and lives on', async () => {
    const broken: AnswerQuestion = () => Promise.reject(new Error('model gone'));
    const { conversation, turns, outlet } = makeConversation({ ...advisor, answerQuestion: broken });
    await conversation.hear(message(PHONE), outlet);
    expect(turns).toMatchObject([{ reply: { kind: 'failure', choices: [] }, audience: 'asker' }]);
    expect(plainTextOf(turns[0]!.reply)).not.toContain('model gone');
  });

  it('gives up a question that takes too long', async () => {
    const hung: AnswerQuestion = () => new Promise(() => {});
    const { conversation, turns, outlet } = makeConversation({ ...advisor, answerQuestion: hung }, { patienceMs: 30 });
    await conversation.hear(message(PHONE), outlet);
    expect(turns).toMatchObject([{ reply: { title: 'That took too long' } }]);
    expect(conversation.underWay()).toBe(0);
  });

  it('answers once without its state, and survives an outlet that throws', async () => {
    const { conversation, turns, outlet, state } = makeConversation(advisor);
    await state.close();
    const mention = message(PHONE);
    await conversation.hear(mention, outlet);
    await conversation.hear(mention, outlet);
    expect(turns).toMatchObject([{ reply: { kind: 'answer' } }]);
    await conversation.hear(message(PHONE), { deliver: () => Promise.reject(new Error('gone')) });
  });

  it('drains what is under way', async () => {
    const { conversation, turns, outlet } = makeConversation(advisor);
    const heard = Array.from({ length: 20 }, () => conversation.hear(message(PHONE), outlet));
    await conversation.drain(9_000);
    expect(turns).toHaveLength(20);
    await Promise.all(heard);
  });
});

describe('buttons', () => {
  async function answered(isPrivate = false) {
    const made = makeConversation(advisor);
    const { conversation, outlet, turns } = made;
    await conversation.ask(request('q'), PHONE, isPrivate, outlet);
    const answer = turns[0]!.reply.id;
    const press = (action: never, value = '', user = 'U1', place = PLACE) =>
      conversation.act(request(`a${Math.random()}`, user, place), { action, answer, value }, isPrivate, outlet);
    return { ...made, answer, press };
  }

  it('lead to the why, the case against, the retrieval and a saved decision', async () => {
    const { press, turns } = await answered();
    for (const action of ['why', 'case-against', 'retrieval', 'save']) await press(action as never);
    expect(
      turns.slice(1).map(({ reply, audience }) => [reply.title.split(' ').slice(0, 2).join(' '), audience]),
    ).toEqual([
      ['Why this', 'asker'],
      ['The case', 'everyone'],
      ['What was', 'asker'],
      ['Decision saved', 'asker'],
    ]);
  });

  it('refine in place for the asker, and beside it for others', async () => {
    const { press, turns } = await answered();
    await press('refine' as never, 'goal:research');
    await press('refine' as never, 'goal:research', 'U2');
    expect(turns.slice(1).map(({ replaces, reply }) => [replaces, reply.kind])).toEqual([
      [true, 'answer'],
      [false, 'answer'],
    ]);
    expect(turns[1]!.reply.id).not.toBe(turns[0]!.reply.id);
  });

  it('share a private answer, the same one', async () => {
    const { press, turns, answer } = await answered(true);
    expect(turns[0]).toMatchObject({ audience: 'asker' });
    expect(turns[0]!.reply.choices.map(({ action }) => action)).toContain('share');
    await press('share' as never);
    expect(turns[1]).toMatchObject({ audience: 'everyone', reply: { id: answer } });
    expect(turns[1]!.reply.choices.map(({ action }) => action)).not.toContain('share');
  });

  it('of another workspace, or of an answer long gone, say so', async () => {
    const { press, turns, conversation, outlet } = await answered();
    await press('why' as never, '', 'U1', { ...PLACE, workspace: 'T2' });
    await conversation.act(request('x'), { action: 'why', answer: 'ffffffffffff', value: '' }, false, outlet);
    expect(turns.slice(1).map(({ reply }) => reply.title)).toEqual([
      'That answer is too old',
      'That answer is too old',
    ]);
  });

  it('compare candidates, with a picture', async () => {
    const { press, turns } = await answered();
    await press('compare' as never, 'pytorch jax');
    expect(turns[1]!.reply.blocks[0]).toMatchObject({ kind: 'table' });
    expect(
      Buffer.from(await turns[1]!.png!())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
    await press('compare' as never, 'pytorch nonsense');
    expect(turns[2]!.reply.title).toBe('Not a candidate');
  });

  it('store feedback by citation and kind', async () => {
    const { conversation, outlet, turns, state, answer } = await answered();
    const entry = { answer, citation: 2, kind: 'outdated', text: 'see the release notes' };
    await conversation.feedback(request('f'), entry, outlet);
    expect(turns[1]!.reply.title).toBe('Thank you');
    expect(await state.listFeedback(5)).toMatchObject([{ ...entry, user: 'U1', place: PLACE }]);
  });
});

describe('late answers', () => {
  it('are offered once, where it was asked, when a new generation answers', async () => {
    let generation = 'g1';
    let answers = false;
    const answerQuestion: AnswerQuestion = async (question, options) => {
      const answer = await advisor.answerQuestion(PHONE, options);
      const index = { ...answer.index, generation };
      return answers
        ? { ...answer, index, question }
        : { ...answer, index, question, kind: 'abstained', reason: 'no-evidence', recommendation: null };
    };
    const { conversation, advice, state, turns, outlet } = makeConversation({ ...advisor, answerQuestion });
    const posted: unknown[] = [];
    const logger = createLogger('silent');
    const offers = createOffers({ advice, state, generation: () => generation, logger, intervalMs: 1e6 });
    offers.connect('slack', async (place, turn) => void posted.push([place, turn.reply.blocks[0]]));
    await conversation.hear(message('Which framework for folding proteins?'), outlet);
    const { reply } = turns[0]!;
    expect(reply.choices.map(({ action }) => action)).toContain('notify');
    await conversation.act(request('n'), { action: 'notify', answer: reply.id, value: '' }, false, outlet);
    expect(turns[1]!.reply.title).toBe('Noted');
    expect(await offers.look()).toBe(0);
    generation = 'g2';
    expect(await offers.look()).toBe(0);
    answers = true;
    expect(await offers.look()).toBe(0);
    generation = 'g3';
    expect(await offers.look()).toBe(1);
    generation = 'g4';
    expect(await offers.look()).toBe(0);
    expect(posted).toMatchObject([[PLACE, { kind: 'text', text: expect.stringContaining('folding proteins') }]]);
    offers.close();
  });
});
