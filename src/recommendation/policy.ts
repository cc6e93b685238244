import { readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { AdvisorError, messageOf } from '../errors.ts';
import { type CandidateId, FRAMEWORKS, RUNTIMES } from './candidate.ts';
import type { Exclusion } from './recommendation.ts';

/** One line of a team's policy. `required` forbids every other candidate of the same axis, `approved` every unlisted one. */
interface PolicyEntry {
  /** P1, P2, ...: what an exclusion refers to. */
  readonly id: string;
  readonly effect: 'approved' | 'banned' | 'required';
  readonly candidates: readonly CandidateId[];
  readonly reason: string;
}

export type Policy = readonly PolicyEntry[];

/** Policies of everybody, of workspaces (Slack) or servers (Discord), and of their channels. */
export interface PolicyBook {
  readonly everywhere: Policy;
  readonly workspaces: Readonly<
    Record<string, { readonly entries: Policy; readonly channels: Readonly<Record<string, Policy>> }>
  >;
}

const entrySchema = z.strictObject({
  id: z.string().regex(/^P[1-9][0-9]*$/, 'expected an id like P3'),
  effect: z.enum(['approved', 'banned', 'required']),
  candidates: z.array(z.enum([...FRAMEWORKS, ...RUNTIMES])).min(1),
  reason: z.string().trim().min(5).max(400),
});
const entriesSchema = z.array(entrySchema).default([]);
const bookSchema = z.strictObject({
  everywhere: entriesSchema,
  workspaces: z
    .record(
      z.string(),
      z.strictObject({ entries: entriesSchema, channels: z.record(z.string(), entriesSchema).default({}) }),
    )
    .default({}),
});

/** Reads a policy file. Throws AdvisorError POLICY_INVALID with every problem and its place. */
export function loadPolicies(path: string): PolicyBook {
  let data: unknown;
  try {
    data = parseYaml(readFileSync(path, 'utf8'), { maxAliasCount: 0 });
  } catch (cause) {
    throw new AdvisorError(
      'POLICY_INVALID',
      `the policy file ${path} cannot be read: ${messageOf(cause).split('\n')[0]}`,
      { cause },
    );
  }
  return parsePolicies(data, path);
}

/** Checks the content of a policy file; `path` names it in messages. Throws AdvisorError POLICY_INVALID. */
export function parsePolicies(data: unknown, path: string): PolicyBook {
  const parsed = bookSchema.safeParse(data ?? {});
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`);
    throw new AdvisorError('POLICY_INVALID', `the policy file ${path} is not valid:\n- ${problems.join('\n- ')}`);
  }
  const lists = [
    parsed.data.everywhere,
    ...Object.values(parsed.data.workspaces).flatMap(({ entries, channels }) => [entries, ...Object.values(channels)]),
  ];
  const ids = lists.flatMap((entries) => entries.map(({ id }) => id));
  const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
  if (twice.length > 0) {
    throw new AdvisorError(
      'POLICY_INVALID',
      `the policy file ${path} uses an id twice: ${[...new Set(twice)].join(', ')}; an exclusion names its entry by id, so each must be unique`,
    );
  }
  return parsed.data;
}

/** What holds in one place: the entries for everybody, for its workspace and for its channel. */
export function policyFor(book: PolicyBook, place: { readonly workspace?: string; readonly channel?: string }): Policy {
  const workspace = own(book.workspaces, place.workspace);
  return [...book.everywhere, ...(workspace?.entries ?? []), ...(own(workspace?.channels ?? {}, place.channel) ?? [])];
}

/** The candidates that a policy forbids, each with the first entry (by number) that forbids it. */
export function exclusionsOf(policy: Policy): Exclusion[] {
  const sorted = [...policy].sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));
  const exclusions: Exclusion[] = [];
  for (const axis of [FRAMEWORKS, RUNTIMES] as readonly (readonly CandidateId[])[]) {
    const approved = sorted.filter(
      ({ effect, candidates }) => effect === 'approved' && candidates.some((id) => axis.includes(id)),
    );
    const isApproved = (id: CandidateId): boolean =>
      approved.length === 0 || approved.some(({ candidates }) => candidates.includes(id));
    for (const candidate of axis) {
      const entry = sorted.find(({ effect, candidates }) => {
        if (effect === 'banned') return candidates.includes(candidate);
        if (!candidates.some((id) => axis.includes(id))) return false;
        return effect === 'required' ? !candidates.includes(candidate) : !isApproved(candidate);
      });
      if (entry)
        exclusions.push({
          candidate,
          by: entry.id,
          reason: `Excluded by policy ${entry.id}: ${entry.reason}`,
          trigger: '',
          citation: null,
        });
    }
  }
  return exclusions;
}

function own<Value>(record: Readonly<Record<string, Value>>, key: string | undefined): Value | undefined {
  return key !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

/** What a policy file says to everybody; nothing without a file. Throws POLICY_INVALID that names file and entry. */
export function readPolicy(path: string | undefined): Policy {
  return path === undefined ? [] : policyFor(loadPolicies(path), {});
}
