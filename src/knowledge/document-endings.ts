/** Markdown, with what other tools call it, and plain text. */
export const PLAIN_ENDINGS = ['.md', '.markdown', '.mdx', '.qmd', '.rmd', '.txt'] as const;

/** File name endings whose text is the document, character for character. */
export const TEXT_ENDINGS = [...PLAIN_ENDINGS, '.rst', '.adoc', '.asciidoc'] as const;

/** File name endings that can be read as documents. */
export const DOCUMENT_ENDINGS = [
  ...TEXT_ENDINGS,
  '.html',
  '.htm',
  '.xhtml',
  '.ipynb',
  '.pdf',
  '.docx',
  '.zip',
] as const;

export function hasEnding(path: string, endings: readonly string[]): boolean {
  const lower = path.toLowerCase();
  return endings.some((ending) => lower.endsWith(ending));
}
