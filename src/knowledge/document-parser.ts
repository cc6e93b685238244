import { messageOf } from '../errors.ts';
import type { Skipped } from './corpus.ts';
import type { Document } from './document.ts';
import { hasEnding, TEXT_ENDINGS } from './document-endings.ts';

/** What a parser found in one file. */
export interface ParsedFile {
  /** One document; several for an archive; none when the file was passed over. */
  readonly documents: readonly Document[];
  readonly skipped: readonly Skipped[];
  readonly language: string | null;
  readonly encoding: string | null;
  readonly removed: Readonly<Record<string, number>>;
}

/** Makes documents of files. Two implementations: Markdown and text in this process, everything in a child process. */
export interface DocumentParser {
  /** Never throws for what a file holds: that is a reason in `skipped`. */
  parse(path: string, bytes: Uint8Array): Promise<ParsedFile>;
  close(): Promise<void>;
}

/** Increase when the same bytes give other documents. */
export const PARSER_VERSION = 4;

export const NOTHING_PARSED: ParsedFile = { documents: [], skipped: [], language: null, encoding: null, removed: {} };

/** Markdown and plain text, parsed in this process: for texts that are trusted. */
export function createTextParser(): DocumentParser {
  return {
    async parse(path, bytes) {
      if (!hasEnding(path, TEXT_ENDINGS)) return passedOver(path, 'this parser reads Markdown and plain text only');
      const { parseDocument } = await import('./parse-document.ts');
      try {
        return { ...NOTHING_PARSED, documents: [parseDocument(bytes, path)] };
      } catch (thrown) {
        return passedOver(path, messageOf(thrown));
      }
    },
    close: async () => {},
  };
}

export function passedOver(path: string, reason: string): ParsedFile {
  return { ...NOTHING_PARSED, skipped: [{ path, reason: reason.replace(`${path}: `, '') }] };
}
