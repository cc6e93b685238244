import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildIndex } from '../../src/build-index.ts';
import { readConfig } from '../../src/config.ts';
import { PRODUCT_DIRECTORY } from '../../src/product.ts';

/** The index that tests share: the product's own corpus, model and rules. Kept between runs; unchanged costs nothing. */
export const SHARED_INDEX = join(PRODUCT_DIRECTORY, 'node_modules/.cache/framework-advisor/index');

/** Vitest's global set-up: builds the shared index once for the whole run. */
export async function setup(): Promise<void> {
  const previous = process.cwd();
  process.chdir(PRODUCT_DIRECTORY);
  try {
    if (!existsSync('rules') || !existsSync('corpus')) throw new Error('run the tests in a checkout of the product');
    const build = (): Promise<unknown> =>
      buildIndex({
        settings: readConfig({}),
        corpus: ['corpus'],
        indexDirectory: SHARED_INDEX,
        onProgress: () => {},
      });
    // Another run of the tests may be building it.
    for (let tries = 0; ; tries++) {
      const code = await build().then(
        () => null,
        (thrown: { code?: string }) => {
          if (thrown.code !== 'INDEX_LOCKED' || tries > 120) throw thrown;
          return thrown.code;
        },
      );
      if (code === null) break;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  } finally {
    process.chdir(previous);
  }
}
