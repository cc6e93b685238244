import { fork } from 'node:child_process';
import { AdvisorError } from '../errors.ts';
import type { Inspection } from './inspect-generation.ts';
import type { InspectionReply } from './inspection-worker.ts';

/** Milliseconds. 100,000 passages take some 20 s. */
const TIMEOUT = 180_000;

/** `inspectGeneration` in a process of its own, so that a graph that crashes the native library harms nobody. */
export function inspectApart(directory: string, generation: string, modelDirectory: string): Promise<Inspection> {
  const fromSource = import.meta.url.endsWith('.ts');
  const worker = new URL(fromSource ? './inspection-worker.ts' : './inspection-worker.js', import.meta.url);
  return new Promise((resolve, reject) => {
    const child = fork(worker, [directory, generation, modelDirectory], {
      execArgv: fromSource ? ['--import', 'tsx'] : [],
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      timeout: TIMEOUT,
      killSignal: 'SIGKILL',
    });
    child.once('message', (reply: InspectionReply) => {
      if (reply.kind === 'fit') resolve(reply.inspection);
      else reject(new AdvisorError(reply.code, reply.message));
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      const end = signal ?? `exit ${code}`;
      reject(
        new AdvisorError(
          'INDEX_REJECTED',
          `generation ${generation} is not fit to serve: opening it ended with ${end}`,
        ),
      );
    });
  });
}
