import { escapeHtml } from '../reply/escape-html.ts';

/** Finished markup. Only `html` makes it, so that no text becomes markup by mistake. */
export interface Html {
  readonly markup: string;
}

type Content = string | number | Html | readonly Content[];

/** A template whose text and numbers are escaped; finished markup and lists of it go in as they are. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return {
    markup: parts.map((part, at) => part + (at < contents.length ? markupOf(contents[at] as Content) : '')).join(''),
  };
}

function markupOf(content: Content): string {
  if (typeof content === 'string') return escapeHtml(content);
  if (typeof content === 'number') return String(content);
  return 'markup' in content ? content.markup : content.map(markupOf).join('');
}
