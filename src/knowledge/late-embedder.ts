import type { Embedder } from './embedder.ts';

/** An embedder that starts ahead of its use, or at it, or never. */
export interface LateEmbedder {
  /** Starts it without waiting: it will likely be needed. */
  begin(): void;
  /** Throws what starting it threw. */
  ready(): Promise<Embedder>;
  /** Closes what was started, also what is still starting. */
  close(): Promise<void>;
}

export function createLateEmbedder(open: () => Promise<Embedder>): LateEmbedder {
  let opened: Promise<Embedder> | undefined;
  const start = (): Promise<Embedder> => {
    if (!opened) {
      opened = open();
      // Who waits for it is told; until then a failure is not unhandled.
      opened.catch(() => {});
    }
    return opened;
  };
  return {
    begin: () => void start(),
    ready: start,
    async close() {
      const embedder = await opened?.catch(() => null);
      await embedder?.close();
    },
  };
}
