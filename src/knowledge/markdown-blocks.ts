import type { Nodes, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTable } from 'micromark-extension-gfm-table';
import type { Block } from './block.ts';
import { hiddenElement, htmlBlocks } from './html-in-markdown.ts';
import { directiveOf, indentedProse, opensIndented, proseOf } from './markdown-dialects.ts';
import type { Span } from './sentence.ts';

/** Directives within directives; deeper ones are attacks. */
const MAX_DEPTH = 5;

/** One text in the making. */
interface Making {
  readonly text: string;
  /** Where the parsed part begins. */
  readonly from: number;
  readonly depth: number;
  readonly blocks: Block[];
}

/**
 * The blocks of a Markdown text, CommonMark with tables, the marks of documentation tools and the prose of raw HTML.
 * Rules, link definitions, badges and figures are dropped: they hold nothing that can be quoted. `from` is where the body
 * begins (after front matter); offsets are of the whole text.
 */
export function markdownBlocks(text: string, from: number): Block[] {
  const blocks: Block[] = [];
  collectAll({ text, from, depth: 0, blocks });
  return blocks;
}

function collectAll(making: Making): void {
  const tree = fromMarkdown(making.text.slice(making.from), {
    extensions: [gfmTable()],
    mdastExtensions: [gfmTableFromMarkdown()],
  });
  let before: Span | null = null;
  let hidden: string | null = null;
  for (const node of tree.children) {
    const span = spanOf(node, making.from);
    if (node.type === 'html') {
      if (hidden === null) hidden = hiddenElement(node.value);
      else if (node.value.includes(`</${hidden}>`)) hidden = null;
    }
    if (hidden !== null) continue;
    if (node.type === 'code' && span && before && isIndented(making.text, span) && opensIndented(making.text, before)) {
      for (const run of indentedProse(making.text, span)) making.blocks.push({ kind: 'paragraph', depth: 0, ...run });
    } else collect(node, 'paragraph', making);
    before = node.type === 'paragraph' ? span : null;
  }
}

function collect(node: RootContent, prose: 'paragraph' | 'item', making: Making): void {
  const { text, from, blocks } = making;
  const span = spanOf(node, from);
  if (!span) return;
  switch (node.type) {
    case 'heading': {
      const inner = innerSpan(node.children, from);
      if (inner) blocks.push({ kind: 'heading', depth: node.depth, ...inner });
      return;
    }
    case 'paragraph':
      if (!node.children.some(holdsWords)) return;
      for (const run of proseOf(text, span)) blocks.push({ kind: prose, depth: 0, ...run });
      return;
    case 'code': {
      const content = directiveOf(text, node.lang ?? '', span);
      if (content === 'code') blocks.push({ kind: 'code', depth: 0, ...span });
      else if (content && making.depth < MAX_DEPTH) {
        collectAll({ text: text.slice(0, content.end), from: content.start, depth: making.depth + 1, blocks });
      }
      return;
    }
    case 'table':
      blocks.push({ kind: 'table', depth: 0, ...span });
      return;
    case 'blockquote':
      for (const child of node.children) collect(child, prose, making);
      return;
    case 'html':
      for (const block of htmlBlocks(text, span)) {
        blocks.push(block.kind === 'paragraph' ? { ...block, kind: prose } : block);
      }
      return;
    case 'list':
      for (const item of node.children) for (const child of item.children) collect(child, 'item', making);
      return;
    default:
      return;
  }
}

function spanOf(node: Nodes, from: number): Span | null {
  const start = node.position?.start.offset;
  const end = node.position?.end.offset;
  return start === undefined || end === undefined || end <= start ? null : { start: from + start, end: from + end };
}

function isIndented(text: string, { start }: Span): boolean {
  return !/^[`~]/.test(text.slice(start, start + 4).trimStart());
}

/** Where the words are: logos and anchors around them are no part of a heading. */
function innerSpan(children: readonly Nodes[], from: number): Span | null {
  const [first, last] = [children.find(holdsWords), children.findLast(holdsWords)];
  const start = first?.position?.start.offset;
  const end = last?.position?.end.offset;
  if (start === undefined || end === undefined || end <= start) return null;
  const [before, after] = [spaceOf(first, 'trimStart'), spaceOf(last, 'trimEnd')];
  return { start: from + start + before, end: from + end - after };
}

/** Characters of white space at one end of a text. */
function spaceOf(node: Nodes | undefined, trim: 'trimStart' | 'trimEnd'): number {
  return node?.type === 'text' ? node.value.length - node.value[trim]().length : 0;
}

function holdsWords(node: Nodes): boolean {
  if (node.type === 'text' || node.type === 'inlineCode') return /[\p{L}\p{N}]/u.test(node.value);
  return 'children' in node && node.children.some(holdsWords);
}
