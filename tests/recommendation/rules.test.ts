import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AdvisorError } from '../../src/errors.ts';
import type { Document } from '../../src/knowledge/document.ts';
import { parseDocument } from '../../src/knowledge/parse-document.ts';
import { PRODUCT_DIRECTORY } from '../../src/product.ts';
import { CANDIDATE_NAMES } from '../../src/recommendation/candidate.ts';
import { type ResolvedRules, resolveEvidence } from '../../src/recommendation/evidence.ts';
import type { Evidence } from '../../src/recommendation/recommendation.ts';
import { loadRules } from '../../src/recommendation/rules.ts';
import { readRealRules } from './real-rules.ts';

const QUOTE = 'PyTorch is liked by many researchers in this sentence.';

const DOCUMENT = `---
title: Research
sources:
  - title: A source
    url: https://example.org/a
    date: 2026-01-02
checked: 2026-11-20
---
# Research

## Who likes PyTorch?
A first sentence stands here. ${QUOTE} Another one follows.
`;

const RULE = `  - id: research-pytorch
    when: goal:research
    candidate: pytorch
    weight: 3
    reason: Researchers like it.
    evidence:
      document: topics/research
      quote: ${QUOTE}
    validFrom: '2026-01-02'
`;

const LABELS = 'topic: Labels\nlabels:\n  goal:research: it is for research\n  domain:nlp: it is about text\n';

function rulesFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'rules-'));
  for (const [name, text] of Object.entries({ 'labels.yaml': LABELS, ...files }))
    writeFileSync(join(folder, name), text);
  return folder;
}

function load(rules: string): ReturnType<typeof loadRules> {
  return loadRules(rulesFolder({ 'goals.yaml': `topic: Goals\nrules:\n${rules}` }));
}

function document(text = DOCUMENT, path = 'corpus/topics/research.md'): Document {
  return parseDocument(new TextEncoder().encode(text), path);
}

function problemOf(run: () => unknown): AdvisorError {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof AdvisorError) return thrown;
    throw thrown;
  }
  throw new Error('expected an AdvisorError');
}

describe('loadRules', () => {
  it('reads a rule with its condition, weight and file', () => {
    expect(load(RULE).rules).toMatchObject([
      {
        id: 'research-pytorch',
        kind: 'score',
        when: [{ requirement: 'goal:research', wanted: true }],
        file: 'goals.yaml',
      },
    ]);
  });

  it('gives the same version for the same rules in other files, and another for other rules', () => {
    const other = loadRules(rulesFolder({ 'anything.yaml': `topic: Goals\nrules:\n${RULE}` }));
    expect(other.version).toBe(load(RULE).version);
    expect(load(RULE.replace('weight: 3', 'weight: 2')).version).not.toBe(other.version);
  });

  it.each([
    ['an unknown candidate', RULE.replace('candidate: pytorch', 'candidate: caffe'), 'candidate'],
    ['weight 0', RULE.replace('weight: 3', 'weight: 0'), 'weight'],
    ['a weight out of range', RULE.replace('weight: 3', 'weight: 9'), 'weight'],
    ['a misspelt key', RULE.replace('reason:', 'raeson:'), 'raeson'],
    ['a missing quote', RULE.replace(/ {6}quote: .*\n/, ''), 'evidence.quote'],
    ['a requirement that is none', RULE.replace('goal:research', 'research'), 'when'],
    ['a requirement without a label', RULE.replace('goal:research', 'goal:reserch'), 'goal:reserch has no label'],
    ['no date', RULE.replace("validFrom: '2026-01-02'", "validFrom: 'soon'"), 'validFrom'],
    ['an id twice', RULE + RULE, 'the id is taken'],
  ])('refuses %s, naming file, rule and place', (_, rules, place) => {
    const error = problemOf(() => load(rules));
    expect(error.code).toBe('RULES_INVALID');
    expect(error.message).toContain('goals.yaml: rule research-pytorch');
    expect(error.message).toContain(place);
  });

  it('reports all problems at once', () => {
    const broken =
      RULE.replace('weight: 3', 'weight: 9') + RULE.replace('research-pytorch', 'b').replace('pytorch', 'x');
    const { message } = problemOf(() => load(broken));
    expect(message).toContain('rule research-pytorch: weight');
    expect(message).toContain('rule b: candidate');
  });

  it('names a file that is no YAML, an empty folder and a missing one', () => {
    expect(problemOf(() => load('  - [')).message).toContain('goals.yaml: not readable as YAML');
    expect(problemOf(() => loadRules(mkdtempSync(join(tmpdir(), 'empty-')))).message).toContain('holds no .yaml file');
    expect(problemOf(() => loadRules('/nowhere/rules')).code).toBe('RULES_INVALID');
  });

  it('refuses rules under which more support could lower a rank', () => {
    const unequal =
      RULE +
      RULE.replace('research-pytorch', 'research-jax')
        .replace('candidate: pytorch', 'candidate: jax')
        .replace('weight: 3', 'weight: 1');
    expect(problemOf(() => load(unequal)).message).toContain(
      'rule research-jax: "goal:research" can give jax as little as 1',
    );
    const combined =
      RULE +
      RULE.replace('research-pytorch', 'both-jax')
        .replace('candidate: pytorch', 'candidate: jax')
        .replace('weight: 3', 'weight: 4')
        .replace('when: goal:research', 'when: [domain:nlp, goal:research]');
    expect(problemOf(() => load(combined)).message).toContain('rule research-pytorch: "goal:research"');
  });

  it('refuses to support and exclude with the same requirement', () => {
    const both =
      RULE + RULE.replace('research-pytorch', 'no-pytorch').replace('    weight: 3\n', '    kind: exclude\n');
    expect(problemOf(() => load(both)).message).toContain('both supports (research-pytorch) and excludes pytorch');
  });
});

