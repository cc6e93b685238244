import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { PRODUCT_DIRECTORY } from '../../src/product.ts';
import type { Fault } from './faulty-file-system.ts';

export interface ChildBuild {
  readonly corpus: string;
  readonly index: string;
  readonly fault?: Fault;
  /** File that gets the list of operations. */
  readonly log?: string;
  /** Bytes that any one file may have, as the kernel enforces it. */
  readonly fileLimit?: number;
  /** Milliseconds that the build holds the lock before it writes. */
  readonly delay?: number;
  /** Rebuild calls made at once. */
  readonly calls?: number;
}

export interface ChildResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What became of each call: the generation, or `CODE: message`. */
  readonly outcomes: readonly string[];
}

/** A build in a process of its own, with made-up vectors, so that a run takes well under a second. */
export function startChildBuild(build: ChildBuild): { child: ChildProcess; finished: Promise<ChildResult> } {
  const support = join(PRODUCT_DIRECTORY, 'tests/support');
  const args = ['--import', 'tsx', '--import', `${support}/faulty-file-system.ts`, `${support}/build-child.ts`];
  const request = JSON.stringify({ ...build, delay: build.delay ?? 0, calls: build.calls ?? 1 });
  const environment = {
    PATH: process.env.PATH ?? '',
    ...(build.fault && { FAULT: JSON.stringify(build.fault) }),
    ...(build.log && { FAULT_LOG: build.log }),
  };
  const options = {
    cwd: PRODUCT_DIRECTORY,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'],
  };
  const child =
    build.fileLimit === undefined
      ? spawn(process.execPath, [...args, request], options)
      : // With the signal ignored, the kernel reports EFBIG to the writer as a full disk would be.
        spawn(
          'bash',
          [
            '-c',
            `trap '' XFSZ; ulimit -f ${Math.ceil(build.fileLimit / 1024)}; exec "$@"`,
            'sh',
            process.execPath,
            ...args,
            request,
          ],
          options,
        );
  const finished = new Promise<ChildResult>((resolve, reject) => {
    let output = '';
    let problem = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      output += part;
    });
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      problem += part;
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const outcomes = output.split('\n').filter(Boolean);
      resolve({ code, signal, outcomes: outcomes.length > 0 ? outcomes : [problem] });
    });
  });
  return { child, finished };
}

export const buildInChild = (build: ChildBuild): Promise<ChildResult> => startChildBuild(build).finished;
