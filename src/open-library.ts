import type { Library } from './answer/answer-question.ts';
import { loadKnowledgeBase } from './knowledge/load-knowledge-base.ts';
import type { Model } from './knowledge/model.ts';
import { readRuleAttachment } from './recommendation/rule-book.ts';

/** Loads the serving generation with the rules that were resolved against it, and what an operator should know. */
export async function openLibrary(
  indexDirectory: string,
  model: Model,
): Promise<{ library: Library; warnings: readonly string[] }> {
  const { knowledge, warnings } = await loadKnowledgeBase(indexDirectory, model);
  return { library: { knowledge, rules: readRuleAttachment(knowledge.attachments) }, warnings };
}
