/** Milliseconds for which a handled message or interaction is remembered. */
const REMEMBERED = 60 * 60_000;
const MOST = 50_000;
/** Questions of one user in one window of a minute. */
const PER_WINDOW = 20;
const WINDOW = 60_000;

/** A function that is true the first time it sees a key within an hour; at most 50,000 keys are held. */
export function createClaims(now: () => number = Date.now): (key: string) => boolean {
  const seen = new Map<string, number>();
  return (key) => {
    const at = seen.get(key);
    if (at !== undefined && now() - at < REMEMBERED) return false;
    seen.delete(key);
    seen.set(key, now());
    if (seen.size > MOST) seen.delete(seen.keys().next().value as string);
    return true;
  };
}

/** A function that is false for a user who asked more than 20 times in a minute. */
export function createRateLimit(now: () => number = Date.now): (user: string) => boolean {
  const counts = new Map<string, { window: number; count: number }>();
  return (user) => {
    const window = Math.floor(now() / WINDOW);
    const entry = counts.get(user);
    const count = entry?.window === window ? entry.count + 1 : 1;
    counts.delete(user);
    counts.set(user, { window, count });
    if (counts.size > MOST) counts.delete(counts.keys().next().value as string);
    return count <= PER_WINDOW;
  };
}
