import { createServer } from 'node:http';
import { messageOf } from '../../errors.ts';
import { type Listening, listen } from '../listen.ts';

/** What the health server reports on, asked anew for each request. */
export interface HealthReport {
  /** Why the product cannot answer now; empty when it can. */
  readonly notReady: readonly string[];
  /** What an operator should know although the product can answer, such as an older index that serves. */
  readonly notes?: readonly string[];
  /** Prometheus metric name -> value; names end in a unit, counters in `_total`. */
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * `/healthz` (the process lives), `/readyz` (it can answer; 503 with reasons when not) and `/metrics` (Prometheus text)
 * on a server of our own: a platform library's routes must not be able to end the process. Throws PLATFORM_FAILED when
 * the port is taken.
 */
export async function startHealthServer(port: number, report: () => HealthReport): Promise<Listening> {
  const server = createServer((request, response) => {
    const send = (status: number, body: string): void => {
      response
        .writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
        .end(body);
    };
    const { notReady, notes = [], metrics } = report();
    // The path is compared as it came: a malformed one is simply unknown.
    switch (request.url) {
      case '/healthz':
        return send(200, 'ok\n');
      case '/readyz':
        return notReady.length === 0
          ? send(200, ['ready', ...notes, ''].join('\n'))
          : send(503, `${notReady.join('\n')}\n`);
      case '/metrics':
        return send(
          200,
          Object.entries(metrics)
            .map(([name, value]) => `${name} ${value}\n`)
            .join(''),
        );
      default:
        return send(404, 'expected /healthz, /readyz or /metrics\n');
    }
  });
  server.requestTimeout = 5000;
  return listen(
    server,
    { port },
    (cause) => `the health server cannot listen on port ${port}: ${messageOf(cause)}; set HEALTH_PORT to another one`,
  );
}
