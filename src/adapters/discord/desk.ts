import type { Answer, AnswerOptions, AnswerQuestion } from '../../answer/answer.ts';
import type { Library } from '../../answer/answer-question.ts';
import type { IndexAdministration } from '../../index-administration.ts';
import { CANDIDATE_NAMES, type CandidateId } from '../../recommendation/candidate.ts';
import { compare } from '../../recommendation/compare.ts';
import { comparisonPng } from '../../recommendation/compare-chart.ts';
import { decisionRecord, saveDecision } from '../../recommendation/decision-record.ts';
import { composeCaseAgainst, composeComparison, composeRetrieval, composeWhy } from '../../reply/compose-details.ts';
import { composeNotice } from '../../reply/compose-notice.ts';
import { composeReply } from '../../reply/compose-reply.ts';
import type { Reply } from '../../reply/reply.ts';

/** Questions kept for the buttons under their answers. */
const REMEMBERED = 10_000;
const CANDIDATES = Object.keys(CANDIDATE_NAMES) as CandidateId[];

export interface DeskOptions {
  readonly answerQuestion: AnswerQuestion;
  readonly library: () => Library;
  readonly decisionsFolder: string;
  readonly administration: Administration;
  readonly saveFeedback: (entry: {
    readonly answer: string;
    readonly user: string;
    readonly text: string;
  }) => Promise<void>;
}

export interface Administration {
  /** Those who may, as `server:user`; nobody else, whatever Discord shows them. */
  readonly administrators: readonly string[];
  readonly index: IndexAdministration;
  readonly audit: (entry: { readonly user: string; readonly action: string; readonly allowed: boolean }) => void;
}

export interface DeskReply {
  readonly reply: Reply;
  readonly png?: Uint8Array;
}

export interface Desk {
  ask(question: string, options?: AnswerOptions): Promise<DeskReply>;
  /** Requirement ids as chosen in a command. */
  recommend(requirements: readonly string[]): Promise<DeskReply>;
  compare(pair: readonly string[]): Promise<DeskReply>;
  /** A button under the answer of this id. */
  act(action: string, answer: string, value: string, user: string): Promise<DeskReply>;
  /** An `/index` action of a user named as `server:user`. */
  administer(action: string, user: string): Promise<DeskReply>;
  labels(): Readonly<Record<string, string>>;
}

/** What Discord's commands, messages and buttons lead to: replies, made of the answer flow's own functions. */
export function createDesk({
  answerQuestion,
  library,
  decisionsFolder,
  saveFeedback,
  administration,
}: DeskOptions): Desk {
  const asked = new Map<string, { readonly question: string; readonly options: AnswerOptions }>();
  const labels = (): Readonly<Record<string, string>> => library().rules.labels;

  async function ask(question: string, options: AnswerOptions = {}): Promise<DeskReply> {
    if (question.trim() === '') return { reply: composeNotice('empty') };
    const answer = await answerQuestion(question, options);
    asked.delete(answer.id);
    asked.set(answer.id, { question, options });
    if (asked.size > REMEMBERED) asked.delete(asked.keys().next().value as string);
    return { reply: composeReply(answer) };
  }

  const chosen = (ids: readonly string[]) =>
    ids
      .filter((id) => Object.hasOwn(labels(), id))
      .map((id) => ({ id, trigger: labels()[id] as string, wanted: true }));

  async function compared(pair: readonly string[]): Promise<DeskReply> {
    const named = [...new Set(pair)].filter((id): id is CandidateId => CANDIDATES.includes(id as CandidateId));
    if (named.length < 2) return { reply: composeNotice('unknown') };
    const comparison = compare(named.slice(0, 6), library().rules);
    const reply = composeComparison(comparison);
    return { reply, png: await comparisonPng(comparison, reply.title) };
  }

  function save(answer: Answer, user: string): Reply {
    if (!answer.recommendation) return composeNotice('unsaved');
    const date = new Date().toISOString().slice(0, 10);
    const { question, requirements, index } = answer;
    const context = { question, requirements, generation: index.generation, date, savedBy: user };
    return composeNotice(
      'saved',
      saveDecision(decisionsFolder, decisionRecord(answer.recommendation, context), date).id,
    );
  }

  return {
    ask,
    labels,
    compare: compared,
    administer: async (action, user) => ({ reply: await administer(administration, action, user) }),
    recommend: async (ids) => {
      const requirements = chosen(ids);
      if (requirements.length === 0) return { reply: composeNotice('unsaid') };
      const needs = requirements.map(({ trigger }) => trigger).join(', ');
      return ask(`Which framework should we use? ${needs}`, { requirements });
    },
    act: async (action, id, value, user) => {
      if (action === 'compare') return compared(value.split(/\s+/));
      const earlier = asked.get(id);
      if (!earlier) return { reply: composeNotice('forgotten') };
      const { question, options } = earlier;
      if (action === 'refine') {
        const requirements = [...chosen([value]), ...(options.requirements ?? []).filter((one) => one.id !== value)];
        return ask(question, { ...options, requirements });
      }
      if (action === 'feedback') {
        await saveFeedback({ answer: id, user, text: value });
        return { reply: composeNotice('thanks') };
      }
      const answer = await answerQuestion(question, options);
      if (action === 'save') return { reply: save(answer, user) };
      if (action === 'why') return { reply: composeWhy(answer) };
      return { reply: action === 'case-against' ? composeCaseAgainst(answer) : composeRetrieval(answer) };
    },
  };
}

/** Deny by default, with an audit line for every attempt. */
async function administer(
  { administrators, index, audit }: Administration,
  action: string,
  user: string,
): Promise<Reply> {
  const allowed = administrators.includes(user);
  audit({ user, action, allowed });
  if (!allowed) return composeNotice('denied', user);
  const did = async (): Promise<unknown> => {
    switch (action) {
      case 'status':
        return index.status();
      case 'rebuild':
        return index.rebuild();
      case 'rollback':
        return index.rollback();
      default:
        return index.diff();
    }
  };
  const done = await did();
  return composeNotice('index', typeof done === 'string' ? done : JSON.stringify(done, null, 1));
}
