import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SHARED_INDEX } from './support/build-shared-index.ts';
import { hostileQuestions } from './support/hostile-questions.ts';
import { runScript } from './support/run.ts';

interface Line {
  readonly id: string;
  readonly kind: 'answered' | 'abstained';
  readonly reason: string | null;
  readonly text: string;
  readonly recommendation: null | { readonly winner: string; readonly ranking: readonly unknown[] };
  readonly citations: readonly { path: string; startLine: number; endLine: number; quote: string }[];
  readonly retrieved: readonly unknown[];
  readonly index: { readonly generation: string; readonly model: string };
  readonly timings: { readonly embedMs: number; readonly totalMs: number };
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'advisor-ask-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function batch(questions: readonly { id: string; question: string }[]): Promise<Line[]> {
  const file = join(folder, 'batch.jsonl');
  writeFileSync(file, questions.map((question) => `${JSON.stringify(question)}\n`).join(''));
  const { code, stdout, stderr } = await runScript('scripts/ask.ts', ['--batch', file, '--index', SHARED_INDEX]);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is the point
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

/** Every citation's quote, looked up in the file on disk at the stated lines. */
function expectQuotesOnDisk(line: Line): void {
  for (const { path, startLine, endLine, quote } of line.citations) {
    const lines = readFileSync(path, 'utf8')
      .split('\n')
      .slice(startLine - 1, endLine);
    expect(lines.join('\n')).toContain(quote);
  }
}

describe('ask', () => {
  it('answers a choice with a recommendation and quotes from two documents that stand on disk', async () => {
    const question = 'Should I use PyTorch or TensorFlow for a research prototype?';
    const { code, stdout } = await runScript('scripts/ask.ts', ['--json', '--index', SHARED_INDEX, question]);
    expect(code).toBe(0);
    const line = JSON.parse(stdout) as Line;
    expect(line.kind).toBe('answered');
    expect(line.recommendation?.winner).toBe('pytorch');
    expect(new Set(line.citations.map(({ path }) => path)).size).toBeGreaterThanOrEqual(2);
    expectQuotesOnDisk(line);
  });

  it('answers a batch in order, the same every time', async () => {
    const questions = [
      'Is the TensorFlow graph static?',
      'PyTorch for a phone app?',
      'Which is faster at inference?',
      'What is a .pte file?',
    ].map((question, at) => ({
      id: `q${at}`,
      question,
    }));
    const first = await batch(questions);
    const second = await batch(questions);
    expect(first.map(({ id }) => id)).toEqual(['q0', 'q1', 'q2', 'q3']);
    // A fact is no choice.
    expect(first.map(({ recommendation }) => recommendation === null)).toEqual([false, false, false, true]);
    const timeless = (lines: Line[]): unknown => lines.map(({ timings: _, ...rest }) => rest);
    expect(timeless(second)).toEqual(timeless(first));
  });

  it('meets 300 hostile inputs with an answer or a typed abstention', async () => {
    const questions = hostileQuestions().map((question, at) => ({ id: String(at), question }));
    expect(questions).toHaveLength(300);
    const lines = await batch(questions);
    expect(lines.map(({ id }) => id)).toEqual(questions.map(({ id }) => id));
    for (const line of lines) {
      if (line.kind === 'abstained')
        expect(['out-of-scope', 'no-evidence', 'conflicting', 'needs-detail']).toContain(line.reason);
      else expect(line.citations.length).toBeGreaterThan(0);
      expect(line.text).not.toBe('');
      expectQuotesOnDisk(line);
    }
  });

  it('answers warm questions in at most one and a half times the bare embedding', async () => {
    const topics = [
      'research',
      'a phone app',
      'production',
      'beginners',
      'computer vision',
      'TPUs',
      'Windows',
      'reinforcement learning',
    ];
    const questions = Array.from({ length: 200 }, (_, at) => ({
      id: String(at),
      question: `We are a small team that starts on ${topics[at % topics.length]} next month, project ${at}. Should we use PyTorch or TensorFlow, and what speaks against it?`,
    }));
    const lines = await batch(questions);
    const ratios = lines
      .slice(40)
      .map(({ timings }) => timings.totalMs / timings.embedMs)
      .sort((a, b) => a - b);
    expect(ratios[ratios.length >> 1]).toBeLessThanOrEqual(1.5);
  });

  it('names a line it cannot read and answers the others', async () => {
    const file = join(folder, 'broken.jsonl');
    writeFileSync(file, 'not json\n{"id":"a","question":"PyTorch or JAX?"}\n{"id":"b"}\n');
    const { code, stdout } = await runScript('scripts/ask.ts', ['--batch', file, '--index', SHARED_INDEX]);
    expect(code).toBe(0);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string | null; error?: string });
    expect(lines.map(({ id }) => id)).toEqual([null, 'a', null]);
    expect(lines[0]?.error).toContain('line 1');
  });

  it('explains itself without a stack trace', async () => {
    const missing = await runScript('scripts/ask.ts', ['--index', join(folder, 'nowhere'), 'PyTorch?']);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('INDEX_MISSING');
    expect(missing.stderr).toContain('npm run build:index');
    expect(missing.stderr).not.toContain('    at ');
    const nothing = await runScript('scripts/ask.ts', []);
    expect(nothing.code).toBe(1);
    expect(nothing.stderr).toContain('usage:');
  });
});
