import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { AdvisorError, messageOf } from '../errors.ts';
import { type CandidateId, FRAMEWORKS, RUNTIMES } from './candidate.ts';
import { findMonotonyProblems } from './monotony.ts';
import type { ClarifyingQuestion, Condition, Criterion, Rule, RuleSet } from './rule.ts';

const requirementId = z.string().regex(/^[a-z]+:[a-z0-9-]+$/, 'expected a requirement like target:mobile');
const conditionText = z
  .string()
  .regex(/^(?:not )?[a-z]+:[a-z0-9-]+$/, 'expected a requirement like target:mobile, or "not target:mobile"');
const sentence = z.string().trim().min(10).max(400);
const evidence = z.strictObject({
  document: z.string().regex(/^[a-z0-9-]+(?:\/[a-z0-9-]+)*$/, 'expected a document like systems/torchserve'),
  quote: z.string().trim().min(20),
});
const base = {
  id: z.string().regex(/^[a-z0-9-]+$/, 'expected an id of lower-case letters, digits and hyphens'),
  when: z.union([z.literal('always'), conditionText, z.array(conditionText).min(1)]),
  reason: sentence,
  validFrom: z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'expected a date like 2026-11-20'),
};
const candidate = z.enum([...FRAMEWORKS, ...RUNTIMES]);
/** What each weight means is written in docs/rules.md. */
const weight = z
  .number()
  .int()
  .min(-5)
  .max(5)
  .refine((points) => points !== 0, 'expected a weight other than 0');

const ruleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...base, kind: z.literal('score'), candidate, weight, evidence }),
  z.strictObject({ ...base, kind: z.literal('exclude'), candidate, evidence }),
  z.strictObject({ ...base, kind: z.literal('tie-break'), candidate: z.enum(RUNTIMES), evidence }),
  z.strictObject({ ...base, kind: z.literal('caveat'), candidate, evidence }),
  z.strictObject({
    ...base,
    kind: z.literal('contested'),
    weight: z.number().positive().max(5),
    dependsOn: sentence,
    sides: z.array(z.strictObject({ claim: sentence, evidence })).min(2),
  }),
]);
const questionSchema = z.strictObject({
  aspect: z.string().regex(/^[a-z]+$/),
  text: sentence,
  settles: z.string().trim().min(5),
  options: z.array(z.strictObject({ label: z.string().trim().min(1), requirement: requirementId })).min(2),
});
const criterionSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9-]+$/),
    name: z.string().trim().min(3),
    cells: z.partialRecord(candidate, z.strictObject({ value: z.string().trim().min(2).max(90), evidence })),
  })
  .transform(({ cells, ...row }) => ({
    ...row,
    cells: Object.entries(cells).map(([id, cell]) => ({ candidate: id as CandidateId, ...cell })),
  }));
const fileSchema = z.strictObject({
  topic: z.string().trim().min(1),
  rules: z.array(z.unknown()).default([]),
  questions: z.array(questionSchema).default([]),
  labels: z.record(requirementId, z.string().trim().min(2)).default({}),
  criteria: z.array(criterionSchema).default([]),
});

/**
 * Reads and checks every rule file (`*.yaml`) of a folder. All problems are reported at once, each with its file and
 * rule. Throws AdvisorError RULES_INVALID.
 */
