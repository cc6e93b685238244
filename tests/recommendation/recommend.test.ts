import { beforeAll, describe, expect, it } from 'vitest';
import { parseQuestion } from '../../src/question/parse-question.ts';
import type { ResolvedRules } from '../../src/recommendation/evidence.ts';
import { recommend } from '../../src/recommendation/recommend.ts';
import { isFramework } from '../../src/recommendation/rule-table.ts';
import { stability } from '../../src/recommendation/stability.ts';
import { NEGATION_PAIRS } from '../question/negation-pairs.ts';
import { needs, readRealRules } from './real-rules.ts';

let rules: ResolvedRules;
beforeAll(async () => {
  rules = await readRealRules();
});

describe('recommend', () => {
  it.each([
    [[], 'pytorch'],
    [['goal:research', 'domain:nlp'], 'pytorch'],
    [['domain:llm', 'target:server'], 'pytorch'],
    [['goal:learning', 'team:beginner'], 'pytorch'],
    [['existing:tensorflow2'], 'tensorflow'],
    [['existing:tfx', 'goal:production'], 'tensorflow'],
    [['target:microcontroller'], 'tensorflow'],
    [['target:mobile', 'team:knows-tensorflow'], 'tensorflow'],
    [['existing:tflite', 'target:android'], 'tensorflow'],
    [['existing:tensorflow2', 'goal:migration'], 'pytorch'],
    [['existing:tensorflow2', 'goal:migration', 'existing:tfserving'], 'tensorflow'],
    [['hardware:tpu'], 'jax'],
    [['hardware:tpu', 'scale:huge', 'goal:research'], 'depends'],
    [['existing:keras'], 'keras'],
    [['target:mobile'], 'depends'],
    [['target:browser'], 'depends'],
    [['priority:speed-training'], 'depends'],
    [['priority:speed-inference'], 'depends'],
    [['priority:memory'], 'depends'],
    [['existing:tensorflow1'], 'depends'],
    [['team:knows-tensorflow'], 'depends'],
    [['os:windows', 'hardware:nvidia', 'subject:tensorflow'], 'pytorch'],
  ])('%j gives %s', (ids, winner) => {
    expect(recommend(needs(...ids), rules).winner).toBe(winner);
  });

  it.each([
    [['target:server', 'domain:llm'], 'vllm'],
    [['target:server', 'existing:tensorflow2'], 'tfserving'],
    [['target:server', 'domain:cv'], 'triton'],
    [['target:microcontroller'], 'litert'],
    [['target:mobile', 'existing:pytorch'], 'executorch'],
    [['target:mobile', 'domain:nlp'], 'executorch'],
    [['target:mobile', 'team:knows-tensorflow'], 'litert'],
    [['target:mobile'], 'depends'],
    [['target:browser', 'existing:tfjs'], 'tfjs'],
    [['target:browser', 'existing:pytorch'], 'onnxruntime'],
    [['language:csharp'], 'onnxruntime'],
  ])('%j is deployed with %s', (ids, runtime) => {
    expect(recommend(needs(...ids), rules).runtime?.winner).toBe(runtime);
  });

  it('names no runtime when nothing is deployed', () => {
    expect(recommend(needs('goal:research'), rules).runtime).toBeNull();
  });

  it('shows which rules fired, with trigger, weight and quote', () => {
    const { reasons } = recommend([{ id: 'domain:nlp', trigger: 'chat logs', wanted: true }], rules);
    const reason = reasons.find(({ rule }) => rule === 'nlp-pytorch');
    expect(reason).toMatchObject({ candidate: 'pytorch', weight: 3, requirement: 'domain:nlp', trigger: 'chat logs' });
    expect(reason?.citation.quote).toContain('PyTorch');
  });

  it('says what depends depends on', () => {
    expect(recommend(needs('priority:speed-training'), rules).dependsOn).toContain('time your own model');
    expect(recommend(needs('target:mobile'), rules).dependsOn).toContain('PyTorch and TensorFlow');
    expect(recommend(needs('goal:research'), rules).dependsOn).toBeNull();
  });

  it('shows both sides of what is contested', () => {
    const { contested, caseAgainst } = recommend(needs('priority:memory'), rules);
    expect(contested).toHaveLength(1);
    expect(contested[0]?.sides.length).toBeGreaterThanOrEqual(2);
    expect(caseAgainst.map(({ quote }) => quote)).toContain(contested[0]?.sides[0]?.citation.quote);
  });

  it('shows exclusions apart, with their ground', () => {
    const { excluded, ranking } = recommend(needs('os:windows', 'hardware:nvidia'), rules);
    expect(excluded.map(({ candidate, by }) => [candidate, by])).toEqual([['jax', 'windows-nvidia-jax']]);
    expect(excluded[0]?.citation?.quote).toContain('no NVIDIA support');
    expect(ranking.map(({ framework }) => framework)).not.toContain('jax');
  });

  it('keeps out what the asker rules out', () => {
    const { excluded, winner } = recommend(needs('avoid:tensorflow', 'existing:tensorflow2'), rules);
    expect(excluded).toMatchObject([{ candidate: 'tensorflow', by: 'asker' }]);
    expect(winner).toBe('pytorch');
  });

  it('weighs only the frameworks that the question names', () => {
    const { ranking, winner } = recommend(needs('team:beginner'), rules, { among: ['keras', 'jax'] });
    expect(ranking.map(({ framework }) => framework)).toEqual(['keras', 'jax']);
    expect(winner).toBe('keras');
  });

  it('finds passages against every winner', () => {
    for (const ids of [['domain:nlp'], ['existing:tensorflow2'], ['existing:keras'], ['hardware:tpu']]) {
      const { caseAgainst, winner } = recommend(needs(...ids), rules);
      expect(winner).not.toBe('depends');
      expect(caseAgainst.length, ids.join()).toBeGreaterThan(0);
    }
  });

  it('asks back only while the margin is small, and never about what was said', () => {
    expect(recommend(needs('target:mobile'), rules).nextQuestion).toMatchObject({ aspect: 'existing' });
    expect(recommend(needs('domain:llm', 'goal:research'), rules).nextQuestion).toBeNull();
    const { nextQuestion } = recommend(needs('target:mobile', 'existing:keras', 'team:beginner'), rules);
    expect(['target', 'existing', 'team']).not.toContain(nextQuestion?.aspect);
  });

  it('leads with each answer where it says', () => {
    const { nextQuestion } = recommend(needs('target:mobile'), rules);
    for (const { requirement, leadsTo } of nextQuestion?.options ?? []) {
      expect(recommend(needs('target:mobile', requirement), rules).winner).toBe(leadsTo);
    }
  });

  it('follows moved priorities, and weight 0 silences a requirement', () => {
    const ids = needs('target:mobile', 'domain:cv');
    expect(recommend(ids, rules).winner).toBe('pytorch');
    expect(recommend(ids, rules, { priorities: { target: 5 } }).winner).toBe('tensorflow');
    expect(recommend(ids, rules, { priorities: { 'target:mobile': 0 } }).ranking).toEqual(
      recommend(needs('domain:cv'), rules).ranking,
    );
    expect(recommend(needs('priority:memory'), rules, { priorities: { priority: 0 } }).contested).toEqual([]);
  });

  it('gives little confidence to the default and more to many reasons', () => {
    const bare = recommend([], rules).confidence;
    const strong = recommend(needs('goal:research', 'domain:llm'), rules).confidence;
    expect(bare).toBeLessThan(0.4);
    expect(strong).toBeGreaterThan(bare);
  });

  it('takes a requirement that is both wanted and ruled out as wanted', () => {
    expect(recommend(needs('target:mobile', 'not target:mobile'), rules)).toEqual(
      recommend(needs('target:mobile'), rules),
    );
  });
});

