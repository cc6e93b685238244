import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { AdvisorError, messageOf } from '../errors.ts';
import type { DocumentFacts } from './document.ts';

const isoDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'expected a date like 2026-11-20');

const frontMatterSchema = z.strictObject({
  title: z.string().trim().min(1),
  frameworks: z.array(z.string()).default([]),
  topics: z.array(z.string()).default([]),
  sources: z
    .array(
      z.strictObject({
        title: z.string().trim().min(1),
        url: z.url({ protocol: /^https?$/ }),
        date: isoDate,
        undated: z.boolean().default(false),
      }),
    )
    .default([]),
  checked: isoDate.nullable().default(null),
  stance: z.enum(['vendor', 'independent', 'community']).nullable().default(null),
  favours: z.record(z.string(), z.string()).default({}),
});

/** The keys that make a YAML header ours; a header with none of them belongs to another tool and is only skipped. */
const OUR_KEYS = ['frameworks', 'topics', 'sources', 'checked', 'stance', 'favours'] as const;

export interface FrontMatter {
  readonly facts: DocumentFacts | null;
  /** A title found in another tool's header, or null. */
  readonly title: string | null;
  /** Offset of the first character after the header; 0 when there is none. */
  readonly end: number;
}

/**
 * Reads a document's YAML header (between `---` lines at the very start).
 * A header that is not valid YAML, or that uses our keys wrongly, is an error that names the key: a typo must not
 * silently drop a source. Another tool's header is passed over; only its `title` is taken.
 */
export function readFrontMatter(text: string, path: string): FrontMatter {
  const opening = /^---[ \t]*\r?\n/.exec(text);
  if (!opening) return { facts: null, title: null, end: 0 };
  const closing = /^(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/m;
  const rest = text.slice(opening[0].length);
  const close = closing.exec(rest);
  // "---" alone is also Markdown's rule; without a closing line it is one.
  if (!close) return looksLikeYaml(rest) ? broken(path, 'the closing "---" line is missing') : none();
  let data: unknown;
  try {
    data = parseYaml(rest.slice(0, close.index), { maxAliasCount: 10 });
  } catch (cause) {
    return broken(path, `it is not valid YAML: ${messageOf(cause).split('\n')[0]}`, cause);
  }
  const end = opening[0].length + close.index + close[0].length;
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    return data === null ? { facts: null, title: null, end } : none();
  }
  const record = data as Record<string, unknown>;
  if (!OUR_KEYS.some((key) => key in record)) {
    return { facts: null, title: typeof record.title === 'string' ? record.title.trim() || null : null, end };
  }
  const parsed = frontMatterSchema.safeParse(record);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'header'}: ${issue.message}`);
    return broken(path, problems.join('; '));
  }
  return { facts: parsed.data, title: parsed.data.title, end };
}

function none(): FrontMatter {
  return { facts: null, title: null, end: 0 };
}

function looksLikeYaml(text: string): boolean {
  return /^[A-Za-z_][\w-]*:(?:\s|$)/.test(text);
}

function broken(path: string, problem: string, cause?: unknown): never {
  throw new AdvisorError('DOCUMENT_INVALID', `front matter of ${path}: ${problem}`, { cause });
}
