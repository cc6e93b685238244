/** Measures for how long, at most, nothing was connected; it starts with the first connection. */
export function createGapClock(now: () => number = () => performance.now()) {
  let since: number | null = null;
  let started = false;
  let largest = 0;
  return {
    update(connected: number): void {
      if (connected > 0) {
        if (since !== null) largest = Math.max(largest, now() - since);
        since = null;
        started = true;
      } else if (started && since === null) since = now();
    },
    largestMs: () => Math.max(largest, since === null ? 0 : now() - since),
  };
}
