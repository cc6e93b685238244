import type { ParsedFile } from '../knowledge/document-parser.ts';
import { parseFile } from './parse-file.ts';

/** Entry of the parser's child process: files in, documents out. Nothing a file holds can reach the build but these. */
export interface ParseRequest {
  readonly id: number;
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface ParseReply {
  readonly id: number;
  readonly parsed: ParsedFile;
}

process.on('message', ({ id, path, bytes }: ParseRequest) => {
  parseFile(path, bytes).then(
    (parsed) => process.send?.({ id, parsed } satisfies ParseReply),
    () => process.exit(1),
  );
});
process.on('disconnect', () => process.exit(0));
