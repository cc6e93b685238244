import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { childArguments } from '../knowledge/child-arguments.ts';
import { hasEnding, PLAIN_ENDINGS } from '../knowledge/document-endings.ts';
import { type DocumentParser, type ParsedFile, passedOver } from '../knowledge/document-parser.ts';
import { programFile } from '../product.ts';
import type { ParseReply, ParseRequest } from './parser-worker.ts';
import { isTame } from './tame-text.ts';

export interface ParserLimits {
  /** Milliseconds for one file. */
  readonly timeMs: number;
  /** MiB of memory of the whole process, and of its JavaScript heap. */
  readonly memoryMb: number;
  readonly heapMb: number;
}

const LIMITS: ParserLimits = { timeMs: 30_000, memoryMb: 512, heapMb: 320 };
/** Milliseconds between two looks at the process's memory. */
const LOOK = 100;

/**
 * Parses files in a child process with limits on time and memory, without settings or tokens in its environment. A
 * file that kills or outruns the process is passed over with the reason, and the next one gets a new process. Small
 * and plain texts need no such care.
 */
export function createChildParser(limits: ParserLimits = LIMITS): DocumentParser {
  let child: ChildProcess | null = null;
  let number = 0;
  // One file at a time, so that a death has one cause.
  let queue: Promise<unknown> = Promise.resolve();
  const parseNext = (path: string, bytes: Uint8Array): Promise<ParsedFile> =>
    new Promise((resolve) => {
      child ??= forkWorker(limits);
      const process = child;
      const id = number++;
      const settle = (parsed: ParsedFile, keep: boolean): void => {
        clearTimeout(timer);
        clearInterval(look);
        process.removeAllListeners();
        process.on('error', () => {});
        if (!keep) {
          process.kill('SIGKILL');
          if (child === process) child = null;
        }
        resolve(parsed);
      };
      const give = (reason: string): void => settle(passedOver(path, reason), false);
      const timer = setTimeout(() => give(`reading it took more than ${limits.timeMs / 1000} s`), limits.timeMs);
      const look = setInterval(() => {
        if (residentMb(process.pid) > limits.memoryMb)
          give(`reading it took more than ${limits.memoryMb} MiB of memory`);
      }, LOOK);
      process.on('message', (reply: ParseReply) => {
        if (reply.id === id) settle(reply.parsed, true);
      });
      process.on('error', () => give('the parser could not be started'));
      process.on('exit', (code, signal) =>
        give(`the parser ended while reading it (${signal ?? `exit ${code}`}): out of memory, or a damaged file`),
      );
      process.send({ id, path, bytes } satisfies ParseRequest, (error) => {
        if (error) give(`the parser ended while reading it: ${error.message}`);
      });
    });
  return {
    async parse(path, bytes) {
      // A child takes longer to start than a hundred tame files to parse.
      if (hasEnding(path, PLAIN_ENDINGS) && isTame(bytes)) {
        return (await import('./parse-file.ts')).parseFile(path, bytes);
      }
      const parsed = queue.then(() => parseNext(path, bytes));
      queue = parsed;
      return parsed;
    },
    async close() {
      await queue;
      child?.removeAllListeners();
      child?.kill('SIGKILL');
      child = null;
    },
  };
}

function forkWorker({ heapMb }: ParserLimits): ChildProcess {
  const worker = programFile('./parser-worker', import.meta.url);
  return fork(worker, [], {
    serialization: 'advanced',
    execArgv: [`--max-old-space-size=${heapMb}`, ...childArguments(worker, [])],
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}

/** Resident memory of a process, or 0 where the system does not tell. */
function residentMb(pid: number | undefined): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
