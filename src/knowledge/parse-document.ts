import { AdvisorError } from '../errors.ts';
import type { Block } from './block.ts';
import { type Document, sha256 } from './document.ts';
import { withoutEncodedData } from './encoded-data.ts';
import { readFrontMatter } from './front-matter.ts';
import { markdownBlocks } from './markdown-blocks.ts';
import { asciidocBlocks, restructuredTextBlocks } from './markup-blocks.ts';
import { textBlocks } from './text-blocks.ts';

/** Bytes. A file over this is a data dump, not a document: the largest manual page we know is under 2 MB. */
const MAX_BYTES = 20 * 1024 * 1024;
/** Characters. Prose that was never wrapped stays under this; a longer line is minified code or encoded data. */
const MAX_LINE = 200_000;

/**
 * Makes a document of a file's bytes. `path` names it in messages and citations.
 * Throws AdvisorError DOCUMENT_INVALID with the reason when the bytes are not a readable document.
 */
export function parseDocument(bytes: Uint8Array, path: string): Document {
  const text = decode(bytes, path);
  const header = readFrontMatter(text, path);
  if (text.slice(header.end).trim() === '') invalid(path, 'it has no text');
  const blocks = withoutEncodedData(text, blocksOf(path.toLowerCase(), text, header.end));
  if (!blocks.some((block) => block.kind !== 'heading')) invalid(path, 'it has headings only, no prose');
  const facts = header.facts ?? {
    title: header.title ?? firstTitle(text, blocks, path),
    frameworks: [],
    topics: [],
    sources: [],
    checked: null,
    stance: null,
    favours: {},
  };
  return { ...facts, path, text, blocks, hash: sha256(text) };
}

function blocksOf(path: string, text: string, from: number): Block[] {
  if (path.endsWith('.txt')) return textBlocks(text, from);
  if (path.endsWith('.rst')) return restructuredTextBlocks(text);
  if (path.endsWith('.adoc') || path.endsWith('.asciidoc')) return asciidocBlocks(text);
  return markdownBlocks(text, from);
}

/** The bytes as text: UTF-8, or UTF-16 when a byte order mark says so. Anything else is refused, never guessed. */
function decode(bytes: Uint8Array, path: string): string {
  if (bytes.length === 0) invalid(path, 'it is empty');
  if (bytes.length > MAX_BYTES) invalid(path, `it has ${bytes.length} bytes; at most ${MAX_BYTES} are read`);
  const utf16 =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
  let text: string;
  try {
    text = new TextDecoder(utf16 ?? 'utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    const looksBinary = bytes.subarray(0, 8192).includes(0);
    const reason = looksBinary
      ? 'it is a binary file, not text'
      : 'it is not UTF-8 (convert it, for instance with iconv)';
    return invalid(path, reason, cause);
  }
  if (text.includes('\0')) invalid(path, 'it is a binary file, not text');
  if (longestLine(text) > MAX_LINE)
    invalid(path, `it has a line of ${longestLine(text)} characters; at most ${MAX_LINE} are read`);
  return text;
}

function longestLine(text: string): number {
  let longest = 0;
  let start = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', start)) {
    longest = Math.max(longest, at - start);
    start = at + 1;
  }
  return Math.max(longest, text.length - start);
}

/** The first heading, else the first line (cut at 120 characters on a word), else the file's name. */
function firstTitle(text: string, blocks: readonly Block[], path: string): string {
  const first = blocks.find((block) => block.kind === 'heading') ?? blocks[0];
  const line = first ? text.slice(first.start, first.end).split('\n', 1)[0]?.trim() : '';
  if (!line) return path.slice(path.lastIndexOf('/') + 1);
  return line.length <= 120
    ? line
    : `${line.slice(0, line.lastIndexOf(' ', 117) > 40 ? line.lastIndexOf(' ', 117) : 117)}...`;
}

function invalid(path: string, reason: string, cause?: unknown): never {
  throw new AdvisorError('DOCUMENT_INVALID', `${path}: ${reason}`, { cause });
}
