import type { Nodes, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTable } from 'micromark-extension-gfm-table';
import type { Block } from './block.ts';

/**
 * The blocks of a Markdown text, CommonMark with tables. Raw HTML, rules and link definitions are dropped: they hold
 * nothing that can be quoted. `from` is where the body begins (after front matter); offsets are of the whole text.
 */
export function markdownBlocks(text: string, from: number): Block[] {
  const tree = fromMarkdown(text.slice(from), {
    extensions: [gfmTable()],
    mdastExtensions: [gfmTableFromMarkdown()],
  });
  const blocks: Block[] = [];
  for (const node of tree.children) collect(node, from, 'paragraph', blocks);
  return blocks;
}

function collect(node: RootContent, from: number, prose: 'paragraph' | 'item', blocks: Block[]): void {
  switch (node.type) {
    case 'heading': {
      const inner = innerSpan(node.children, from);
      if (inner) blocks.push({ kind: 'heading', depth: node.depth, ...inner });
      return;
    }
    case 'paragraph':
      // Badges and figures say nothing that could be quoted.
      if (node.children.some(holdsWords)) push(node, prose, from, blocks);
      return;
    case 'code':
    case 'table':
      push(node, node.type, from, blocks);
      return;
    case 'blockquote':
      for (const child of node.children) collect(child, from, prose, blocks);
      return;
    case 'list':
      for (const item of node.children) for (const child of item.children) collect(child, from, 'item', blocks);
      return;
    default:
      return;
  }
}

/** Characters of white space at one end of a text. */
function spaceOf(node: Nodes | undefined, trim: 'trimStart' | 'trimEnd'): number {
  return node?.type === 'text' ? node.value.length - node.value[trim]().length : 0;
}

function holdsWords(node: Nodes): boolean {
  if (node.type === 'text' || node.type === 'inlineCode') return /[\p{L}\p{N}]/u.test(node.value);
  return 'children' in node && node.children.some(holdsWords);
}

function push(node: Nodes, kind: Block['kind'], from: number, blocks: Block[]): void {
  const start = node.position?.start.offset;
  const end = node.position?.end.offset;
  if (start !== undefined && end !== undefined && end > start) {
    blocks.push({ kind, depth: 0, start: from + start, end: from + end });
  }
}

/** Where the words are: logos and anchors around them are no part of a heading. */
function innerSpan(children: readonly Nodes[], from: number): { start: number; end: number } | null {
  const [first, last] = [children.find(holdsWords), children.findLast(holdsWords)];
  const start = first?.position?.start.offset;
  const end = last?.position?.end.offset;
  if (start === undefined || end === undefined || end <= start) return null;
  const [before, after] = [spaceOf(first, 'trimStart'), spaceOf(last, 'trimEnd')];
  return { start: from + start + before, end: from + end - after };
}
