import { type ChildProcess, fork } from 'node:child_process';
import { AdvisorError } from '../errors.ts';
import { programFile } from '../product.ts';
import { childArguments } from './child-arguments.ts';
import type { Inspection } from './inspect-generation.ts';
import type { InspectionReply, InspectionRequest } from './inspection-worker.ts';
import type { Fingerprint } from './verified-file.ts';

/** Milliseconds. 100,000 passages take some 20 s. */
const TIMEOUT = 180_000;

/** Inspects one generation in a process of its own, so that a graph that crashes the native library harms nobody. */
export interface Inspector {
  /** Starts the process ahead of its use. */
  begin(): void;
  /** Lets it load a file of a candidate while others are made. */
  file(directory: string, name: string, file: Fingerprint): void;
  /** As `inspectGeneration`; throws what it throws, and INDEX_REJECTED when the process ends without an answer. */
  inspect(directory: string, generation: string): Promise<Inspection>;
  close(): void;
}

export function createInspector(modelDirectory: string): Inspector {
  let child: ChildProcess | undefined;
  const start = (): ChildProcess => {
    if (!child) {
      child = forkWorker();
      // Heard again by who waits for its answer.
      child.on('error', () => {});
    }
    return child;
  };
  return {
    begin: () => void start(),
    file: (directory, name, file) => send(start(), { kind: 'file', directory, name, file }),
    inspect: (directory, generation) =>
      new Promise((resolve, reject) => {
        const process = start();
        const ended = (end: string): void => {
          clearTimeout(timer);
          reject(
            new AdvisorError(
              'INDEX_REJECTED',
              `generation ${generation} is not fit to serve: opening it ended with ${end}`,
            ),
          );
        };
        const timer = setTimeout(() => process.kill('SIGKILL'), TIMEOUT);
        process.once('message', (reply: InspectionReply) => {
          clearTimeout(timer);
          if (reply.kind === 'fit') resolve(reply.inspection);
          else reject(new AdvisorError(reply.code, reply.message));
        });
        process.once('error', ({ message }) => ended(message));
        process.once('exit', (code, signal) => ended(signal ?? `exit ${code}`));
        if (hasEnded(process)) ended(`${process.signalCode ?? process.exitCode}`);
        else send(process, { kind: 'inspect', directory, generation, modelDirectory });
      }),
    close: () => void child?.kill('SIGKILL'),
  };
}

/** One inspection in a process started for it. */
export async function inspectApart(directory: string, generation: string, modelDirectory: string): Promise<Inspection> {
  const inspector = createInspector(modelDirectory);
  try {
    return await inspector.inspect(directory, generation);
  } finally {
    inspector.close();
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function send(child: ChildProcess, request: InspectionRequest): void {
  // One that ends now is missed by who waits for its answer, not here.
  if (!hasEnded(child)) child.send(request, () => {});
}

function forkWorker(): ChildProcess {
  const worker = programFile('./inspection-worker', import.meta.url);
  return fork(worker, [], {
    execArgv: childArguments(worker, ['zod']),
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}
