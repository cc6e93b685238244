/** Milliseconds of work after which the event loop gets a turn. */
const TURN = 8;

/** Does something with every item; work on many items never holds the event loop for long. */
export async function inTurns<Item>(items: Iterable<Item>, use: (item: Item) => void): Promise<void> {
  let since = performance.now();
  let count = 0;
  for (const item of items) {
    use(item);
    // The clock costs more than most uses.
    if (++count % 16 !== 0 || performance.now() - since < TURN) continue;
    await new Promise(setImmediate);
    since = performance.now();
  }
}
