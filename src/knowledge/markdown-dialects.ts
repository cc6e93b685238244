import type { Span } from './sentence.ts';

/**
 * What documentation tools write into Markdown beside CommonMark: MyST and Docusaurus (":::note", "```{note}",
 * "(label)="), MkDocs ("!!! note"), GitHub ("> [!NOTE]"), Hugo and Jekyll shortcodes, the code of MDX. The marks are no
 * words of the document; what stands in them is.
 */

/** Lines that mark and say nothing. */
const MARKS: readonly RegExp[] = [
  /^:{3,}/,
  /^\[![a-z]{2,20}\]$/i,
  /^\([\w .:/-]{1,100}\)=$/,
  /^(?:!!!|\?\?\?\+?)\s+\w/,
  /^===\+?!?\s+"/,
  /^\{%.*%\}$/,
  /^\{\{[<%].*[>%]\}\}$/,
];
/** The first line of a paragraph that is code of MDX: "import", "export", a comment. */
const MDX = /^(?:import\s(?:.{1,300}['"];?$|\{[^}]{0,300}$)|export\s+(?:const|let|default|function)\b|\{\/\*)/;
/** Under such a mark stands prose that is indented, which CommonMark takes for code. */
const INDENTS = /^(?:!!!|\?\?\?\+?|===\+?!?)\s/;
/** ":align: right" in a directive. */
const OPTION = /^:[\w-]{1,40}:(?:\s.*)?$/;

/** Directives whose content is prose. */
const PROSE = new Set(
  'note tip hint important warning caution attention danger error seealso admonition versionadded versionchanged deprecated topic sidebar margin dropdown tab-item card grid-item-card epigraph pull-quote'.split(
    ' ',
  ),
);
/** Directives whose content is code. */
const CODE = /^(?:code|code-block|code-cell|sourcecode|python|py|r|julia|bash|sh|jupyter-execute|testcode|doctest)$/i;

function isMark(line: string): boolean {
  return MARKS.some((mark) => mark.test(line));
}

/** The stretches of a paragraph between lines that only mark something; offsets as given. */
export function proseOf(text: string, { start, end }: Span): Span[] {
  if (isMdxCode(text.slice(start, end))) return [];
  const stretches: Span[] = [];
  let isOpen = false;
  let afterDirective = false;
  for (let at = start; at < end; ) {
    const newline = text.indexOf('\n', at);
    const stop = newline === -1 || newline >= end ? end : newline;
    // Without the marks of a block quote.
    const raw = text.slice(at, stop).replace(/^[\s>]+/, '');
    const line = raw.trimEnd();
    const isOption: boolean = afterDirective && OPTION.test(line);
    if (line === '' || isOption || isMark(line)) {
      afterDirective = isOption || line.startsWith(':::');
      isOpen = false;
    } else {
      const from = isOpen ? (stretches.pop() as Span).start : stop - raw.length;
      stretches.push({ start: from, end: stop - raw.length + line.length });
      isOpen = true;
      afterDirective = false;
    }
    at = stop + 1;
  }
  return stretches;
}

/** Code of MDX goes on to the next blank line, a comment to its end. */
function isMdxCode(paragraph: string): boolean {
  const [first = ''] = paragraph.split('\n', 1);
  return MDX.test(first.trimEnd()) && (!first.startsWith('{/*') || /\*\/\}\s*$/.test(paragraph));
}

/** Whether what is indented after this paragraph is its content. */
export function opensIndented(text: string, { end }: Span): boolean {
  return INDENTS.test(text.slice(text.lastIndexOf('\n', end - 1) + 1, end).trimStart());
}

/** Indented content as paragraphs: runs of lines between blank ones. */
export function indentedProse(text: string, { start, end }: Span): Span[] {
  const runs: Span[] = [];
  for (const { index, 0: run } of text.slice(start, end).matchAll(/[^\n]+(?:\n[^\n]*\S[^\n]*)*/g)) {
    if (run.trim() !== '') runs.push(...proseOf(text, { start: start + index, end: start + index + run.length }));
  }
  return runs;
}

/** What a fenced block with such an info string is: code, prose (with the span of its content), or neither. */
export function directiveOf(text: string, lang: string, { start, end }: Span): 'code' | Span | null {
  const name = /^\{([\w:-]{1,40})\}/.exec(lang)?.[1];
  if (name === undefined || CODE.test(name)) return 'code';
  if (!PROSE.has(name)) return null;
  let from = text.indexOf('\n', start) + 1;
  const last = text.lastIndexOf('\n', end - 1);
  const to = /^\s*[`~]{3,}\s*$/.test(text.slice(last + 1, end)) ? last : end;
  if (from === 0 || from >= to) return null;
  for (let stop = text.indexOf('\n', from); stop !== -1 && stop < to; stop = text.indexOf('\n', from)) {
    if (!OPTION.test(text.slice(from, stop).trim())) break;
    from = stop + 1;
  }
  return { start: from, end: to };
}
