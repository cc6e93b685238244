import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { jsonLine } from '../src/adapters/terminal/json-line.ts';
import type { AnswerQuestion } from '../src/answer/answer.ts';
import { createAnswerer } from '../src/answer/answer-question.ts';
import { corpusFolders, readConfig, readEnvironment, type Settings } from '../src/config.ts';
import { AdvisorError, messageOf } from '../src/errors.ts';
import { readModel } from '../src/knowledge/model.ts';
import { createTransformersEmbedder } from '../src/knowledge/transformers-embedder.ts';
import { openLibrary } from '../src/open-library.ts';
import { readPolicy } from '../src/recommendation/policy.ts';
import { composeReply } from '../src/reply/compose-reply.ts';
import { plainTextOf } from '../src/reply/plain-text.ts';

const USAGE = `usage: npm run --silent ask -- [--json] [--index DIR] "question"
       npm run --silent ask -- --batch FILE.jsonl [--index DIR]    lines {"id","question"} in, one JSON line each out`;

try {
  await main();
} catch (thrown) {
  const code = thrown instanceof AdvisorError ? thrown.code : 'USAGE';
  process.stderr.write(`ask failed (${code}): ${messageOf(thrown)}\n${code === 'USAGE' ? `${USAGE}\n` : ''}`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      batch: { type: 'string' },
      index: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  if (values.batch === undefined && positionals.length === 0) throw new AdvisorError('USAGE', 'expected a question');
  const settings = readConfig(readEnvironment());
  const { answerQuestion, close } = await open(settings, values.index ?? settings.INDEX_DIR);
  try {
    if (values.batch !== undefined) await answerBatch(answerQuestion, values.batch);
    else {
      const answer = await answerQuestion(positionals.join(' '));
      await print(values.json ? jsonLine(answer, null) : plainTextOf(composeReply(answer)));
    }
  } finally {
    await close();
  }
}

/** Opens the index, building it first where there is none. The model runs in this process: nobody else waits for it. */
async function open(
  settings: Settings,
  indexDirectory: string,
): Promise<{ answerQuestion: AnswerQuestion; close: () => Promise<void> }> {
  const model = await readModel(settings.MODEL_DIR);
  const { currentGeneration } = await import('../src/knowledge/generation.ts');
  if (indexDirectory === settings.INDEX_DIR && (await currentGeneration(indexDirectory)) === null) {
    const { buildIndex } = await import('../src/build-index.ts');
    const { createProgress } = await import('../src/adapters/terminal/progress.ts');
    process.stderr.write(`no index in ${indexDirectory} yet: building it once\n`);
    await buildIndex({
      settings,
      corpus: corpusFolders(settings),
      indexDirectory,
      onProgress: createProgress(process.stderr, 'embedding passages'),
    });
  }
  const { library, warnings } = await openLibrary(indexDirectory, model);
  for (const warning of warnings) process.stderr.write(`note: ${warning}\n`);
  const embedder = await createTransformersEmbedder({
    model,
    threads: availableParallelism(),
    allowRemote: settings.ALLOW_REMOTE_MODELS,
  });
  return {
    answerQuestion: createAnswerer({ library: () => library, embedder, policy: readPolicy(settings.POLICY_FILE) }),
    close: () => embedder.close(),
  };
}

/** Answers a file of questions in order. A line that cannot be read gets a line that says so; the others are answered. */
async function answerBatch(answerQuestion: AnswerQuestion, file: string): Promise<void> {
  const input = createReadStream(file, 'utf8');
  await once(input, 'open').catch((cause) => {
    throw new AdvisorError('USAGE', `cannot read ${file}: ${messageOf(cause)}`, { cause });
  });
  let number = 0;
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number++;
    if (line.trim() === '') continue;
    const asked = readLine(line);
    if (asked) await print(jsonLine(await answerQuestion(asked.question), asked.id));
    else await print(JSON.stringify({ id: null, error: `line ${number}: expected {"id": "...", "question": "..."}` }));
  }
}

function readLine(line: string): { id: string; question: string } | null {
  try {
    const { id, question } = JSON.parse(line) as { id?: unknown; question?: unknown };
    return typeof question === 'string' && (typeof id === 'string' || typeof id === 'number')
      ? { id: id as string, question }
      : null;
  } catch {
    return null;
  }
}

/** Waits for the reader of a pipe, so that a long batch does not pile up in memory. */
async function print(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
}
