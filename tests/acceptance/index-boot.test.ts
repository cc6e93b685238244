import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { currentGeneration } from '../../src/knowledge/generation.ts';
import { PRODUCT_DIRECTORY } from '../../src/product.ts';
import { SHARED_INDEX } from '../support/build-shared-index.ts';

let folder: string;
let index: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'advisor-boot-'));
  index = join(folder, 'index');
  cpSync(SHARED_INDEX, index, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts the product on the index, asks for its readiness, and stops it as a supervisor would. */
async function readiness(): Promise<{ status: number; text: string; output: string; code: number | null }> {
  const [PORT, HEALTH_PORT] = [String(await freePort()), String(await freePort())];
  const environment = {
    INDEX_DIR: index,
    STATE_DIR: join(folder, 'state'),
    PORT,
    HEALTH_PORT,
    EMBEDDING_PROCESSES: '1',
  };
  const child = spawn(process.execPath, ['run.js', 'src/main.ts'], {
    cwd: PRODUCT_DIRECTORY,
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => {
      output += part;
    });
  try {
    for (let tries = 0; tries < 600 && child.exitCode === null; tries++) {
      const response = await fetch(`http://127.0.0.1:${HEALTH_PORT}/readyz`).catch(() => null);
      if (response) {
        const [status, text] = [response.status, await response.text()];
        child.kill('SIGTERM');
        return { status, text, output, code: await ended };
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`it did not start: ${output}`);
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

it('a bot starts with a broken CURRENT or a damaged newest generation on the last good one, and says so', async () => {
  const current = (await currentGeneration(index)) as string;
  expect(await readiness()).toMatchObject({ status: 200, text: 'ready\n', code: 0 });
  writeFileSync(join(index, 'CURRENT'), '\0\0\0\0');
  const broken = await readiness();
  expect(broken).toMatchObject({ status: 200, text: expect.stringContaining('CURRENT names no generation') });
  expect(broken.output).toContain(`Index ${current}:`);
  // A newer generation of which a file is short; the one before it is a copy of a whole one.
  const newer = '20990101-000000-00000000';
  cpSync(join(index, current), join(index, newer), { recursive: true });
  truncateSync(join(index, newer, 'vectors.f32'), 100);
  writeFileSync(join(index, 'CURRENT'), `${newer}\n`);
  const damaged = await readiness();
  expect(damaged).toMatchObject({ status: 200, text: expect.stringContaining(`generation ${newer} is not used`) });
  expect(damaged.output).toContain(`Index ${current}:`);
  for (const name of readdirSync(index)) if (/^\d/.test(name)) writeFileSync(join(index, name, 'manifest.json'), '{}');
  await expect(readiness()).rejects.toThrow(/start failed \(INDEX_DAMAGED\).*manifest\.json/);
}, 120_000);
