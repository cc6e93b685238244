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

/** The parts that an adapter shares with the others, on a state in memory; `done` is what `/index` was made to do. */
export function makeChat(answerQuestion: AnswerQuestion, library: Library, administrators: readonly string[] = []) {
  const state = openSqliteState(':memory:');
  const logger = createLogger(process.env.TEST_LOG ?? 'silent');
  const done: string[] = [];
  const index = {
    rebuild: async () => {
      done.push('rebuild');
      return 'built';
    },
  } as unknown as IndexAdministration;
  const decisionsFolder = mkdtempSync(join(tmpdir(), 'advisor-decisions-'));
  const policies = { everywhere: [], workspaces: {} };
  const advice = createAdvice({ answerQuestion, library: () => library, state, policies, decisionsFolder, logger });
  const administer = createAdministration({ administrators, index, state, logger });
  const conversation = createConversation({ advice, administer, state, logger, asksPerMinute: 1_000_000 });
  const generation = () => library.knowledge.manifest.generation;
  const offers = createOffers({ advice, state, generation, logger, intervalMs: 1e6 });
  return { state, logger, conversation, offers, labels: () => library.rules.labels, done };
}

/** Gives a real answer at once, under an id of its own per question: for tests of deliveries. */
export function quickAnswers(canned: Answer): AnswerQuestion {
  return async (question) => ({
    ...canned,
    question,
    id: createHash('sha256').update(question).digest('hex').slice(0, 12),
  });
}
