import { basename, dirname, resolve } from 'node:path';
import type { Model } from './model.ts';

/** Counts the word pieces of context and text as the model reads them, its two special tokens included. */
export async function createTokenCounter(model: Model): Promise<(context: string, text: string) => number> {
  const { AutoTokenizer, env } = await import('@xenova/transformers');
  env.allowRemoteModels = false;
  env.localModelPath = `${dirname(resolve(model.directory))}/`;
  const tokenizer = await AutoTokenizer.from_pretrained(basename(resolve(model.directory)), { local_files_only: true });
  return (context, text) => tokenizer.encode(`${context} ${text}`).length;
}
