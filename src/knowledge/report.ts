import type { Skipped } from './corpus.ts';

/** What became of one file of the corpus in a build. */
export interface FileReport {
  readonly path: string;
  /** SHA-256 of its bytes, hex. */
  readonly hash: string;
  readonly status: 'indexed' | 'unchanged' | 'skipped';
  /** Paths of the documents it gave: one, or those of an archive. */
  readonly documents: readonly string[];
  readonly language: string | null;
  readonly encoding: string | null;
  /** Kind of what was left out of the text (or is hidden in it) -> how many. */
  readonly removed: Readonly<Record<string, number>>;
  /** Why the file, or which members of the archive, were passed over. */
  readonly skipped: readonly Skipped[];
}

/** `report.json` of a generation: every file with what became of it. */
export interface BuildReport {
  /** Changes when the same bytes give another text: what an older parser made is then not taken over. */
  readonly parser: number;
  readonly files: readonly FileReport[];
  /** Folders, links and files that were never opened. */
  readonly skipped: readonly Skipped[];
  /** Files that are no documents: name ending -> how many. Absent in reports of older versions. */
  readonly others?: Readonly<Record<string, number>>;
}

/** The report as JSON with a line for each file, so that one is found with the tools at hand. */
export function reportText({ files, ...rest }: BuildReport): string {
  const head = JSON.stringify(rest).slice(0, -1);
  return `${head},"files":[\n${files.map((file) => JSON.stringify(file)).join(',\n')}\n]}\n`;
}
