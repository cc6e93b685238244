/** Waits for a condition, up to so many milliseconds; throws what it was when it does not come. */
export async function until(condition: () => boolean, milliseconds = 15_000, what = String(condition)): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not within ${milliseconds} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
