/** Users held at most; the one who asked longest ago goes first. */
const MOST_USERS = 50_000;
const MINUTE = 60_000;

/** `refused` is said once, for the first question too many; what follows is `ignored` until there is room again. */
export type Allowance = 'allowed' | 'refused' | 'ignored';

/**
 * A token bucket per user: so many questions at once, and as many again within a minute. One user's flood neither
 * delays the others nor fills a channel with refusals.
 */
export function createRateLimit(perMinute: number, now: () => number = Date.now): (user: string) => Allowance {
  const buckets = new Map<string, { tokens: number; at: number; told: boolean }>();
  return (user) => {
    const at = now();
    const before = buckets.get(user) ?? { tokens: perMinute, at, told: false };
    const tokens = Math.min(perMinute, before.tokens + ((at - before.at) / MINUTE) * perMinute);
    const allowed = tokens >= 1;
    buckets.delete(user);
    // Told once per flood: only a question that is allowed again begins a new one.
    buckets.set(user, { tokens: allowed ? tokens - 1 : tokens, at, told: !allowed });
    if (buckets.size > MOST_USERS) buckets.delete(buckets.keys().next().value as string);
    if (allowed) return 'allowed';
    return before.told ? 'ignored' : 'refused';
  };
}
