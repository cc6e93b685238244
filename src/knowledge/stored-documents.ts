import type { Block } from './block.ts';
import type { Document, DocumentFacts, Place } from './document.ts';
import { FILES } from './generation-files.ts';
import { inTurns } from './in-turns.ts';
import type { StoredDocument } from './knowledge-base.ts';
import type { ReadFile } from './verified-file.ts';

/** One line of `documents.jsonl`. */
interface StoredFacts extends DocumentFacts {
  readonly path: string;
  readonly hash: string;
  readonly places?: readonly Place[];
  /** Where its text is in `texts.utf8`, in bytes, the end exclusive. */
  readonly bytes: readonly [start: number, end: number];
}

/** The last key of a line of facts. */
const PLACE = '"bytes":';
/** Lines and texts written at once. */
const AT_ONCE = 256;
/** Characters of texts kept decoded: the documents asked for again and again. */
const KEPT = 8_000_000;

/** A document as its files hold it: carried on as bytes, without being read and written anew. */
interface StoredParts {
  /** Its line of facts, but for where the text is: that comes last and moves with the documents before it. */
  readonly facts: string;
  readonly text: Uint8Array;
  readonly structure: Uint8Array;
}

/** The parts of documents that `readDocuments` gave. */
const stored = new WeakMap<Document, StoredParts>();

/** The contents of the files of some documents, by file name. */
export function documentFiles(documents: readonly Document[]): Record<string, Iterable<Uint8Array>> {
  let end = 0;
  const facts = (document: Document): string => {
    const start = end;
    const parts = stored.get(document);
    if (parts) {
      end += parts.text.length;
      return `${parts.facts}${PLACE}[${start},${end}]}\n`;
    }
    const { text, blocks: _, ...own } = document;
    end += Buffer.byteLength(text);
    return `${JSON.stringify({ ...own, bytes: [start, end] } satisfies StoredFacts)}\n`;
  };
  return {
    [FILES.documents]: inGroups(documents, (group) => [Buffer.from(group.map(facts).join(''))]),
    [FILES.texts]: inGroups(documents, (group) =>
      group.map((document) => stored.get(document)?.text ?? Buffer.from(document.text)),
    ),
    [FILES.structure]: inGroups(documents, (group) =>
      group.map((document) => stored.get(document)?.structure ?? Buffer.from(`${JSON.stringify(document.blocks)}\n`)),
    ),
  };
}

/** The documents of a generation in the order of its passages, each text decoded when it is asked for. */
export async function readStoredDocuments(read: ReadFile): Promise<StoredDocument[]> {
  const texts = await read(FILES.texts);
  const decode = createDecoder(Buffer.from(texts.buffer));
  const documents: StoredDocument[] = [];
  await eachFacts(read, ({ bytes, ...facts }) => {
    documents.push({
      ...facts,
      get text() {
        return decode(...bytes);
      },
    });
  });
  return documents;
}

/** The documents whole, for a build: text and structure are read when they are asked for, which is seldom. */
export async function readDocuments(read: ReadFile): Promise<Document[]> {
  const texts = Buffer.from((await read(FILES.texts)).buffer);
  const structures = linesOf(await read(FILES.structure));
  const documents: Document[] = [];
  await eachFacts(read, (facts, line) => {
    const structure = structures.next().value as Buffer;
    const { bytes, ...shown } = facts;
    let text: string | undefined;
    let blocks: Block[] | undefined;
    const document: Document = {
      ...shown,
      get text() {
        text ??= texts.toString('utf8', ...bytes);
        return text;
      },
      get blocks() {
        blocks ??= JSON.parse(structure.toString('utf8')) as Block[];
        return blocks;
      },
    };
    const place = line.lastIndexOf(PLACE);
    stored.set(document, { facts: line.slice(0, place), text: texts.subarray(...bytes), structure });
    documents.push(document);
  });
  return documents;
}

async function eachFacts(read: ReadFile, use: (facts: StoredFacts, line: string) => void): Promise<void> {
  await inTurns(linesOf(await read(FILES.documents)), (bytes) => {
    const line = bytes.toString('utf8');
    use(JSON.parse(line) as StoredFacts, line);
  });
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

function* inGroups<Item>(
  items: readonly Item[],
  write: (group: readonly Item[]) => Uint8Array[],
): Generator<Uint8Array> {
  for (let at = 0; at < items.length; at += AT_ONCE) {
    const parts = joinNeighbours(write(items.slice(at, at + AT_ONCE)));
    yield parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
  }
}

/** Parts that follow each other in one buffer become one part, which nobody copies. */
function joinNeighbours(parts: readonly Uint8Array[]): Uint8Array[] {
  const joined: Uint8Array[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last && last.buffer === part.buffer && last.byteOffset + last.length === part.byteOffset) {
      joined[joined.length - 1] = Buffer.from(last.buffer, last.byteOffset, last.length + part.length);
    } else joined.push(part);
  }
  return joined;
}

/** Lines with their line ends. */
function* linesOf(bytes: Uint8Array<ArrayBuffer>): Generator<Buffer> {
  const buffer = Buffer.from(bytes.buffer);
  let start = 0;
  for (let end = buffer.indexOf(10); end !== -1; end = buffer.indexOf(10, start)) {
    yield buffer.subarray(start, end + 1);
    start = end + 1;
  }
}
