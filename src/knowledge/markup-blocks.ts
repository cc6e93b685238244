import type { Block } from './block.ts';

interface Line {
  readonly start: number;
  readonly text: string;
  readonly indent: number;
}

/** Blocks of reStructuredText; the stored text is the file's own. Directive options, comments and targets are dropped. */
export function restructuredTextBlocks(text: string): Block[] {
  const lines = linesOf(text);
  const blocks: Block[] = [];
  const styles: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as Line;
    if (line.text.trim() === '') continue;
    const over = adornment(line.text);
    const title = over ? lines[at + 1] : line;
    const under = adornment(lines[at + (over ? 2 : 1)]?.text ?? '');
    if (
      title &&
      title.text.trim() !== '' &&
      under &&
      (!over || over[0] === under[0]) &&
      under.length >= Math.min(3, title.text.trim().length)
    ) {
      const style = `${over ? 'o' : ''}${under[0]}`;
      if (!styles.includes(style)) styles.push(style);
      push(blocks, 'heading', title.start, title.text, Math.min(6, styles.indexOf(style) + 1));
      at += over ? 2 : 1;
      continue;
    }
    if (/^\s*\.\. /.test(line.text) || /^\s*\.\.$/.test(line.text)) {
      at = directive(lines, at, blocks);
      continue;
    }
    if (over || /^:[\w -]+:/.test(line.text)) continue;
    if (/^\s*[=+][=+ -]{2,}$/.test(line.text)) {
      const last = untilBlank(lines, at);
      pushLines(blocks, 'table', lines, at, last);
      at = last;
      continue;
    }
    const last = paragraphEnd(lines, at, /^\s*(?:[-*+\u2022]|\d+[.)]|#\.)\s+/);
    const isItem = /^\s*(?:[-*+\u2022]|\d+[.)]|#\.)\s+\S/.test(line.text);
    pushLines(blocks, isItem ? 'item' : 'paragraph', lines, at, last);
    if (/::\s*$/.test((lines[last] as Line).text)) at = indented(lines, last, line.indent, blocks, 'code');
    else at = last;
  }
  return blocks;
}

/** Blocks of AsciiDoc; the stored text is the file's own. Attributes, comments and macros alone on a line are dropped. */
export function asciidocBlocks(text: string): Block[] {
  const lines = linesOf(text);
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as Line;
    const trimmed = line.text.trim();
    if (trimmed === '') continue;
    const heading = /^(={1,6}|#{1,6})\s+(\S.*)$/.exec(line.text);
    if (heading) {
      const words = heading[2] as string;
      push(
        blocks,
        'heading',
        line.start + line.text.indexOf(words, (heading[1] as string).length),
        words,
        (heading[1] as string).length,
      );
      continue;
    }
    const fence = /^(-{4,}|\.{4,}|={4,}|_{4,}|\*{4,}|\+{4,}|\/{4,}|`{3}.*|\|={3,}|!={3,})$/.exec(trimmed)?.[1];
    if (fence) {
      const mark = fence.startsWith('`') ? '```' : fence;
      const isContent = /^[=_*]/.test(fence);
      if (isContent) continue;
      let last = at + 1;
      while (last < lines.length && lines[last]?.text.trim() !== mark) last++;
      if (fence[0] !== '/' && fence[0] !== '+' && last > at + 1)
        pushLines(blocks, fence.includes('|') ? 'table' : 'code', lines, at + 1, last - 1);
      at = last;
      continue;
    }
    if (
      /^(?:\/\/|:!?[\w-]+!?:|\[[^\]]*\]$|<<<$|'''$|\+$|(?:include|image|ifdef|ifndef|endif|toc|video)::)/.test(trimmed)
    )
      continue;
    const items = /^\s*(?:[*\-.]{1,5}|\d+\.)\s+/;
    let last = paragraphEnd(lines, at, items);
    for (let next = at + 1; next <= last; next++) {
      if (/^(?:-{4,}|\.{4,}|={4,}|\|={3,}|\+$|\[[^\]]*\]$)/.test(lines[next]?.text.trim() ?? '')) last = next - 1;
    }
    pushLines(blocks, items.test(line.text) ? 'item' : 'paragraph', lines, at, last);
    at = last;
  }
  return blocks;
}

function linesOf(text: string): Line[] {
  let start = 0;
  return text.split('\n').map((raw) => {
    const line = { start, text: raw.replace(/\r$/, ''), indent: raw.length - raw.trimStart().length };
    start += raw.length + 1;
    return line;
  });
}

function adornment(text: string): string | null {
  const mark = text.trimEnd();
  return mark.length >= 2 && /^[=\-~^"'`#*+.:_<>!$%&]+$/.test(mark) && new Set(mark).size === 1 ? mark : null;
}

/** Directives that hold prose keep it; code is code; everything else and comments are passed over. */
function directive(lines: readonly Line[], at: number, blocks: Block[]): number {
  const line = lines[at] as Line;
  const name = /^\s*\.\. ([\w:.-]+)::/.exec(line.text)?.[1] ?? '';
  if (
    /^(?:note|warning|tip|important|hint|caution|danger|attention|admonition|seealso|versionadded|versionchanged|deprecated|topic|sidebar|rubric|tab-item|dropdown|py:\w+|class|function|method|attribute|data)$/.test(
      name,
    )
  ) {
    return at;
  }
  return indented(
    lines,
    at,
    line.indent,
    blocks,
    /^(?:code|code-block|sourcecode|prompt|doctest|testcode)$/.test(name)
      ? 'code'
      : /table/.test(name)
        ? 'table'
        : null,
  );
}

/** The lines after `at` that are indented more; returns the last of them. */
function indented(
  lines: readonly Line[],
  at: number,
  indent: number,
  blocks: Block[],
  kind: 'code' | 'table' | null,
): number {
  let last = at;
  for (let next = at + 1; next < lines.length; next++) {
    const line = lines[next] as Line;
    if (line.text.trim() === '') continue;
    if (line.indent <= indent) break;
    last = next;
  }
  let first = at + 1;
  while (first <= last && /^\s*(?::[\w-]+:.*)?$/.test(lines[first]?.text ?? '')) first++;
  if (kind && first <= last) pushLines(blocks, kind, lines, first, last);
  return last;
}

function paragraphEnd(lines: readonly Line[], at: number, item: RegExp): number {
  let last = at;
  while (last + 1 < lines.length) {
    const next = (lines[last + 1] as Line).text;
    if (next.trim() === '' || item.test(next)) break;
    last++;
  }
  return last;
}

function untilBlank(lines: readonly Line[], at: number): number {
  let last = at;
  while (last + 1 < lines.length && lines[last + 1]?.text.trim() !== '') last++;
  return last;
}

function pushLines(blocks: Block[], kind: Block['kind'], lines: readonly Line[], from: number, to: number): void {
  const first = lines[from] as Line;
  const last = lines[to] as Line;
  const start = first.start + (kind === 'code' || kind === 'table' ? 0 : first.indent);
  const end = last.start + last.text.trimEnd().length;
  if (end > start) blocks.push({ kind, depth: 0, start, end });
}

function push(blocks: Block[], kind: Block['kind'], from: number, text: string, depth: number): void {
  const lead = text.length - text.trimStart().length;
  const trimmed = text.trim();
  if (trimmed) blocks.push({ kind, depth, start: from + lead, end: from + lead + trimmed.length });
}
