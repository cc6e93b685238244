import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHealthServer } from '../../../src/adapters/health/server.ts';
import type { Listening } from '../../../src/adapters/listen.ts';
import { seeded } from '../../support/hostile-questions.ts';

let server: Listening;
let notReady: string[] = [];
let notes: string[] = [];
beforeAll(async () => {
  server = await startHealthServer(0, () => ({
    notReady,
    notes,
    metrics: { advisor_answers_total: 3, advisor_memory_bytes: 1024 },
  }));
});
afterAll(() => server.close());

const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${server.port}${path}`);

function sendRaw(line: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(server.port, '127.0.0.1', () =>
      socket.end(`${line}\r\nHost: x\r\nConnection: close\r\n\r\n`),
    );
    socket
      .on('error', () => resolve())
      .on('close', () => resolve())
      .resume();
  });
}

describe('the health server', () => {
  it('tells life from readiness', async () => {
    notReady = [];
    expect(await (await get('/readyz')).text()).toBe('ready\n');
    notes = ['an older index serves'];
    const noted = await get('/readyz');
    expect({ status: noted.status, text: await noted.text() }).toEqual({
      status: 200,
      text: 'ready\nan older index serves\n',
    });
    notes = [];
    notReady = ['the index is missing'];
    const refused = await get('/readyz');
    expect(refused.status).toBe(503);
    expect(await refused.text()).toContain('the index is missing');
    expect((await get('/healthz')).status).toBe(200);
    notReady = [];
  });

  it('gives metrics in the text form of Prometheus', async () => {
    expect(await (await get('/metrics')).text()).toBe('advisor_answers_total 3\nadvisor_memory_bytes 1024\n');
  });

  it('outlives 500 hostile request lines', async () => {
    const random = seeded(20261121);
    const lines = [
      'GET //',
      'GET /x/%E0%A4%A HTTP/1.1',
      'GET /../../etc/passwd HTTP/1.1',
      'POST /healthz HTTP/9.9',
      '\0\0\0',
      'GET http://[ HTTP/1.1',
    ];
    for (let batch = 0; batch < 10; batch++) {
      await Promise.all(
        Array.from({ length: 50 }, () => {
          const noise = Array.from({ length: 20 }, () => String.fromCharCode(32 + Math.floor(random() * 220))).join('');
          return sendRaw(
            random() < 0.5 ? (lines[Math.floor(random() * lines.length)] as string) : `GET /${noise} HTTP/1.1`,
          );
        }),
      );
    }
    expect((await get('/healthz')).status).toBe(200);
  });
});
