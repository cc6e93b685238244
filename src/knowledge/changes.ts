import type { Document } from './document.ts';

/** Documents of a build against those of the generation before, by path. */
export interface Changes {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

export const NO_CHANGES: Changes = { added: [], changed: [], removed: [] };

export function changesBetween(before: ReadonlyMap<string, Document>, now: readonly Document[]): Changes {
  const paths = new Set(now.map(({ path }) => path));
  return {
    added: now.filter(({ path }) => !before.has(path)).map(({ path }) => path),
    changed: now
      .filter(({ path, hash }) => before.has(path) && before.get(path)?.hash !== hash)
      .map(({ path }) => path),
    removed: [...before.keys()].filter((path) => !paths.has(path)),
  };
}
