import type { Answer } from '../answer/answer.ts';
import { messageOf } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { composeHelp } from '../reply/compose-help.ts';
import { composeNotice } from '../reply/compose-notice.ts';
import type { Place, State } from '../state/state.ts';
import { type Action, act, type FeedbackEntry, toAsker } from './actions.ts';
import type { Administer } from './administration.ts';
import { type Advice, composeTurnReply } from './advice.ts';
import { createClaims } from './claims.ts';
import type { Command } from './commands.ts';
import { remembered, understand } from './follow-up.ts';
import type { Message, Outlet, Request, Turn } from './message.ts';
import { createRateLimit } from './rate-limit.ts';
import { createTurnstile } from './turnstile.ts';

/** Milliseconds after which a question is given up; half of the time for which its claim holds unsettled. */
const PATIENCE = 30_000;
/** Messages worked on at a time; the others wait in order. */
const AT_ONCE = 16;
/** What a text for the bot may say to get help. */
const HELP = /^(?:help|what can you do|hi|hello|hey)\W*$/i;

export interface ConversationOptions {
  readonly advice: Advice;
  readonly administer: Administer;
  readonly state: State;
  readonly logger: Logger;
  /** Questions and button presses that one user has per minute. */
  readonly asksPerMinute: number;
  readonly patienceMs?: number;
  readonly now?: () => number;
}

/**
 * What every platform shares between "a message came" and "a reply goes out": whether it is for the bot, whether it
 * was answered before, whether its user may ask now, what it means in its thread, and that exactly one turn is
 * delivered for it. No method throws.
 */
export interface Conversation {
  /** Any message that the bot can read; most are not for it. */
  hear(message: Message, outlet: Outlet): Promise<void>;
  /** A question put to the bot by other means than a message of the asker's own. */
  ask(request: Request, question: string, isPrivate: boolean, outlet: Outlet): Promise<void>;
  command(request: Request, command: Command, isPrivate: boolean, outlet: Outlet): Promise<void>;
  act(request: Request, action: Action, isPrivate: boolean, outlet: Outlet): Promise<void>;
  feedback(request: Request, entry: FeedbackEntry, outlet: Outlet): Promise<void>;
  /** How many are being answered now. */
  underWay(): number;
  /** Resolves when all that was accepted is delivered, or the milliseconds are over. */
  drain(milliseconds: number): Promise<void>;
}

