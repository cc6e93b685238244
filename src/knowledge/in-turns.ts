/** Milliseconds of work after which the event loop gets a turn. */
const TURN = 8;

/** Does something with every item; work on many items never holds the event loop for long. */
export async function inTurns<Item>(items: Iterable<Item>, use: (item: Item) => void): Promise<void> {
  const turn = createTurns();
  for (const item of items) {
    use(item);
    if (turn.isDue()) await turn.give();
  }
}

/** `inTurns` for work that is no list. */
export interface Turns {
  /** Asked after each step of some microseconds. */
  isDue(): boolean;
  give(): Promise<void>;
}

export function createTurns(): Turns {
  let since = performance.now();
  let count = 0;
  return {
    // The clock costs more than most steps.
    isDue: () => ++count % 16 === 0 && performance.now() - since >= TURN,
    async give() {
      await new Promise(setImmediate);
      since = performance.now();
    },
  };
}
