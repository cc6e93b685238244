import type { World } from './world.ts';

// A call that was already on its way when the 429 left is no disregard of it, nor is a timer that fires a little early.
const IN_FLIGHT_MS = 250;
const EARLY_MS = 50;

/** Remembers each Retry-After, per method, token and channel, and notes the calls that come before it has passed. */
export function createSilences(world: World) {
  const silences = new Map<string, { readonly from: number; readonly until: number }>();
  return {
    ask(subject: string, seconds: number): void {
      const now = world.now();
      const until = Math.max(silences.get(subject)?.until ?? 0, now + 1000 * seconds);
      silences.set(subject, { from: now, until });
    },
    check(method: string, subject: string): void {
      const silence = silences.get(subject);
      const now = world.now();
      if (silence && now > silence.from + IN_FLIGHT_MS && now < silence.until - EARLY_MS)
        world.violation(`${method}: called again before its Retry-After had passed`);
    },
  };
}
