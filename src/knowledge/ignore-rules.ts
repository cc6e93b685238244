import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Patterns as in .gitignore, relative to a corpus folder. */
export interface Patterns {
  /** Only files that match one of these. */
  readonly include?: readonly string[];
  /** No file or folder that matches one of these. */
  readonly exclude?: readonly string[];
}

/** Whether the operator's patterns leave a path out; it is below the corpus folder, folders with a final "/". */
export async function patternRules({ include = [], exclude = [] }: Patterns): Promise<(below: string) => boolean> {
  if (include.length + exclude.length === 0) return () => false;
  const { default: ignore } = await import('ignore');
  const excluded = ignore().add([...exclude]);
  const included = include.length > 0 ? ignore().add([...include]) : null;
  return (below) => excluded.ignores(below) || (!below.endsWith('/') && included !== null && !included.ignores(below));
}

/** What a .gitignore says of the paths below its folder. */
export interface FolderRules {
  /** The folder, below the root, with a final "/" unless it is the root. */
  readonly base: string;
  readonly test: (below: string) => { ignored: boolean; unignored: boolean };
}

/** The rules of one folder's .gitignore, or null. */
export async function folderRules(directory: string): Promise<FolderRules['test'] | null> {
  try {
    const file = join(directory, '.gitignore');
    if (!(await lstat(file)).isFile()) return null;
    const text = await readFile(file, 'utf8');
    const rules = (await import('ignore')).default().add(text);
    return (below) => rules.test(below);
  } catch {
    return null;
  }
}

/** Whether a .gitignore on the way leaves a path out. */
export function isGitIgnored(rules: readonly FolderRules[], below: string): boolean {
  // The deepest .gitignore that says anything decides, as in git.
  for (let at = rules.length - 1; at >= 0; at--) {
    const { base, test } = rules[at] as FolderRules;
    const { ignored, unignored } = test(below.slice(base.length));
    if (ignored || unignored) return ignored;
  }
  return false;
}
