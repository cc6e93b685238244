import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AdvisorError } from '../errors.ts';

/** A server that takes requests. */
export interface Listening {
  readonly port: number;
  /** Stops taking requests and resolves when those that were taken have their response. */
  close(): Promise<void>;
}

/**
 * Lets a server listen; port 0 takes any free one. Throws PLATFORM_FAILED with the sentence that `explain` makes of
 * the cause: what cannot listen where, and which setting changes that.
 */
export async function listen(
  server: Server,
  address: { readonly port: number; readonly host?: string },
  explain: (cause: NodeJS.ErrnoException) => string,
): Promise<Listening> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(new AdvisorError('PLATFORM_FAILED', explain(cause), { cause })));
    server.listen({ ...address }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}
