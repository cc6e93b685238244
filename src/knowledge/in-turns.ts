/** Milliseconds of work after which the event loop gets a turn. */
const TURN = 8;

/** Steps of some microseconds between two looks at the clock, which costs more than most of them. */
const SMALL_STEPS = 16;

/**
 * Does something with every item; work on many items never holds the event loop for long. `steps` is the number of uses
 * between two looks at the clock: 1 where one takes a millisecond.
 */
export async function inTurns<Item>(
  items: Iterable<Item>,
  use: (item: Item) => void,
  steps = SMALL_STEPS,
): Promise<void> {
  const turn = createTurns(steps);
  for (const item of items) {
    use(item);
    if (turn.isDue()) await turn.give();
  }
}

/** `inTurns` for work that is no list. */
export interface Turns {
  /** Asked after each step. */
  isDue(): boolean;
  give(): Promise<void>;
}

export function createTurns(steps = SMALL_STEPS): Turns {
  let since = performance.now();
  let count = 0;
  return {
    isDue: () => ++count % steps === 0 && performance.now() - since >= TURN,
    async give() {
      await new Promise(setImmediate);
      since = performance.now();
    },
  };
}