export function createConversation(options: ConversationOptions): Conversation {
  const { advice, administer, state, logger, asksPerMinute, patienceMs = PATIENCE } = options;
  const claims = createClaims(state, logger);
  const allowanceOf = createRateLimit(asksPerMinute, options.now);
  const underWay = new Set<Promise<void>>();
  const enter = createTurnstile(AT_ONCE);

  /** Claims, works and delivers; a null turn means that nothing is said. The gate comes before the claim. */
  function once(
    request: Request,
    outlet: Outlet,
    work: () => Promise<Turn | null>,
    { gate, isQuiet = false }: { readonly gate?: () => Promise<boolean>; readonly isQuiet?: boolean } = {},
  ): Promise<void> {
    const { platform, workspace } = request.place;
    const decide = async (): Promise<Turn | null> => {
      if (gate && !(await gate())) return null;
      if (!(await claims.claim(request.key))) return null;
      const allowance = allowanceOf(`${platform}:${workspace}:${request.user}`);
      if (allowance !== 'allowed') {
        await claims.settle(request.key);
        return allowance === 'refused' && !isQuiet ? toAsker(composeNotice('busy')) : null;
      }
      outlet.begin?.();
      const turn = await inTime(work(), patienceMs).catch((thrown: unknown): Turn | null => {
        logger.error({ error: messageOf(thrown), platform }, 'a message could not be answered');
        return isQuiet ? null : toAsker(composeNotice(thrown instanceof TooSlow ? 'slow' : 'failed'));
      });
      await claims.settle(request.key);
      return turn;
    };
    // Delivery is outside: a channel that takes one message per second must not hold the others up.
    const running = enter(decide)
      .then((turn) => (turn ? outlet.deliver(turn) : undefined))
      .catch((thrown: unknown) => {
        logger.error({ error: messageOf(thrown), platform }, 'a reply was not delivered');
      });
    underWay.add(running);
    return running.finally(() => underWay.delete(running));
  }

  async function answer(
    text: string,
    place: Place,
    user: string,
  ): Promise<{ readonly given: Answer; readonly isRefinement: boolean }> {
    const memory = await state.threadOf(place).catch(() => null);
    const { question, requirements, isRefinement } = understand(text, memory);
    // Outside of threads two questions have nothing to do with each other unless one continues the other.
    const carried = place.thread === null && !isRefinement ? [] : requirements;
    const given = await advice.ask({ question, requirements: carried }, place, user);
    // A message that was not understood leaves the thread's subject as it was.
    if (given.kind === 'answered' || !memory) {
      await state.rememberThread(place, remembered(question, given.requirements)).catch((thrown: unknown) => {
        logger.error({ error: messageOf(thrown) }, 'a thread could not be kept');
      });
    }
    return { given, isRefinement };
  }

  async function isMeant({ place, addressed, isForOthers, isOwnThread }: Message): Promise<boolean> {
    if (addressed !== 'none') return true;
    if (isForOthers || place.thread === null) return false;
    try {
      return (isOwnThread || (await state.threadOf(place)) !== null) && (await state.channelSettings(place)).followUps;
    } catch (thrown) {
      logger.error({ error: messageOf(thrown) }, 'a thread could not be looked up');
      return false;
    }
  }

  async function commanded(request: Request, command: Command, isPrivate: boolean): Promise<Turn> {
    const audience = isPrivate ? 'asker' : 'everyone';
    switch (command.name) {
      case 'help':
        return toAsker(composeHelp(command.about));
      case 'compare':
        return { ...advice.compare(command.candidates), audience, replaces: false };
      case 'index':
        return toAsker(await administer(request, command.action, command.value));
      case 'recommend': {
        const requirements = advice.requirementsOf(command.requirements);
        const needs = [command.text.trim(), ...requirements.map(({ trigger }) => trigger)].filter(Boolean).join(', ');
        if (needs === '') return toAsker(composeNotice('unsaid'));
        const question = `Which framework should we use? ${needs}`;
        const given = await advice.ask({ question, requirements }, request.place, request.user);
        return { reply: composeTurnReply(given, isPrivate), audience, replaces: false };
      }
      case 'ask': {
        const given = await advice.ask({ question: command.question, requirements: [] }, request.place, request.user);
        return { reply: composeTurnReply(given, isPrivate), audience, replaces: false };
      }
      default:
        return command satisfies never;
    }
  }

  return {
    hear(message, outlet) {
      const { text, place, user, addressed } = message;
      const isQuiet = addressed === 'none';
      return once(
        message,
        outlet,
        async () => {
          const asked = text.trim();
          if (asked === '') return isQuiet ? null : toAsker(composeNotice('empty'));
          if (HELP.test(asked)) return isQuiet ? null : everyone(composeHelp(null));
          const { given } = await answer(asked, place, user);
          // Who did not address the bot is not told that it has nothing to say.
          if (isQuiet && given.kind === 'abstained') return null;
          return everyone(composeTurnReply(given, false));
        },
        { gate: () => isMeant(message), isQuiet },
      );
    },
    ask: (request, question, isPrivate, outlet) =>
      once(request, outlet, async () => {
        if (question.trim() === '') return toAsker(composeNotice('empty'));
        return commanded(request, { name: 'ask', question }, isPrivate);
      }),
    command: (request, command, isPrivate, outlet) =>
      once(request, outlet, () => commanded(request, command, isPrivate)),
    act: (request, action, isPrivate, outlet) =>
      once(request, outlet, () => act({ advice, state }, request, action, isPrivate)),
    feedback: (request, entry, outlet) =>
      once(request, outlet, async () => {
        await state.saveFeedback({ ...entry, place: request.place, user: request.user });
        return toAsker(composeNotice('thanks'));
      }),
    underWay: () => underWay.size,
    async drain(milliseconds) {
      const enough = AbortSignal.timeout(milliseconds);
      while (underWay.size > 0 && !enough.aborted) {
        const over = new Promise((resolve) => enough.addEventListener('abort', resolve, { once: true }));
        await Promise.race([Promise.allSettled([...underWay]), over]);
      }
    },
  };
}

const everyone = (reply: Turn['reply']): Turn => ({ reply, audience: 'everyone', replaces: false });

class TooSlow extends Error {}

async function inTime<Result>(work: Promise<Result>, milliseconds: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooSlow(`no answer within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
