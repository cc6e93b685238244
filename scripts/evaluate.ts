import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createProgress } from '../src/adapters/terminal/progress.ts';
import { createAnswerer } from '../src/answer/answer-question.ts';
import { readConfig, readEnvironment, type Settings } from '../src/config.ts';
import { AdvisorError, messageOf } from '../src/errors.ts';
import { evaluateAnswers, type QuestionOutcome, summarise } from '../src/evaluation/evaluate-answers.ts';
import { evaluateSet, type SetFigures } from '../src/evaluation/evaluate-set.ts';
import { evaluationReport, type ReportParts } from '../src/evaluation/evaluation-report.ts';
import { answersTable, comparisonTable, setTable } from '../src/evaluation/evaluation-tables.ts';
import { fitScope } from '../src/evaluation/fit-scope.ts';
import { readProductQuestions, type Split, splitOf } from '../src/evaluation/labelled-question.ts';
import { readLabelledSet } from '../src/evaluation/labelled-set.ts';
import { createEmbeddingPool } from '../src/knowledge/embedding-pool.ts';
import { type Model, readModel } from '../src/knowledge/model.ts';
import { createTransformersEmbedder } from '../src/knowledge/transformers-embedder.ts';
import { openLibrary } from '../src/open-library.ts';
import { PRODUCT_DIRECTORY } from '../src/product.ts';

const USAGE = `usage: npm run --silent evaluate -- [--split train|validation|test] [--json] [--save RUN.json] [--compare RUN.json] [--html FILE]
       npm run --silent evaluate -- --set DIR... [--json] [--html FILE]     a labelled set: corpus.jsonl, queries.jsonl, qrels.tsv
       npm run --silent evaluate -- --fit                     fits the scope model on train and validation`;

try {
  await main();
} catch (thrown) {
  const code = thrown instanceof AdvisorError ? thrown.code : 'USAGE';
  process.stderr.write(`evaluate failed (${code}): ${messageOf(thrown)}\n${code === 'USAGE' ? `${USAGE}\n` : ''}`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      set: { type: 'string', multiple: true },
      split: { type: 'string' },
      json: { type: 'boolean' },
      save: { type: 'string' },
      compare: { type: 'string' },
      html: { type: 'string' },
      fit: { type: 'boolean' },
      index: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return console.log(USAGE);
  const settings = readConfig(readEnvironment());
  const model = await readModel(settings.MODEL_DIR);
  if (values.set) {
    const sets: SetFigures[] = [];
    for (const set of values.set) {
      const figures = await runSet(set, model, settings);
      console.log(values.json ? JSON.stringify(figures.figures) : setTable(figures));
      sets.push(figures);
    }
    return writeReport(values.html, { generation: null, outcomes: [], sets });
  }
  const split = values.split as Split | undefined;
  if (split && !['train', 'validation', 'test'].includes(split)) throw new AdvisorError('USAGE', `no split "${split}"`);
  const questions = (
    await readProductQuestions(PRODUCT_DIRECTORY, (path) =>
      process.stderr.write(`skipped: real questions, for lack of ${path}\n`),
    )
  ).filter(({ question }) => !split || splitOf(question) === split);
  const { library } = await openLibrary(values.index ?? settings.INDEX_DIR, model);
  const embedder = await createTransformersEmbedder({ model, threads: availableParallelism() });
  try {
    if (values.fit) {
      const training = questions.filter(({ question }) => splitOf(question) !== 'test');
      const fitted = await fitScope(training, library, embedder);
      await writeFile(join(PRODUCT_DIRECTORY, 'src/answer/scope-model.json'), `${JSON.stringify(fitted, null, 2)}\n`);
      return console.log(`fitted on ${training.length} questions, threshold ${fitted.threshold}`);
    }
    const outcomes = await evaluateAnswers(questions, createAnswerer({ library: () => library, embedder }));
    const figures = summarise(outcomes);
    if (values.save) await writeFile(values.save, JSON.stringify(outcomes));
    console.log(values.json ? JSON.stringify(figures) : answersTable(figures));
    if (values.compare) {
      const before = JSON.parse(await readFile(values.compare, 'utf8')) as QuestionOutcome[];
      console.log(comparisonTable(before, outcomes));
    }
    const { generation } = library.knowledge.manifest;
    await writeReport(values.html, { generation, outcomes, sets: [] });
  } finally {
    await embedder.close();
  }
}

async function writeReport(file: string | undefined, parts: Omit<ReportParts, 'date'>): Promise<void> {
  if (!file) return;
  await writeFile(file, evaluationReport({ ...parts, date: new Date().toISOString().slice(0, 10) }));
  process.stderr.write(`report written to ${file}\n`);
}

async function runSet(directory: string, model: Model, settings: Settings): Promise<SetFigures> {
  const processes = settings.EMBEDDING_PROCESSES;
  const threads = Math.max(1, Math.floor(availableParallelism() / processes));
  return evaluateSet({
    name: basename(resolve(directory)),
    set: await readLabelledSet(directory),
    model,
    cacheDirectory: join(PRODUCT_DIRECTORY, 'node_modules/.cache/framework-advisor/evaluation'),
    openEmbedder: () => createEmbeddingPool({ model, processes, threads }),
    lanes: processes * 2,
    onProgress: createProgress(process.stderr, 'embedding passages'),
  });
}
