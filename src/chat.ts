import { join } from 'node:path';
import type { AnswerQuestion } from './answer/answer.ts';
import type { Library } from './answer/answer-question.ts';
import type { Settings } from './config.ts';
import { createAdministration } from './conversation/administration.ts';
import { createAdvice } from './conversation/advice.ts';
import { type Conversation, createConversation } from './conversation/conversation.ts';
import { createOffers, type Offers } from './conversation/offers.ts';
import { createIndexAdministration } from './index-administration.ts';
import type { Logger } from './logger.ts';
import { loadPolicies, type PolicyBook } from './recommendation/policy.ts';
import type { HomeFacts } from './reply/compose-home.ts';
import { type RequirementGroup, requirementGroups } from './reply/requirement-groups.ts';
import { openSqliteState } from './state/sqlite-state.ts';
import type { State } from './state/state.ts';

/** What Slack and Discord share: one conversation on one state. */
export interface Chat {
  readonly conversation: Conversation;
  readonly offers: Offers;
  readonly state: State;
  readonly labels: () => Readonly<Record<string, string>>;
  readonly groups: () => readonly RequirementGroup[];
  /** What the bot knows, for a user named as `workspace:user`. */
  readonly homeFacts: (user: string) => HomeFacts;
  close(): Promise<void>;
}

export interface ChatParts {
  readonly answerQuestion: AnswerQuestion;
  readonly library: () => Library;
  readonly logger: Logger;
}

const NO_POLICIES: PolicyBook = { everywhere: [], workspaces: {} };

/** Opens the state and makes the conversation on it. Throws STATE_FAILED or POLICY_INVALID. */
export function openChat(settings: Settings, { answerQuestion, library, logger }: ChatParts): Chat {
  const state = openSqliteState(join(settings.STATE_DIR, 'advisor.db'));
  const advice = createAdvice({
    answerQuestion,
    library,
    state,
    policies: settings.POLICY_FILE === undefined ? NO_POLICIES : loadPolicies(settings.POLICY_FILE),
    decisionsFolder: join(settings.STATE_DIR, 'decisions'),
    logger,
  });
  const administer = createAdministration({
    administrators: settings.ADMIN_USERS,
    index: createIndexAdministration(settings),
    state,
    logger,
  });
  const asksPerMinute = settings.ASKS_PER_MINUTE;
  const generation = (): string => library().knowledge.manifest.generation;
  const conversation = createConversation({ advice, administer, state, logger, asksPerMinute });
  const offers = createOffers({ advice, state, generation, logger });
  const labels = (): Readonly<Record<string, string>> => library().rules.labels;
  return {
    conversation,
    offers,
    state,
    labels,
    groups: () => requirementGroups(labels()),
    homeFacts: (user) => homeFacts(library(), settings, user),
    async close() {
      offers.close();
      await conversation.drain(9_000);
      await state.close();
    },
  };
}

function homeFacts({ knowledge }: Library, { ASKS_PER_MINUTE, ADMIN_USERS }: Settings, user: string): HomeFacts {
  const { counts, generation, created } = knowledge.manifest;
  const dates = [...knowledge.documents.values()].flatMap(({ checked }) => checked ?? []).sort();
  return {
    documents: counts.documents,
    passages: counts.passages,
    generation,
    built: created,
    checked: dates.at(-1) ?? null,
    asksPerMinute: ASKS_PER_MINUTE,
    administrators: ADMIN_USERS.length,
    canAdminister: ADMIN_USERS.includes(user),
  };
}