describe('resolveEvidence', () => {
  it('finds a quote at its place', () => {
    const { rules } = resolveEvidence(load(RULE), [document()]);
    expect(rules[0]).toMatchObject({
      citation: {
        title: 'Research',
        path: 'corpus/topics/research.md',
        heading: 'Who likes PyTorch?',
        startLine: 12,
        endLine: 12,
        quote: QUOTE,
        url: 'https://example.org/a',
        date: '2026-11-20',
      },
    });
  });

  it('finds a document in whatever folder the corpus is', () => {
    for (const path of ['topics/research.md', '/srv/texts/topics/research.md', 'a/b/topics/research.markdown']) {
      expect(() => resolveEvidence(load(RULE), [document(DOCUMENT, path)])).not.toThrow();
    }
  });

  it.each([
    ['the sentence is gone', DOCUMENT.replace(QUOTE, 'Nothing of it is left here at all.'), 'no longer holds'],
    ['the sentence was changed', DOCUMENT.replace('liked by many', 'liked by most'), 'no longer holds'],
    ['only part of a sentence is quoted', DOCUMENT.replace(QUOTE, `It is not true that ${QUOTE}`), 'no longer holds'],
    [
      'it is a heading now',
      DOCUMENT.replace('## Who likes PyTorch?', `## ${QUOTE}`).replace(`here. ${QUOTE}`, 'here.'),
      'no longer holds',
    ],
  ])('stops when %s', (_, text, problem) => {
    const error = problemOf(() => resolveEvidence(load(RULE), [document(text)]));
    expect(error.code).toBe('RULE_EVIDENCE_GONE');
    expect(error.message).toContain('rule research-pytorch');
    expect(error.message).toContain(problem);
    expect(error.message).toContain(QUOTE);
  });

  it('stops when the document is gone, and names every rule that lost its evidence', () => {
    const two = RULE + RULE.replace('research-pytorch', 'text-pytorch').replace('goal:research', 'domain:nlp');
    const { message } = problemOf(() => resolveEvidence(load(two), [document(DOCUMENT, 'corpus/topics/other.md')]));
    expect(message).toContain('rule research-pytorch: the document topics/research is not in the corpus');
    expect(message).toContain('rule text-pytorch');
  });
});

describe('the rules that ship', () => {
  const everyEvidence = ({ rules, criteria }: ResolvedRules): Evidence[] => [
    ...rules.flatMap((rule) =>
      rule.kind === 'contested' ? rule.resolvedSides.map(({ citation }) => citation) : [rule.citation],
    ),
    ...criteria.flatMap(({ cells }) => cells.map(({ citation }) => citation)),
  ];

  it('are at least 110 and reach every candidate', async () => {
    const { rules } = await readRealRules();
    expect(rules.length).toBeGreaterThanOrEqual(110);
    const reached = new Set(rules.flatMap((rule) => (rule.kind === 'contested' ? [] : [rule.candidate])));
    expect([...reached].sort()).toEqual(Object.keys(CANDIDATE_NAMES).sort());
  });

  it('quote what stands at the place that they cite', async () => {
    for (const { path, startLine, endLine, quote } of everyEvidence(await readRealRules())) {
      const lines = readFileSync(join(PRODUCT_DIRECTORY, path.slice(path.indexOf('corpus/'))), 'utf8').split('\n');
      expect(lines.slice(startLine - 1, endLine).join('\n'), `${path}:${startLine}`).toContain(quote);
    }
  });

  it('ask only what a rule can use', async () => {
    const { questions, table } = await readRealRules();
    const useless = questions.flatMap(({ options }) =>
      options.filter(({ requirement }) => !table.requirements.includes(requirement)).map(({ label }) => label),
    );
    // These are answers too, though they favour no framework.
    expect(useless.sort()).toEqual(['Nothing yet', 'On a server or in the cloud']);
  });
});
