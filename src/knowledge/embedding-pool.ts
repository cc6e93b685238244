import { type ChildProcess, fork } from 'node:child_process';
import { AdvisorError } from '../errors.ts';
import { programFile } from '../product.ts';
import { childArguments } from './child-arguments.ts';
import type { Embedder, PassageEmbedding, PassageInput } from './embedder.ts';
import type { EmbeddingReply, EmbeddingRequest } from './embedding-worker.ts';
import type { Model } from './model.ts';
import type { TransformersOptions } from './transformers-embedder.ts';

/** Inference blocks the thread that runs it and must not run in worker_threads, so it lives in child processes. */
export interface PoolOptions {
  readonly model: Model;
  /** At most so many. */
  readonly processes: number;
  /** Started at once; the others when requests wait. Default: all. */
  readonly atOnce?: number;
  /** Threads of one inference in one process. */
  readonly threads: number;
  readonly allowRemote?: boolean;
  /** Milliseconds until a request is given up and its process replaced; default 60,000. */
  readonly timeoutMs?: number;
}

interface Job {
  readonly request: EmbeddingRequest;
  readonly resolve: (embeddings: PassageEmbedding[]) => void;
  readonly reject: (error: Error) => void;
}

interface Worker {
  readonly process: ChildProcess;
  job: Job | null;
  timer: NodeJS.Timeout | null;
}

/** A process that dies twice on the same text would die for ever: the second time the request fails. */
const START_FAILURES_ALLOWED = 3;

/**
 * An Embedder over child processes. Requests wait in one queue, questions before passages; a process that dies or
 * hangs fails its one request and is replaced. Throws MODEL_INVALID when the first process cannot load the model.
 */
export async function createEmbeddingPool(options: PoolOptions): Promise<Embedder> {
  const timeoutMs = options.timeoutMs ?? 60_000;
  const queue: Job[] = [];
  const workers = new Set<Worker>();
  const starting = new Set<Promise<Worker>>();
  let closed = false;
  let startFailures = 0;
  let retry: NodeJS.Timeout | null = null;

  const start = async (): Promise<Worker> => {
    const child = forkWorker(options);
    await ready(child);
    const worker: Worker = { process: child, job: null, timer: null };
    child.on('message', (reply: EmbeddingReply) => settle(worker, reply));
    child.on('exit', (code, signal) => replace(worker, `the embedding process ended (${signal ?? `exit ${code}`})`));
    child.on('error', () => {});
    workers.add(worker);
    return worker;
  };

  const settle = (worker: Worker, reply: EmbeddingReply): void => {
    const { job } = worker;
    if (!job) return;
    release(worker);
    if (reply.kind === 'embedded') job.resolve(reply.embeddings as PassageEmbedding[]);
    else if (reply.kind === 'failed') job.reject(new AdvisorError(reply.code, reply.message));
    pump();
  };

  const release = (worker: Worker): void => {
    if (worker.timer) clearTimeout(worker.timer);
    worker.timer = null;
    worker.job = null;
  };

  const replace = (worker: Worker, why: string): void => {
    workers.delete(worker);
    const { job } = worker;
    release(worker);
    job?.reject(new AdvisorError('EMBEDDING_FAILED', `${why}; ask again`));
    if (!closed) add().catch(failed);
  };

  /** A process did not start. While others serve it is started again when requests wait; else soon, and not for ever. */
  const failed = (error: Error): void => {
    startFailures++;
    if (closed || retry || workers.size + starting.size > 0) return;
    if (startFailures >= START_FAILURES_ALLOWED) {
      startFailures = 0;
      for (const waiting of queue.splice(0)) waiting.reject(error);
      return;
    }
    retry = setTimeout(() => {
      retry = null;
      add().catch(failed);
    }, 500 * startFailures).unref();
  };

  const pump = (): void => {
    for (const worker of workers) {
      if (worker.job) continue;
      const job = queue.shift();
      if (!job) return;
      worker.job = job;
      worker.timer = setTimeout(() => worker.process.kill('SIGKILL'), timeoutMs);
      worker.process.send(job.request);
    }
    if (queue.length > 0 && !retry && workers.size + starting.size < options.processes) add().catch(failed);
  };

  const add = async (): Promise<void> => {
    const started = start();
    starting.add(started);
    try {
      await started;
      startFailures = 0;
    } finally {
      starting.delete(started);
    }
    pump();
  };

  const submit = (request: EmbeddingRequest): Promise<PassageEmbedding[]> =>
    new Promise((resolve, reject) => {
      if (closed) return reject(new AdvisorError('EMBEDDING_FAILED', 'the embedding pool is closed'));
      const job = { request, resolve, reject };
      const firstPassages = queue.findIndex((waiting) => waiting.request.kind === 'passages');
      if (request.kind === 'question' && firstPassages !== -1) queue.splice(firstPassages, 0, job);
      else queue.push(job);
      pump();
    });

  // One is enough to begin.
  await Promise.any(Array.from({ length: Math.max(1, options.atOnce ?? options.processes) }, add)).catch(
    ({ errors }: AggregateError) => {
      throw errors[0];
    },
  );

  return {
    dimensions: options.model.dimensions,
    async embedQuestion(parts) {
      const [embedding] = await submit({ kind: 'question', parts });
      return (embedding as PassageEmbedding).passage;
    },
    async embedPassages(passages: readonly PassageInput[]) {
      return passages.length === 0 ? [] : submit({ kind: 'passages', passages });
    },
    async close() {
      closed = true;
      await Promise.allSettled(starting);
      for (const job of queue.splice(0))
        job.reject(new AdvisorError('EMBEDDING_FAILED', 'the embedding pool is closed'));
      await Promise.all([...workers].map(({ process: child }) => stop(child)));
    },
  };
}

function forkWorker({ model, threads, allowRemote }: PoolOptions): ChildProcess {
  const worker = programFile('./embedding-worker', import.meta.url);
  const settings: TransformersOptions = { model, threads, allowRemote: allowRemote ?? false };
  return fork(worker, [JSON.stringify(settings)], {
    serialization: 'advanced',
    execArgv: childArguments(worker, ['@xenova/transformers']),
    // No token or other setting of the bot reaches the process that runs native code over outside text.
    env: {},
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void =>
      reject(new AdvisorError('EMBEDDING_FAILED', `the embedding process ended with ${code} before it was ready`));
    child.once('exit', onExit);
    child.once('error', (cause) =>
      reject(new AdvisorError('EMBEDDING_FAILED', 'the embedding process did not start', { cause })),
    );
    child.once('message', (reply: EmbeddingReply) => {
      child.off('exit', onExit);
      if (reply.kind === 'ready') resolve();
      else
        reject(
          new AdvisorError(
            reply.kind === 'failed' ? reply.code : 'EMBEDDING_FAILED',
            reply.kind === 'failed' ? reply.message : 'unexpected reply',
          ),
        );
    });
  });
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const force = setTimeout(() => child.kill('SIGKILL'), 2000);
    child.once('exit', () => {
      clearTimeout(force);
      resolve();
    });
    child.disconnect();
  });
}
