import type { Document } from './document.ts';

/** Documents of a build against those of the generation before, by path. */
export interface Changes {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

export const NO_CHANGES: Changes = { added: [], changed: [], removed: [] };

export function changesBetween(before: ReadonlyMap<string, Document>, now: readonly Document[]): Changes {
  const added: string[] = [];
  const changed: string[] = [];
  const gone = new Set(before.keys());
  for (const { path, hash } of now) {
    const earlier = before.get(path);
    if (!earlier) added.push(path);
    else if (earlier.hash !== hash) changed.push(path);
    gone.delete(path);
  }
  return { added, changed, removed: [...gone] };
}
