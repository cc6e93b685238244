import type { Requirement } from '../recommendation/recommendation.ts';
import type { FoundName } from './find-names.ts';
import { NEEDS } from './lexicon/needs.ts';
import { OTHER_LANGUAGES } from './lexicon/other-languages.ts';
import { NO_REQUIREMENT, PLACES } from './lexicon/places.ts';
import type { MatchingText, Token } from './matching-text.ts';
import { createPhraseFinder } from './phrases.ts';
import type { Polarity } from './polarity.ts';
import { existingValue, type Standing } from './standing.ts';

const find = createPhraseFinder<string | null>([
  ...Object.entries(NEEDS),
  ...Object.entries(PLACES),
  ...Object.entries(OTHER_LANGUAGES),
  [null, NO_REQUIREMENT],
]);

/** What naming a system says of the task, wherever the message does not say it itself. */
const IMPLIED: Readonly<Record<string, string>> = {
  tfjs: 'target:browser',
  litertjs: 'target:browser',
  'transformers-js': 'target:browser',
  tfserving: 'target:server',
  torchserve: 'target:server',
  triton: 'target:server',
  kserve: 'target:server',
  bentoml: 'target:server',
  vllm: 'domain:llm',
  'pytorch-mobile': 'target:mobile',
  coreml: 'target:ios',
  'tf-agents': 'domain:rl',
  torchrl: 'domain:rl',
  'stable-baselines3': 'domain:rl',
  'tf-object-detection': 'domain:cv',
  torchvision: 'domain:cv',
  torchtext: 'domain:nlp',
};

/** What stating one thing states besides. */
const ENTAILED: Readonly<Record<string, string>> = {
  'hardware:edgetpu': 'target:embedded-linux',
  'target:jetson': 'hardware:nvidia',
};

/** More exact values that make the general one say the same thing twice. */
const GENERAL: Readonly<Record<string, readonly string[]>> = {
  'target:mobile': [
    'target:android',
    'target:ios',
    'target:microcontroller',
    'target:embedded-linux',
    'target:browser',
  ],
  'target:embedded-linux': ['target:microcontroller', 'target:jetson'],
  'hardware:gpu': ['hardware:nvidia', 'hardware:amd', 'hardware:apple', 'hardware:cpu', 'hardware:tpu'],
  'target:cloud': ['target:server'],
  'hardware:tpu': ['hardware:edgetpu'],
  'domain:nlp': ['domain:llm'],
  'scale:single-gpu': ['scale:multi-gpu', 'scale:huge'],
};

/** The requirements that a message states, in the order of their words; each id once for wanted and once for not. */
export function findRequirements(
  text: MatchingText,
  names: readonly FoundName[],
  standings: readonly Standing[],
  isDenied: Polarity,
): Requirement[] {
  const found: Placed[] = [];
  const add = (id: string, wanted: boolean, start: number, end: number): void => {
    if (found.some((other) => other.id === id && other.wanted === wanted)) return;
    const span = text.spanOf(start, end);
    found.push({ id, wanted, trigger: text.original.slice(span.start, span.end), start });
  };
  for (const match of find(text.folded, text.tokens)) {
    if (match.value === null || isBackendOf(match, text, names)) continue;
    const wanted = DENIES_ITSELF.has(match.value) || !isDenied(match.from, match.to, match.start, match.end);
    const entailed = ENTAILED[match.value];
    for (const id of speedOf(match.value, text.folded)) add(id, wanted, match.start, match.end);
    if (entailed && wanted) add(entailed, wanted, match.start, match.end);
  }
  for (const standing of standings) {
    const start = (text.tokens[standing.from] as Token).start;
    const end = (text.tokens[standing.to - 1] as Token).end;
    for (const { id, wanted } of requirementsOf(standing, standings)) add(id, wanted, start, end);
  }
  const upgraded = upgradeOf(names, standings);
  if (upgraded) {
    const { start, end } = spanOfTokens(text.tokens, upgraded);
    add(`existing:${existingValue(upgraded)}`, true, start, end);
  }
  const statesTarget = found.some(({ id }) => id.startsWith('target:'));
  for (const name of names) {
    const id = IMPLIED[name.id];
    if (!id || (id.startsWith('target:') && statesTarget)) continue;
    const { start, end } = spanOfTokens(text.tokens, name);
    add(id, true, start, end);
  }
  return found
    .filter(({ id, wanted }) => !(upgraded && UPGRADE_IS_NOT.has(id)) && !(wanted && saidExactly(id, found)))
    .sort((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1))
    .map(({ id, trigger, wanted }) => ({ id, trigger, wanted }));
}

