import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Administer, createAdministration } from '../../src/conversation/administration.ts';
import { type Advice, createAdvice } from '../../src/conversation/advice.ts';
import { type Conversation, createConversation } from '../../src/conversation/conversation.ts';
import type { Message, Outlet, Turn } from '../../src/conversation/message.ts';
import type { IndexAdministration } from '../../src/index-administration.ts';
import { createLogger } from '../../src/logger.ts';
import { openSqliteState } from '../../src/state/sqlite-state.ts';
import type { Place, State } from '../../src/state/state.ts';
import type { RealAdvisor } from '../support/real-advisor.ts';

export const PLACE: Place = { platform: 'slack', workspace: 'T1', channel: 'C1', thread: '100.1' };

export interface Made {
  readonly conversation: Conversation;
  readonly administer: Administer;
  readonly advice: Advice;
  readonly state: State;
  /** Every turn that was delivered, in order. */
  readonly turns: Turn[];
  readonly outlet: Outlet;
  /** What `/index` was made to do. */
  readonly done: string[];
}

/** A conversation on the real answer flow, with a state in memory and an index that only notes what it is told. */
export function makeConversation(
  advisor: Pick<RealAdvisor, 'answerQuestion' | 'library'>,
  options: { readonly asksPerMinute?: number; readonly now?: () => number; readonly patienceMs?: number } = {},
): Made {
  const state = openSqliteState(':memory:', options.now ? { now: options.now } : {});
  const logger = createLogger('silent');
  const done: string[] = [];
  const index: IndexAdministration = {
    status: async () => ({
      current: 'g2',
      generations: [
        { name: 'g2', created: '2026-11-20T10:00:00Z', documents: 3, passages: 9, skipped: 0, problem: null },
      ],
      builder: null,
    }),
    rebuild: async () => {
      done.push('rebuild');
      await new Promise((resolve) => setTimeout(resolve, 20));
      return 'index g3: 3 documents';
    },
    rollback: async () => {
      done.push('rollback');
      return 'g1';
    },
    diff: async () => ({
      from: 'g1',
      to: 'g2',
      documents: { added: ['corpus/a.md'], removed: [], changed: [] },
      passages: { added: 2, removed: 0, kept: 7 },
    }),
    verify: async () => {
      throw new Error('not used');
    },
  };
  const policies = { everywhere: [], workspaces: {} };
  const decisionsFolder = mkdtempSync(join(tmpdir(), 'advisor-decisions-'));
  const { answerQuestion, library } = advisor;
  const advice = createAdvice({ answerQuestion, library: () => library, state, policies, decisionsFolder, logger });
  const now = options.now ? { now: options.now } : {};
  const administer = createAdministration({ administrators: ['T1:UADMIN'], index, state, logger, ...now });
  const { asksPerMinute = 1_000, patienceMs = 30_000 } = options;
  const turns: Turn[] = [];
  return {
    conversation: createConversation({ advice, administer, state, logger, asksPerMinute, patienceMs, ...now }),
    administer,
    advice,
    state,
    turns,
    outlet: {
      deliver: async (turn) => {
        turns.push(turn);
      },
    },
    done,
  };
}

let keys = 0;

/** A message that mentions the bot, unless told otherwise. */
export function message(text: string, other: Partial<Message> = {}): Message {
  return { key: `m${keys++}`, place: PLACE, user: 'U1', text, addressed: 'mention', isForOthers: false, ...other };
}
