import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { AdvisorError } from '../../src/errors.ts';
import { RUNTIMES } from '../../src/recommendation/candidate.ts';
import type { ResolvedRules } from '../../src/recommendation/evidence.ts';
import { exclusionsOf, loadPolicies, type Policy, parsePolicies, policyFor } from '../../src/recommendation/policy.ts';
import { recommend } from '../../src/recommendation/recommend.ts';
import { needs, readRealRules } from './real-rules.ts';

let rules: ResolvedRules;
beforeAll(async () => {
  rules = await readRealRules();
});

const BANNED: Policy = [{ id: 'P3', effect: 'banned', candidates: ['pytorch'], reason: 'Not approved by security.' }];
const excludedBy = (policy: Policy): Record<string, string> =>
  Object.fromEntries(exclusionsOf(policy).map(({ candidate, by }) => [candidate, by]));

describe('policy', () => {
  it('excludes by name, with the entry as ground', () => {
    const { winner, excluded, ranking } = recommend(needs('domain:nlp'), rules, { policy: BANNED });
    expect(winner).not.toBe('pytorch');
    expect(ranking.map(({ framework }) => framework)).not.toContain('pytorch');
    expect(excluded).toMatchObject([
      { candidate: 'pytorch', by: 'P3', reason: 'Excluded by policy P3: Not approved by security.' },
    ]);
  });

  it('forbids what is not approved, on the axis of the approval only', () => {
    const policy: Policy = [{ id: 'P1', effect: 'approved', candidates: ['pytorch', 'keras'], reason: 'House list.' }];
    expect(excludedBy(policy)).toEqual({ tensorflow: 'P1', jax: 'P1' });
  });

  it('joins several approvals', () => {
    const policy: Policy = [
      { id: 'P1', effect: 'approved', candidates: ['pytorch'], reason: 'House list.' },
      { id: 'P2', effect: 'approved', candidates: ['jax'], reason: 'For the TPU group.' },
    ];
    expect(excludedBy(policy)).toEqual({ tensorflow: 'P1', keras: 'P1' });
  });

  it('forbids everything beside what is required', () => {
    const policy: Policy = [{ id: 'P2', effect: 'required', candidates: ['onnxruntime'], reason: 'One runtime only.' }];
    const others = RUNTIMES.filter((id) => id !== 'onnxruntime');
    expect(excludedBy(policy)).toEqual(Object.fromEntries(others.map((id) => [id, 'P2'])));
    expect(recommend(needs('target:mobile', 'existing:pytorch'), rules, { policy }).runtime?.winner).toBe(
      'onnxruntime',
    );
  });

  it('names the lowest entry when several forbid', () => {
    const banned = (id: string): Policy[number] => ({ id, effect: 'banned', candidates: ['jax'], reason: 'No JAX.' });
    expect(excludedBy([banned('P10'), banned('P2')])).toEqual({ jax: 'P2' });
  });

  it('says so when nothing is left', () => {
    const policy: Policy = [
      { id: 'P1', effect: 'banned', candidates: ['pytorch', 'tensorflow', 'keras', 'jax'], reason: 'None for now.' },
    ];
    const { winner, dependsOn, confidence } = recommend([], rules, { policy });
    expect([winner, confidence]).toEqual(['depends', 0]);
    expect(dependsOn).toContain('every one is excluded');
  });
});

describe('policy file', () => {
  const text = `
everywhere:
  - {id: P1, effect: banned, candidates: [tfjs], reason: Releases have stopped.}
workspaces:
  T1:
    entries:
      - {id: P2, effect: banned, candidates: [jax], reason: Nobody knows it.}
    channels:
      C1:
        - {id: P3, effect: required, candidates: [pytorch], reason: This channel's product.}
`;

  it('adds up from everywhere, workspace and channel', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'policy-')), 'policy.yaml');
    writeFileSync(path, text);
    const book = loadPolicies(path);
    const ids = (place: { workspace?: string; channel?: string }): string[] =>
      policyFor(book, place).map(({ id }) => id);
    expect(ids({})).toEqual(['P1']);
    expect(ids({ workspace: 'T1' })).toEqual(['P1', 'P2']);
    expect(ids({ workspace: 'T1', channel: 'C1' })).toEqual(['P1', 'P2', 'P3']);
    expect(ids({ workspace: '__proto__', channel: 'constructor' })).toEqual(['P1']);
  });

  it.each([
    [{ everywhere: [{ id: '3', effect: 'banned', candidates: ['jax'], reason: 'Because.' }] }, 'everywhere.0.id'],
    [{ everywhere: [{ id: 'P3', effect: 'forbidden', candidates: ['jax'], reason: 'Because.' }] }, 'effect'],
    [{ everywhere: [{ id: 'P3', effect: 'banned', candidates: ['caffe'], reason: 'Because.' }] }, 'candidates'],
    [{ everywere: [] }, 'everywere'],
    [
      {
        everywhere: [
          { id: 'P1', effect: 'banned', candidates: ['jax'], reason: 'Because.' },
          { id: 'P1', effect: 'banned', candidates: ['keras'], reason: 'Because.' },
        ],
      },
      'uses an id twice: P1',
    ],
  ])('refuses %j, naming the place', (data, place) => {
    expect(() => parsePolicies(data, 'policy.yaml')).toThrow(AdvisorError);
    expect(() => parsePolicies(data, 'policy.yaml')).toThrow(place);
  });

  it('refuses a missing file by name', () => {
    expect(() => loadPolicies('/nowhere/policy.yaml')).toThrow('/nowhere/policy.yaml');
  });
});
