import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AdvisorError, messageOf } from '../errors.ts';

/**
 * What the product must know of an embedding model, from `model.json` in its folder: so that another model is
 * another descriptor and not another branch of code.
 */
const descriptorSchema = z.strictObject({
  /** Name shown to people and kept in the index. */
  id: z.string().min(1),
  dimensions: z.int().positive(),
  /** How token states become one vector. */
  pooling: z.enum(['mean', 'cls']),
  /** Put before each question / passage, for models trained with instructions; empty for most. */
  questionPrefix: z.string(),
  passagePrefix: z.string(),
  /** Word pieces, [CLS] and [SEP] included; what is longer is cut. */
  maxTokens: z.int().min(16).max(8192),
  /** Transformers.js' name of the weights' number format; `q8` loads onnx/model_quantized.onnx. */
  dtype: z.enum(['fp32', 'fp16', 'q8', 'int8', 'uint8', 'q4', 'q4f16', 'bnb4']),
  /** File (relative to the folder) -> SHA-256, hex. Checked before anything is loaded. Empty only for a hub model. */
  files: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)),
  /** For a hub model only: the repository and the exact revision that are fetched. */
  hub: z.strictObject({ repository: z.string(), revision: z.string().min(7) }).optional(),
});

export interface Model extends z.infer<typeof descriptorSchema> {
  /** The folder of `model.json`. */
  readonly directory: string;
  /** SHA-256 over the descriptor, and so over every file hash in it: the model's identity in an index. */
  readonly hash: string;
}

/** Reads `model.json`. Throws MODEL_INVALID that names the file and each wrong key. */
export async function readModel(directory: string): Promise<Model> {
  const path = join(directory, 'model.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new AdvisorError(
      'MODEL_INVALID',
      `no embedding model in ${directory}: expected ${path}. Set MODEL_DIR to a folder that has one (models/README.md)`,
      { cause },
    );
  }
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw new AdvisorError('MODEL_INVALID', `${path} is not JSON: ${messageOf(cause)}`, { cause });
  }
  const parsed = descriptorSchema.safeParse(data);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    throw new AdvisorError('MODEL_INVALID', `${path}: ${problems}`);
  }
  return { ...parsed.data, directory, hash: createHash('sha256').update(JSON.stringify(parsed.data)).digest('hex') };
}