/** An upgrade within one framework is no leaving of it, and the old version's end is not the framework's. */
const UPGRADE_IS_NOT: ReadonlySet<string> = new Set(['goal:migration', 'horizon:long']);

/** The old version, when the message moves to another version of the only framework that it names. */
function upgradeOf(names: readonly FoundName[], standings: readonly Standing[]): FoundName | null {
  const target = standings.find(({ kind }) => kind === 'moves-to')?.name;
  if (!target || names.some(({ family }) => family !== null && family !== target.family)) return null;
  return (
    names.find(({ family, version }) => family === target.family && version !== null && version !== target.version) ??
    null
  );
}

interface Placed extends Requirement {
  readonly start: number;
}

/** Values whose words hold the denial ("no GPU", "don't know Python"). */
const DENIES_ITSELF: ReadonlySet<string> = new Set(['team:no-python', 'offline:yes', 'horizon:long']);

/** "Faster" alone is about training when the message speaks of training, about inference when it speaks of that. */
function speedOf(id: string, folded: string): readonly string[] {
  if (id !== 'priority:speed') return [id];
  const training = /\btrain|学習|训练|학습|обучен/u.test(folded);
  const inference = /\binfer|\bpredict|\bserv|\bdeploy|推理|推論|추론|инференс/u.test(folded);
  if (training && !inference) return ['priority:speed-training'];
  if (inference && !training) return ['priority:speed-inference'];
  return ['priority:speed-inference', 'priority:speed-training'];
}

function requirementsOf({ kind, name, wanted }: Standing, all: readonly Standing[]): { id: string; wanted: boolean }[] {
  const framework = name.family ?? name.candidate;
  switch (kind) {
    case 'has':
      return [{ id: `existing:${existingValue(name)}`, wanted }];
    case 'had':
      if (all.some((other) => other.kind === 'moves-to')) return [{ id: `existing:${existingValue(name)}`, wanted }];
      return framework ? [{ id: `team:knows-${framework}`, wanted }] : [];
    case 'knows':
      return framework ? [{ id: `team:knows-${framework}`, wanted }] : [];
    case 'leaves':
      return [
        { id: `existing:${existingValue(name)}`, wanted },
        { id: 'goal:migration', wanted },
      ];
    case 'moves-to':
      return [{ id: 'goal:migration', wanted }];
    case 'avoids':
      return framework ? [{ id: `avoid:${name.candidate ?? framework}`, wanted: true }] : [];
    default:
      return kind satisfies never;
  }
}

function saidExactly(id: string, found: readonly Placed[]): boolean {
  return (GENERAL[id] ?? []).some((exact) => found.some((other) => other.id === exact && other.wanted));
}

/** "The JAX backend" is a part of Keras, not a server. */
function isBackendOf({ from }: { readonly from: number }, text: MatchingText, names: readonly FoundName[]): boolean {
  return text.tokens[from]?.text === 'backend' && names.some(({ to }) => to === from);
}

function spanOfTokens(tokens: readonly Token[], { from, to }: FoundName): { start: number; end: number } {
  return { start: (tokens[from] as Token).start, end: (tokens[to - 1] as Token).end };
}
