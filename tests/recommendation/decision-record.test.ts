import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type DecisionContext,
  decisionRecord,
  listDecisions,
  saveDecision,
  searchDecisions,
} from '../../src/recommendation/decision-record.ts';
import type { ResolvedRules } from '../../src/recommendation/evidence.ts';
import { recommend } from '../../src/recommendation/recommend.ts';
import { needs, readRealRules } from './real-rules.ts';

let rules: ResolvedRules;
beforeAll(async () => {
  rules = await readRealRules();
});

function record(ids: readonly string[], context: Partial<DecisionContext> = {}): string {
  const requirements = needs(...ids);
  const all = { question: 'What now?', requirements, generation: 'g1', date: '2026-11-20', savedBy: null, ...context };
  return decisionRecord(recommend(requirements, rules), all);
}

describe('decision record', () => {
  it('holds context, requirements, options, decision, evidence and versions', () => {
    const text = record(['target:mobile', 'existing:pytorch', 'not os:windows']);
    for (const heading of ['Context', 'Requirements', 'Options', 'Decision', 'Reasons', 'Case against', 'Evidence']) {
      expect(text).toContain(`\n## ${heading}\n`);
    }
    expect(text).toContain('# Deep-learning framework: PyTorch, deployed with ExecuTorch');
    expect(text).toContain('- Index generation: g1');
    expect(text).toContain(`- Rules version: ${rules.version}`);
    expect(text).toContain('- `target:mobile`: "mobile"');
    expect(text).toContain('- not `os:windows`');
    expect(text).toMatch(/\n1\. ".+" - .+ \(.*corpus\/.+\.md, line \d+, checked 2026-11-20\)/);
  });

  it('says that it is open when it depends', () => {
    expect(record(['target:mobile'])).toContain('# Deep-learning framework: still open');
  });

  it('lets nothing of a question become markup', () => {
    const text = record([], { question: '# Boo\n![x](http://evil.example/p.png) <script>', savedBy: '*me*' });
    expect(text).not.toContain('\n# Boo');
    expect(text).not.toContain('![x]');
    expect(text).not.toContain('<script>');
    expect(text).not.toContain('*me*');
  });

  it('is saved once, listed newest first and found by its words', () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'decisions-')), 'adr');
    expect(listDecisions(folder)).toEqual([]);
    const first = saveDecision(folder, record(['domain:nlp'], { question: 'For chat logs?' }), '2026-11-19');
    const second = saveDecision(folder, record(['existing:tensorflow2']), '2026-11-20');
    expect(saveDecision(folder, record(['existing:tensorflow2']), '2026-11-20')).toEqual(second);
    writeFileSync(join(folder, 'notes.md'), '# Not a record');
    expect(listDecisions(folder)).toEqual([second, first]);
    expect(searchDecisions(folder, 'CHAT logs')).toEqual([first]);
    expect(searchDecisions(folder, 'nothing like it')).toEqual([]);
    expect(readFileSync(second.path, 'utf8')).toContain('Use TensorFlow.');
  });
});
