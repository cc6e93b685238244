import type { StoredDocument } from '../../knowledge/knowledge-base.ts';
import { escapeHtml } from '../../reply/escape-html.ts';

/**
 * A stored document as a page of numbered lines with one span marked. The document is shown as the text it is:
 * its markup is never interpreted. `start` and `end` are character offsets; a span outside the text marks nothing.
 */
export function documentPage(document: StoredDocument, start: number, end: number): string {
  const rows: string[] = [];
  let offset = 0;
  let marked = false;
  for (const [at, line] of document.text.split('\n').entries()) {
    const from = Math.max(start, offset);
    const to = Math.min(end, offset + line.length);
    let shown = escapeHtml(line);
    if (from < to) {
      const id = marked ? '' : ' id="quote" tabindex="-1"';
      marked = true;
      const [before, quote, after] = [
        line.slice(0, from - offset),
        line.slice(from - offset, to - offset),
        line.slice(to - offset),
      ].map(escapeHtml);
      shown = `${before}<mark${id}>${quote}</mark>${after}`;
    }
    rows.push(`<span class="line" data-line="${at + 1}">${shown || ' '}</span>`);
    offset += line.length + 1;
  }
  const sources = document.sources.map(
    ({ title, url, date, undated }) =>
      `<li><a href="${escapeHtml(url)}" rel="noreferrer noopener">${escapeHtml(title)}</a> (${undated ? 'read' : 'dated'} ${escapeHtml(date)})</li>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(document.title)}</title><link rel="stylesheet" href="/style.css"><link rel="icon" href="/icon.svg" type="image/svg+xml"></head>
<body><header><h1>${escapeHtml(document.title)}</h1><p>${escapeHtml(document.path)}${document.checked ? `, checked ${escapeHtml(document.checked)}` : ''}${document.stance ? `, stance: ${document.stance}` : ''}. <a href="/">Ask a question</a></p></header>
<main><pre class="document">${rows.join('')}</pre>${sources.length ? `<h2>Sources</h2><ul>${sources.join('')}</ul>` : ''}</main></body></html>
`;
}
