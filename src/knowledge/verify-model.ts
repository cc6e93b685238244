import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { AdvisorError, messageOf } from '../errors.ts';
import type { Model } from './model.ts';

/**
 * Compares every file of a model with the hash in its descriptor, before a native loader sees it.
 * Throws MODEL_INVALID that names the file, the expected and the found hash.
 */
export async function verifyModel(model: Model): Promise<void> {
  if (Object.keys(model.files).length === 0 && model.hub === undefined) {
    throw new AdvisorError('MODEL_INVALID', `model.json of ${model.id} lists no files: add each file with its SHA-256`);
  }
  for (const [name, expected] of Object.entries(model.files)) {
    const path = join(model.directory, name);
    const found = await hashFile(path);
    if (found !== expected) {
      throw new AdvisorError(
        'MODEL_INVALID',
        `${path} is not the file that model.json describes: expected SHA-256 ${expected}, found ${found}. Restore the file or re-create it (models/README.md)`,
      );
    }
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const part of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(part as Buffer);
  } catch (cause) {
    throw new AdvisorError('MODEL_INVALID', `cannot read ${path}: ${messageOf(cause)}`, { cause });
  }
  return hash.digest('hex');
}
