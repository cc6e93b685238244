import { z } from 'zod';
import { AdvisorError, messageOf } from '../errors.ts';
import { sha256 } from './document.ts';

/** Changes when the files of a generation, or how passages are made, change: older indexes are then rebuilt. */
export const INDEX_FORMAT = 3;

const fileSchema = z.strictObject({ bytes: z.int().nonnegative(), sha256: z.string().regex(/^[0-9a-f]{64}$/) });

const manifestSchema = z.strictObject({
  format: z.literal(INDEX_FORMAT),
  generation: z.string().regex(/^[0-9]{8}-[0-9]{6}-[0-9a-f]{8}$/),
  created: z.iso.datetime(),
  model: z.strictObject({ id: z.string(), hash: z.string() }),
  dimensions: z.int().positive(),
  /** How vectors are compared. */
  metric: z.literal('cosine'),
  /** What the passages and vectors were made by: others would not fit the questions that are asked of them. */
  parser: z.int(),
  embedding: z.int(),
  counts: z.strictObject({
    documents: z.int().positive(),
    passages: z.int().positive(),
    sentences: z.int().positive(),
  }),
  /** Hash over the corpus files, model, rules and format: equal hashes give equal indexes. */
  inputs: z.string(),
  corpus: z.array(z.string()),
  /** The generation that served when this one was made, or null. */
  parent: z.string().nullable(),
  /** Files passed over, so that an unchanged corpus is reported alike. */
  skipped: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
  files: z.record(z.string(), fileSchema),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** The manifest as stored: its JSON with a hash of itself, so that an edited one is refused. */
export function writeManifest(manifest: Manifest): string {
  return `${JSON.stringify({ self: sha256(JSON.stringify(manifest)), manifest }, null, 1)}\n`;
}

/** Reads a stored manifest. Throws INDEX_DAMAGED, or INDEX_MISMATCH for another format. */
export function readManifest(text: string, path: string): Manifest {
  let stored: { self?: unknown; manifest?: unknown };
  try {
    stored = JSON.parse(text);
  } catch (cause) {
    throw new AdvisorError('INDEX_DAMAGED', `${path} is not JSON: ${messageOf(cause)}`, { cause });
  }
  const format = (stored?.manifest as { format?: unknown } | undefined)?.format;
  if (typeof format === 'number' && format !== INDEX_FORMAT) {
    throw new AdvisorError(
      'INDEX_MISMATCH',
      `${path} has index format ${format}, this version reads ${INDEX_FORMAT}: run npm run build:index`,
    );
  }
  const parsed = manifestSchema.safeParse(stored?.manifest);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    throw new AdvisorError('INDEX_DAMAGED', `${path}: ${problems}`);
  }
  if (stored.self !== sha256(JSON.stringify(stored.manifest))) {
    throw new AdvisorError('INDEX_DAMAGED', `${path} was changed after it was written: run npm run build:index`);
  }
  return parsed.data;
}
