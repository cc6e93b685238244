import { setImmediate } from 'node:timers/promises';

/** Lets work begin: so many pieces at a time, each in a turn of the event loop of its own. */
export type Turnstile = <Result>(work: () => Promise<Result>) => Promise<Result>;

/**
 * Platforms want their acknowledgement within seconds, whatever is being answered: between the beginnings of two
 * answers the event loop takes in what has arrived, so that acknowledgements never queue behind answers.
 */
export function createTurnstile(atOnce: number): Turnstile {
  let inside = 0;
  const waiting: (() => void)[] = [];
  let last: Promise<void> = Promise.resolve();
  return async (work) => {
    if (inside >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else inside++;
    last = last.then(() => setImmediate());
    await last;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // Who waits takes over the place.
      if (next) next();
      else inside--;
    }
  };
}
