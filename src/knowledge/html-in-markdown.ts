import type { Block } from './block.ts';
import type { Span } from './sentence.ts';

/** Words that make a stretch of raw HTML prose: fewer are a button, a cell, a badge. */
const MIN_WORDS = 4;

/** Elements that stand within a sentence; every other tag ends one. */
const INLINE = new Set(
  'a abbr b cite code del em font i ins kbd mark q s small span strong sub sup u var wbr'.split(' '),
);
/** Elements whose content is no prose. */
const NO_PROSE = new Set('math pre script style svg template textarea title'.split(' '));
const HEADING = /^h([1-6])$/;
/** What a reader of the page does not see must not be quoted to others. */
const HIDDEN = /\s(?:hidden\b|style\s*=\s*["'][^"'<>]{0,500}?(?:display\s*:\s*none|visibility\s*:\s*hidden))/i;
/** A tag at one place; longer ones are no tags of a document. */
const TAG = /<(\/?)([a-z][\w.:-]{0,60})([^<>]{0,2000})>/iy;
const TAGS = new RegExp(TAG.source, 'gi');
/** What looks like a tag and is none, with its end. */
const COMMENTS = [
  ['<!--', '-->'],
  ['<!', '>'],
  ['<?', '?>'],
] as const;

/** A stretch of text between tags that end sentences. */
interface Stretch {
  /** Of its words; the outer ones are of the inline tags around them too. */
  inner: Span | null;
  outerStart: number;
  outerEnd: number;
  words: number;
  /** Of them in links. */
  linked: number;
}

/**
 * The prose and the headings of a block of raw HTML in a Markdown text: stretches between the tags of blocks, with the
 * inline tags in them. Offsets are of the whole text; nothing of a block that hides a part of itself.
 */
export function htmlBlocks(text: string, { start, end }: Span): Block[] {
  const blocks: Block[] = [];
  let depth = 0;
  let links = 0;
  let stretch = newStretch();
  const add = (from: number, to: number): void => {
    const piece = text.slice(from, to);
    if (piece.trim() === '') return;
    const first = from + piece.length - piece.trimStart().length;
    const last = from + piece.trimEnd().length;
    if (!stretch.inner && stretch.outerStart === -1) stretch.outerStart = first;
    stretch.inner = { start: stretch.inner?.start ?? first, end: last };
    stretch.outerEnd = last;
    const words = wordsOf(piece);
    stretch.words += words;
    if (links > 0) stretch.linked += words;
  };
  const close = (): void => {
    const { inner, outerStart, outerEnd, words, linked } = stretch;
    stretch = newStretch();
    if (!inner || (depth > 0 ? words === 0 : words < MIN_WORDS || linked * 2 > words)) return;
    const span = isBalanced(text.slice(inner.start, inner.end)) ? inner : { start: outerStart, end: outerEnd };
    blocks.push({ kind: depth > 0 ? 'heading' : 'paragraph', depth, ...span });
  };
  for (let at = start; at < end; ) {
    const next = text.indexOf('<', at);
    const stop = next === -1 || next >= end ? end : next;
    add(at, stop);
    if (stop === end) break;
    at = afterComment(text, stop, end);
    if (at > stop) continue;
    TAG.lastIndex = stop;
    const tag = TAG.exec(text);
    if (!tag || TAG.lastIndex > end) {
      at = stop + 1;
      add(stop, at);
      continue;
    }
    at = TAG.lastIndex;
    const [, slash = '', name = '', attributes = ''] = tag;
    const isEnd = slash !== '';
    if (HIDDEN.test(attributes)) return [];
    if (INLINE.has(name)) {
      if (name === 'a') links = isEnd ? Math.max(0, links - 1) : links + 1;
      if (isEnd && stretch.inner) stretch.outerEnd = at;
      else if (!isEnd && !stretch.inner && stretch.outerStart === -1) stretch.outerStart = stop;
      continue;
    }
    close();
    depth = isEnd ? 0 : Number(HEADING.exec(name)?.[1] ?? 0);
    if (!isEnd && NO_PROSE.has(name.toLowerCase()) && !attributes.endsWith('/')) {
      const over = text.indexOf(`</${name}`, at);
      at = over === -1 ? end : Math.min(over, end);
    }
  }
  close();
  return blocks;
}

/** The element that hides what follows this raw HTML, up to where it is closed; null when none does. */
export function hiddenElement(html: string): string | null {
  let hidden: string | null = null;
  for (const [, slash, name = '', attributes = ''] of html.matchAll(TAGS)) {
    if (slash === '' && !attributes.endsWith('/') && HIDDEN.test(attributes)) hidden ??= name;
    else if (slash === '/' && name === hidden) hidden = null;
  }
  return hidden;
}

function newStretch(): Stretch {
  return { inner: null, outerStart: -1, outerEnd: -1, words: 0, linked: 0 };
}

/** Words that are shown: none of entities and link targets. */
function wordsOf(piece: string): number {
  const shown = piece.replace(/&#?\w{1,30};|\]\([^()\s]{0,2000}\)/g, ' ');
  return shown.match(/\p{L}[\p{L}\p{N}'’]*/gu)?.length ?? 0;
}

/** Whether each inline tag in a text has its other half there. */
function isBalanced(text: string): boolean {
  const open: string[] = [];
  for (const [, slash, name = ''] of text.matchAll(/<(\/?)([a-z]+)[^<>]{0,2000}>/g)) {
    if (slash === '') {
      if (name !== 'wbr') open.push(name);
    } else if (open.pop() !== name) return false;
  }
  return open.length === 0;
}

/** Where a comment or declaration that begins at `at` ends, or `at` when none does. */
function afterComment(text: string, at: number, end: number): number {
  const close = COMMENTS.find(([open]) => text.startsWith(open, at))?.[1];
  if (!close) return at;
  const over = text.indexOf(close, at);
  return over === -1 ? end : Math.min(over + close.length, end);
}
