import { AdvisorError, messageOf } from '../errors.ts';
import type { Skipped } from '../knowledge/corpus.ts';
import { type Document, sha256 } from '../knowledge/document.ts';
import { DOCUMENT_ENDINGS, hasEnding, TEXT_ENDINGS } from '../knowledge/document-endings.ts';
import { NOTHING_PARSED, type ParsedFile, passedOver } from '../knowledge/document-parser.ts';
import { countEncodedData, withoutEncodedData } from '../knowledge/encoded-data.ts';
import { parseDocument } from '../knowledge/parse-document.ts';
import { countHidden, type Removed } from './clean-text.ts';
import type { ExtractedText } from './extracted-text.ts';
import { detectLanguage } from './language.ts';

/** Any file to its documents. What cannot be read is a reason in `skipped`, never an exception. */
export async function parseFile(path: string, bytes: Uint8Array): Promise<ParsedFile> {
  try {
    if (hasEnding(path, ['.zip'])) return await parseArchive(path, bytes);
    if (hasEnding(path, TEXT_ENDINGS)) return parseText(path, bytes);
    const extracted = await extract(path, bytes);
    const document = documentOf(path, extracted);
    return {
      ...NOTHING_PARSED,
      documents: [document],
      language: extracted.language ?? detectLanguage(document.text),
      encoding: extracted.encoding,
      removed: { ...extracted.removed, ...encodedData(document.text) },
    };
  } catch (thrown) {
    return passedOver(path, messageOf(thrown));
  }
}

function parseText(path: string, bytes: Uint8Array): ParsedFile {
  const document = parseDocument(bytes, path);
  const encoding = bytes[0] === 0xff ? 'utf-16le' : bytes[0] === 0xfe ? 'utf-16be' : 'utf-8';
  const removed = { ...countHidden(document.text), ...encodedData(document.text) };
  return { documents: [document], skipped: [], language: detectLanguage(document.text), encoding, removed };
}

function encodedData(text: string): Removed {
  const count = countEncodedData(text);
  return count > 0 ? { 'runs of encoded data': count } : {};
}

/** Parsers are loaded when the first file of their kind comes. */
async function extract(path: string, bytes: Uint8Array): Promise<ExtractedText> {
  if (bytes.length === 0) throw new AdvisorError('DOCUMENT_INVALID', 'it is empty');
  if (hasEnding(path, ['.pdf'])) return (await import('./pdf.ts')).extractPdf(bytes);
  if (hasEnding(path, ['.docx'])) return (await import('./docx.ts')).extractDocx(bytes);
  if (hasEnding(path, ['.ipynb'])) {
    return (await import('./notebook.ts')).extractNotebook(decodeStrictly(bytes, 'utf-8'));
  }
  const encoding = htmlEncoding(bytes);
  return (await import('./html.ts')).extractHtml(decodeStrictly(bytes, encoding), encoding);
}

function decodeStrictly(bytes: Uint8Array, encoding: string): string {
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    if (text.includes('\0')) throw new Error('it holds NUL characters');
    return text;
  } catch (cause) {
    throw new AdvisorError('DOCUMENT_INVALID', `it is not ${encoding} text: ${messageOf(cause)}`, { cause });
  }
}

/** The encoding a page declares (byte order mark, then meta element); UTF-8 when it fits, else windows-1252 as browsers do. */
function htmlEncoding(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const head = Buffer.from(bytes.subarray(0, 2048)).toString('latin1');
  const declared = /<meta[^>]{0,200}charset\s*=\s*["']?([\w:.-]{2,30})/i.exec(head)?.[1];
  for (const label of [declared, 'utf-8']) {
    if (!label) continue;
    try {
      const decoder = new TextDecoder(label, { fatal: true });
      decoder.decode(bytes);
      return decoder.encoding;
    } catch {
      // Not that one: the next is tried.
    }
  }
  return 'windows-1252';
}

function documentOf(path: string, { text, blocks: all, places, title }: ExtractedText): Document {
  const blocks = withoutEncodedData(text, all);
  if (!blocks.some(({ kind }) => kind !== 'heading')) throw new AdvisorError('DOCUMENT_INVALID', 'it has no text');
  const first = blocks.find(({ kind }) => kind === 'heading');
  const heading = first ? text.slice(first.start, first.end).replace(/\s+/g, ' ') : null;
  return {
    title: (title ?? heading ?? path.slice(path.lastIndexOf('/') + 1)).slice(0, 200),
    frameworks: [],
    topics: [],
    sources: [],
    checked: null,
    stance: null,
    favours: {},
    path,
    text,
    ...(places.length > 0 && { places }),
    blocks,
    hash: sha256(text),
  };
}

async function parseArchive(path: string, bytes: Uint8Array): Promise<ParsedFile> {
  const { readArchive } = await import('./archive.ts');
  const skipped: Skipped[] = [];
  const entries = await readArchive(bytes, (name) => {
    if (name.split('/').some((part) => part.startsWith('.') || part === '__MACOSX')) return false;
    const nested = /\.(?:zip|tar|gz|tgz|7z|rar)$/i.test(name);
    if (nested) skipped.push({ path: `${path}/${name}`, reason: 'it is an archive within an archive' });
    return !nested && hasEnding(name, DOCUMENT_ENDINGS);
  });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const removed: Record<string, number> = {};
  const documents: Document[] = [];
  for (const { name, bytes: content } of entries) {
    const parsed = await parseFile(`${path}/${name}`, content);
    documents.push(...parsed.documents);
    skipped.push(...parsed.skipped);
    for (const [kind, count] of Object.entries(parsed.removed)) removed[kind] = (removed[kind] ?? 0) + count;
  }
  if (documents.length === 0) skipped.push({ path, reason: 'the archive holds no usable document' });
  return { ...NOTHING_PARSED, documents, skipped, removed };
}
