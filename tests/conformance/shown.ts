import type { Answer } from '../../src/answer/answer.ts';

/** The fixtures of conformance: choices, a how-to and something out of scope. */
export const QUESTIONS = [
  'PyTorch or TensorFlow for an Android app?',
  'Which framework for a research prototype in computer vision?',
  'JAX or PyTorch on TPUs?',
  'How do I serve a large language model in production?',
  'What is the best pizza in town?',
] as const;

/** What a reader must find: the answer's id and its quotes, in order. */
export interface Shown {
  readonly id: string;
  readonly quotes: readonly string[];
}

export const quotesOf = ({ citations }: Answer): string[] => citations.map(({ quote }) => quote.replace(/\s+/g, ' '));

/** The id and the quotes of `expected` that stand in a text, in the order in which they stand there. */
export function shownIn(text: string, expected: Shown): Shown {
  const flat = text.replace(/\s+/g, ' ');
  const places = expected.quotes
    .map((quote) => ({ quote, at: flat.indexOf(quote) }))
    .filter(({ at }) => at !== -1)
    .sort((a, b) => a.at - b.at);
  return { id: flat.includes(`answer ${expected.id}`) ? expected.id : '', quotes: places.map(({ quote }) => quote) };
}

/** Every text of some Slack blocks, in order. */
export function textsIn(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(textsIn);
  if (typeof part !== 'object' || part === null) return [];
  const { text, elements } = part as { text?: unknown; elements?: unknown };
  return [...(typeof text === 'string' ? [text] : textsIn(text)), ...textsIn(elements)];
}

/** Discord's markdown as its reader sees it. */
export function unescapeMarkdown(text: string): string {
  return text.replace(/^> /gm, '').replace(/\\(.)/gsu, '$1');
}
