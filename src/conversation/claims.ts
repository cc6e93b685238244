import { messageOf } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { State } from '../state/state.ts';

/** Keys held in memory besides the state: what arrives twice arrives within minutes. */
const MOST = 50_000;

export interface Claims {
  /** True for the first who claims a key, in this process and in all that share its state. */
  claim(key: string): Promise<boolean>;
  /** Says that a reply is about to be posted. */
  settle(key: string): Promise<void>;
}

/**
 * Each message once. The state keeps the keys over restarts; when it cannot be written, memory alone does, so that a
 * full disk neither silences the bot nor makes it say things twice.
 */
export function createClaims(state: State, logger: Logger): Claims {
  const claimedWithoutState = new Set<string>();
  return {
    async claim(key) {
      if (claimedWithoutState.has(key)) return false;
      try {
        return await state.claim(key);
      } catch (thrown) {
        logger.error({ error: messageOf(thrown) }, 'a claim could not be stored: memory alone keeps messages apart');
        if (claimedWithoutState.has(key)) return false;
        claimedWithoutState.add(key);
        if (claimedWithoutState.size > MOST)
          claimedWithoutState.delete(claimedWithoutState.values().next().value as string);
        return true;
      }
    },
    async settle(key) {
      await state.settle(key).catch((thrown: unknown) => {
        claimedWithoutState.add(key);
        logger.error({ error: messageOf(thrown) }, 'a claim could not be settled');
      });
    },
  };
}