describe('stability', () => {
  it('names the requirement whose weight decides', () => {
    const { winner, share, changes } = stability(needs('target:mobile', 'team:knows-tensorflow'), rules);
    expect(winner).toBe('tensorflow');
    expect(share).toBeLessThan(1);
    expect(changes.map(({ requirement }) => requirement)).toContain('team:knows-tensorflow');
  });

  it('is whole when nothing can be varied', () => {
    expect(stability([], rules)).toEqual({ winner: 'pytorch', share: 1, changes: [] });
  });
});

describe('negation in the result', () => {
  const scoreOf = (text: string, candidate: string): number => {
    const { ranking, runtime } = recommend(parseQuestion(text).requirements, rules);
    const all = [...ranking, ...(runtime?.ranking ?? [])];
    return all.find(({ framework }) => framework === candidate)?.score ?? 0;
  };

  it.each(NEGATION_PAIRS)('%s scores otherwise than: %s', (stated, denied, requirement) => {
    const supported = rules.rules.find(
      (rule) =>
        rule.kind === 'score' &&
        rule.weight > 0 &&
        rule.when.length === 1 &&
        rule.when[0]?.requirement === requirement &&
        // A language or a graphics card may leave the runtimes unranked, or rank them for another reason.
        (isFramework(rule.candidate) || requirement.startsWith('target:')),
    );
    if (supported?.kind !== 'score') return;
    expect(scoreOf(stated, supported.candidate)).toBeGreaterThan(scoreOf(denied, supported.candidate));
  });
});