export function loadRules(directory: string): RuleSet {
  const problems: string[] = [];
  const rules: Rule[] = [];
  const questions: ClarifyingQuestion[] = [];
  const labels: Record<string, string> = {};
  const criteria: Criterion[] = [];
  for (const file of ruleFiles(directory)) {
    const parsed = fileSchema.safeParse(readYaml(join(directory, file), file, problems));
    if (!parsed.success) {
      problems.push(...describe(file, parsed.error));
      continue;
    }
    questions.push(...parsed.data.questions);
    Object.assign(labels, parsed.data.labels);
    criteria.push(...parsed.data.criteria);
    parsed.data.rules.forEach((entry, at) => {
      const rule = readRule(entry, at, file, problems);
      if (rule) rules.push(rule);
    });
  }
  problems.push(...findRepeats(rules), ...findUnlabelled(rules, questions, labels));
  // A rule set with broken rules would give follow-up messages about the rules that are missing.
  if (problems.length === 0) problems.push(...findMonotonyProblems(rules));
  if (problems.length > 0)
    throw new AdvisorError('RULES_INVALID', `the rules in ${directory} are not valid:\n- ${problems.join('\n- ')}`);
  // By id, so that file names and the order of lines mean nothing.
  rules.sort((a, b) => (a.id < b.id ? -1 : 1));
  const content = JSON.stringify([rules.map(({ file: _file, ...rule }) => rule), questions, labels, criteria]);
  return {
    version: createHash('sha256').update(content).digest('hex').slice(0, 12),
    rules,
    questions,
    labels,
    criteria,
  };
}

function findRepeats(rules: readonly Rule[]): string[] {
  const byId = new Map<string, Rule>();
  const problems: string[] = [];
  for (const rule of rules) {
    const other = byId.get(rule.id);
    if (other) problems.push(`${rule.file}: rule ${rule.id}: the id is taken by a rule of ${other.file}`);
    byId.set(rule.id, rule);
  }
  return problems;
}

/** A requirement without a label is most often a misspelt one, and could not be shown anyway. */
function findUnlabelled(
  rules: readonly Rule[],
  questions: readonly ClarifyingQuestion[],
  labels: Readonly<Record<string, string>>,
): string[] {
  const isKnown = (id: string): boolean => Object.hasOwn(labels, id) || id.startsWith('framework:');
  const problems: string[] = [];
  for (const { id, file, when } of rules) {
    for (const { requirement } of when) {
      if (!isKnown(requirement)) problems.push(`${file}: rule ${id}: ${requirement} has no label in any file`);
    }
  }
  for (const { aspect, options } of questions) {
    for (const { requirement } of options) {
      if (!isKnown(requirement)) problems.push(`question ${aspect}: ${requirement} has no label in any file`);
    }
  }
  return problems;
}

function ruleFiles(directory: string): string[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (cause) {
    throw new AdvisorError('RULES_INVALID', `the rules folder ${directory} cannot be read: ${messageOf(cause)}`, {
      cause,
    });
  }
  const files = names.filter((name) => name.endsWith('.yaml')).sort();
  if (files.length === 0) throw new AdvisorError('RULES_INVALID', `the rules folder ${directory} holds no .yaml file`);
  return files;
}

function readYaml(path: string, file: string, problems: string[]): unknown {
  try {
    return parseYaml(readFileSync(path, 'utf8'), { maxAliasCount: 0 });
  } catch (cause) {
    problems.push(`${file}: not readable as YAML: ${messageOf(cause).split('\n')[0]}`);
    return {};
  }
}

function readRule(entry: unknown, at: number, file: string, problems: string[]): Rule | null {
  // Most rules give points; only the others say their kind.
  const parsed = ruleSchema.safeParse(
    typeof entry === 'object' && entry !== null ? { kind: 'score', ...entry } : entry,
  );
  if (!parsed.success) {
    const id = typeof entry === 'object' && entry !== null && 'id' in entry ? String(entry.id) : `number ${at + 1}`;
    problems.push(...describe(`${file}: rule ${id}`, parsed.error));
    return null;
  }
  const { when, ...rest } = parsed.data;
  const texts = when === 'always' ? [] : Array.isArray(when) ? when : [when];
  return { ...rest, when: [...texts].sort().map(readCondition), file };
}

function readCondition(text: string): Condition {
  return text.startsWith('not ') ? { requirement: text.slice(4), wanted: false } : { requirement: text, wanted: true };
}

function describe(place: string, error: z.ZodError): string[] {
  return error.issues.map(
    (issue) => `${place}: ${issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''}${issue.message}`,
  );
}
