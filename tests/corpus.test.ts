import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { balanceOf, checkCorpus } from '../src/evaluation/check-corpus.ts';
import { corpusReport } from '../src/evaluation/corpus-report.ts';
import { readCorpus } from '../src/knowledge/corpus.ts';
import type { Document } from '../src/knowledge/document.ts';
import { readModel } from '../src/knowledge/model.ts';
import { parseDocument } from '../src/knowledge/parse-document.ts';
import { splitIntoPassages } from '../src/knowledge/passage.ts';
import { createTokenCounter } from '../src/knowledge/token-counter.ts';
import { TOPICS } from '../src/knowledge/topics.ts';

/** Of the passages on one topic, the most that may argue for one framework. */
const LARGEST_SHARE = 0.6;
/** Situations with a guide of their own; the topics that comparisons are about have two documents at least. */
const NARROW: readonly string[] = [
  'domain_speech',
  'domain_tabular',
  'domain_timeseries',
  'domain_generative',
  'licence_offline',
];
const TODAY = '2026-11-20';

let documents: Document[];
let tokens: (context: string, text: string) => number;
beforeAll(async () => {
  const { files, skipped } = await readCorpus(['corpus']);
  expect(skipped).toEqual([]);
  documents = files.map(({ bytes, path }) => parseDocument(bytes, path));
  tokens = await createTokenCounter(await readModel('models/all-MiniLM-L6-v2'));
});

const parse = (text: string, path = 'corpus/a.md'): Document => parseDocument(new TextEncoder().encode(text), path);
const GOOD = `---
title: A
frameworks: [pytorch]
topics: [memory]
sources:
  - { title: S, url: 'https://example.org', date: 2026-01-01 }
checked: 2026-11-01
stance: independent
---
# A

## Is A good?
PyTorch A is good at several things in this sentence.
`;

describe('the corpus', () => {
  it('has no problem that a program can find', () => {
    const { problems, warnings } = checkCorpus(documents, tokens, 256, TODAY);
    for (const warning of checkCorpus(documents, tokens, 256, new Date().toISOString().slice(0, 10)).warnings)
      console.log(`warning: ${warning}`);
    expect(problems).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it('is large and broad enough', () => {
    expect(documents.length).toBeGreaterThanOrEqual(70);
    expect(documents.flatMap(splitIntoPassages).length).toBeGreaterThanOrEqual(500);
    for (const topic of TOPICS.filter((topic) => !NARROW.includes(topic))) {
      expect(documents.filter(({ topics }) => topics.includes(topic)).length, topic).toBeGreaterThanOrEqual(2);
    }
  });

  it('leaves no topic to one side', () => {
    for (const { topic, passages, sides } of balanceOf(documents)) {
      for (const [side, count] of Object.entries(sides)) {
        expect(count / passages, `${topic} for ${side}`).toBeLessThanOrEqual(LARGEST_SHARE);
      }
    }
  });

  it('is described by docs/corpus.md (npm run check:corpus -- --write)', () => {
    expect(readFileSync('docs/corpus.md', 'utf8')).toBe(corpusReport(documents));
  });
});

describe('the corpus check', () => {
  const problemsOf = (...texts: string[]): string => {
    const parsed = texts.map((text, at) => parse(text, `corpus/${'abc'[at]}.md`));
    return checkCorpus(parsed, (_, text) => text.split(' ').length, 60, TODAY).problems.join('\n');
  };

  it('passes a good document', () => {
    expect(problemsOf(GOOD)).toBe('');
  });

  it('names what is wrong', () => {
    expect(problemsOf(GOOD.replace('[memory]', '[memories]'))).toContain('"memories" is no topic');
    expect(problemsOf(GOOD.replace('[pytorch]', '[torch]'))).toContain('"torch" is no framework');
    expect(problemsOf(GOOD.replace('2026-01-01', '2027-01-01'))).toContain('after today');
    expect(problemsOf(GOOD.replace('PyTorch A', 'This'))).toContain('cannot stand alone');
    expect(problemsOf(GOOD, GOOD.replace('title: A', 'title: B'))).toContain('stands in corpus/a.md too');
    expect(problemsOf(`${GOOD}See [this](other.md) for more of PyTorch.\n`)).toContain('leads nowhere');
    expect(problemsOf(`${GOOD}\n## Is A good?\nPyTorch again, in some other words.\n`)).toContain('stands twice');
    expect(problemsOf(`${GOOD}${'word '.repeat(80)}\n`)).toContain('the model reads 60');
    expect(
      problemsOf(GOOD.replace('stance: independent', "stance: independent\nfavours: { 'No such': pytorch }")),
    ).toContain('No such');
    expect(
      checkCorpus([parse(GOOD.replace('2026-11-01', '2025-01-01'))], () => 1, 60, TODAY).warnings.join(),
    ).toContain('over a year ago');
  });
});
