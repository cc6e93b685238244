import { join } from 'node:path';
import type { Block } from './block.ts';
import type { Document, DocumentFacts, Place } from './document.ts';
import { inTurns } from './in-turns.ts';
import type { StoredDocument } from './knowledge-base.ts';
import type { Manifest } from './manifest.ts';
import { readVerified } from './verified-file.ts';

/** The files that hold documents. A load reads facts and texts; only builds need the structure. */
export const DOCUMENT_FILES = { facts: 'documents.jsonl', texts: 'texts.utf8', structure: 'structure.jsonl' } as const;

/** One line of `documents.jsonl`. */
interface StoredFacts extends DocumentFacts {
  readonly path: string;
  readonly hash: string;
  readonly places?: readonly Place[];
  /** Where its text is in `texts.utf8`, in bytes, the end exclusive. */
  readonly bytes: readonly [start: number, end: number];
}

/** Lines and texts written at once. */
const AT_ONCE = 256;
/** Characters of texts kept decoded: the documents asked for again and again. */
const KEPT = 8_000_000;

/** The contents of the files of some documents, by file name. */
export function documentFiles(documents: readonly Document[]): Record<string, Iterable<string>> {
  let end = 0;
  const facts = documents.map(({ text, blocks: _, ...own }): StoredFacts => {
    const start = end;
    end += Buffer.byteLength(text);
    return { ...own, bytes: [start, end] };
  });
  return {
    [DOCUMENT_FILES.facts]: inGroups(facts, (line) => `${JSON.stringify(line)}\n`),
    [DOCUMENT_FILES.texts]: inGroups(documents, ({ text }) => text),
    [DOCUMENT_FILES.structure]: inGroups(documents, ({ blocks }) => `${JSON.stringify(blocks)}\n`),
  };
}

/** The documents of a generation in the order of its passages, each text decoded when it is asked for. */
export async function readStoredDocuments(directory: string, { files }: Manifest): Promise<StoredDocument[]> {
  const texts = await readVerified(join(directory, DOCUMENT_FILES.texts), files[DOCUMENT_FILES.texts]);
  const decode = createDecoder(Buffer.from(texts.buffer));
  const documents: StoredDocument[] = [];
  const lines = await readVerified(join(directory, DOCUMENT_FILES.facts), files[DOCUMENT_FILES.facts]);
  await inTurns(linesOf(lines), (line) => {
    const { bytes, ...facts } = JSON.parse(line) as StoredFacts;
    documents.push({
      ...facts,
      get text() {
        return decode(...bytes);
      },
    });
  });
  return documents;
}

/** The documents whole, with their structure, for a build. */
export async function readDocuments(directory: string, manifest: Manifest): Promise<Document[]> {
  const documents = await readStoredDocuments(directory, manifest);
  const file = DOCUMENT_FILES.structure;
  const structure = await readVerified(join(directory, file), manifest.files[file]);
  const whole: Document[] = [];
  await inTurns(linesOf(structure), (line) => {
    const document = documents[whole.length];
    // Copied: what is stored decodes its text anew each time.
    if (document) whole.push({ ...document, blocks: JSON.parse(line) as Block[] });
  });
  return whole;
}

function createDecoder(texts: Buffer): (start: number, end: number) => string {
  const kept = new Map<number, string>();
  let size = 0;
  return (start, end) => {
    const held = kept.get(start);
    // Empty texts share their place with the next one.
    if (held !== undefined && start !== end) return held;
    const text = texts.toString('utf8', start, end);
    if (size + text.length > KEPT) {
      kept.clear();
      size = 0;
    }
    if (start !== end) kept.set(start, text);
    size += text.length;
    return text;
  };
}

function* inGroups<Item>(items: readonly Item[], write: (item: Item) => string): Generator<string> {
  for (let at = 0; at < items.length; at += AT_ONCE)
    yield items
      .slice(at, at + AT_ONCE)
      .map(write)
      .join('');
}

function* linesOf(bytes: Uint8Array<ArrayBuffer>): Generator<string> {
  const buffer = Buffer.from(bytes.buffer);
  let start = 0;
  for (let end = buffer.indexOf(10); end !== -1; end = buffer.indexOf(10, start)) {
    yield buffer.toString('utf8', start, end);
    start = end + 1;
  }
}
