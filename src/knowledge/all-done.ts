/** Waits for all, also when one fails: nothing may still write when its folder is cleared away. */
export async function allDone(work: readonly unknown[]): Promise<void> {
  for (const { status, ...result } of await Promise.allSettled(work)) {
    if (status === 'rejected') throw (result as { reason: unknown }).reason;
  }
}
