import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer, AnswerQuestion } from '../../src/answer/answer.ts';
import type { Library } from '../../src/answer/answer-question.ts';
import { createAdministration } from '../../src/conversation/administration.ts';
import { createAdvice } from '../../src/conversation/advice.ts';
import { createConversation } from '../../src/conversation/conversation.ts';
import { createOffers } from '../../src/conversation/offers.ts';
import type { IndexAdministration } from '../../src/index-administration.ts';
import { createLogger } from '../../src/logger.ts';
import { openSqliteState } from '../../src/state/sqlite-state.ts';
import type { State } from '../../src/state/state.ts';

export interface ChatOptions {
  readonly answerQuestion: AnswerQuestion;
  readonly library: Library;
  readonly administrators?: readonly string[];
  readonly state?: State;
  readonly asksPerMinute?: number;
  readonly patienceMs?: number;
  readonly generation?: () => string;
  readonly now?: () => number;
}

/**
 * What the adapters share, as the program makes it, on a state in memory and with an index that only notes what it is
 * told: `done` is what `/index` was made to do.
 */
export function makeChat(options: ChatOptions) {
  const { answerQuestion, library, administrators = [], asksPerMinute = 1_000_000, patienceMs = 30_000 } = options;
  const now = options.now ? { now: options.now } : {};
  const state = options.state ?? openSqliteState(':memory:', now);
  const logger = createLogger(process.env.TEST_LOG ?? 'silent');
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
  const advice = createAdvice({
    answerQuestion,
    library: () => library,
    state,
    policies: { everywhere: [], workspaces: {} },
    decisionsFolder: mkdtempSync(join(tmpdir(), 'advisor-decisions-')),
    logger,
  });
  const administer = createAdministration({ administrators, index, state, logger, ...now });
  const conversation = createConversation({ advice, administer, state, logger, asksPerMinute, patienceMs, ...now });
  const generation = options.generation ?? (() => library.knowledge.manifest.generation);
  // Looks are made by hand.
  const offers = createOffers({ advice, state, generation, logger, intervalMs: 1e6 });
  return { state, logger, advice, administer, conversation, offers, labels: () => library.rules.labels, done };
}

/** Gives a real answer at once, under an id of its own per question: for tests of deliveries. */
export function quickAnswers(canned: Answer): AnswerQuestion {
  return async (question) => ({
    ...canned,
    question,
    id: createHash('sha256').update(question).digest('hex').slice(0, 12),
  });
}
