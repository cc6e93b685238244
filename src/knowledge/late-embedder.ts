import type { Embedder } from './embedder.ts';

/** Opens an embedder for so many bytes of new text. */
export type OpenEmbedder = (bytes: number) => Promise<Embedder>;

/** An embedder that starts ahead of its use, or at it, or never. */
export interface LateEmbedder {
  /** Starts it without waiting, if that was not done: it will likely be needed, for so many bytes or more. */
  begin(bytes: number): void;
  /** Throws what starting it threw. */
  ready(): Promise<Embedder>;
  /** Closes what was started, also what is still starting. */
  close(): Promise<void>;
}

export function createLateEmbedder(open: OpenEmbedder): LateEmbedder {
  let opened: Promise<Embedder> | undefined;
  const start = (bytes: number): Promise<Embedder> => {
    if (!opened) {
      opened = open(bytes);
      // Who waits for it is told; until then a failure is not unhandled.
      opened.catch(() => {});
    }
    return opened;
  };
  return {
    begin: (bytes) => void start(bytes),
    ready: () => start(0),
    async close() {
      const embedder = await opened?.catch(() => null);
      await embedder?.close();
    },
  };
}
