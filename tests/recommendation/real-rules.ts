import { join } from 'node:path';
import { PRODUCT_DIRECTORY } from '../../src/product.ts';
import type { ResolvedRules } from '../../src/recommendation/evidence.ts';
import type { Requirement } from '../../src/recommendation/recommendation.ts';
import { readRules } from '../../src/recommendation/rule-book.ts';

/** The rules and the corpus that the product ships. */
export function readRealRules(): Promise<ResolvedRules> {
  return readRules(join(PRODUCT_DIRECTORY, 'rules'), [join(PRODUCT_DIRECTORY, 'corpus')]);
}

/** Requirements from ids; "not " before one rules it out. */
export function needs(...ids: readonly string[]): Requirement[] {
  return ids.map((text) => {
    const id = text.replace(/^not /, '');
    return { id, trigger: id.slice(id.indexOf(':') + 1), wanted: id === text };
  });
}
