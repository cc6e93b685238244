import { messageOf } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { composeOffer } from '../reply/compose-notice.ts';
import type { Place, State } from '../state/state.ts';
import { type Advice, composeTurnReply } from './advice.ts';
import type { Turn } from './message.ts';

/** Questions tried again per look. */
const AT_ONCE = 20;
/** Milliseconds between two looks whether a new generation serves. */
const INTERVAL = 5_000;

export type Post = (place: Place, turn: Turn) => Promise<void>;

export interface OffersOptions {
  readonly advice: Advice;
  readonly state: State;
  /** The generation that serves now. */
  readonly generation: () => string;
  readonly logger: Logger;
  readonly intervalMs?: number;
}

export interface Offers {
  /** Says how a platform posts into a place of its own. */
  connect(platform: Place['platform'], post: Post): void;
  /** Tries the questions that wait; resolves to the number of answers that were offered. */
  look(): Promise<number>;
  close(): void;
}

/**
 * Answers later what was not answered: when a new generation serves, the questions whose askers wanted to hear are
 * tried with it, and what it answers is posted where it was asked, once.
 */
export function createOffers(options: OffersOptions): Offers {
  const { advice, state, generation, logger, intervalMs = INTERVAL } = options;
  const platforms = new Map<Place['platform'], Post>();
  let tried: string | null = null;

  async function look(): Promise<number> {
    const now = generation();
    const misses = await state.wantedMisses(now, AT_ONCE);
    let offered = 0;
    for (const { id, question, requirements, place, user } of misses) {
      const post = platforms.get(place.platform);
      if (!post) continue;
      const answer = await advice.again({ question, requirements, place, user });
      const isAnswered = answer.kind === 'answered';
      // Noted before it is posted: a lost response must not lead to a second post.
      await state.triedMiss(id, now, isAnswered);
      if (!isAnswered) continue;
      await state.rememberQuestion(answer.id, { question, requirements, place, user });
      const reply = composeOffer(composeTurnReply(answer, false), question);
      await post(place, { reply, audience: 'everyone', replaces: false }).then(
        () => offered++,
        (thrown: unknown) => logger.error({ error: messageOf(thrown) }, 'a late answer was not delivered'),
      );
    }
    if (misses.length < AT_ONCE) tried = now;
    return offered;
  }

  const timer = setInterval(() => {
    if (generation() !== tried) {
      look().catch((thrown: unknown) => logger.error({ error: messageOf(thrown) }, 'late answers could not be made'));
    }
  }, intervalMs);
  timer.unref();
  return {
    connect: (platform, post) => void platforms.set(platform, post),
    look,
    close: () => clearInterval(timer),
  };
}
