import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const runsFromSource = import.meta.url.endsWith('.ts');

/** The folder of the product itself, for what ships with it (corpus, rules, model). */
export const PRODUCT_DIRECTORY = resolve(import.meta.dirname, runsFromSource ? '..' : '../..');

const COMPILED = join(PRODUCT_DIRECTORY, 'dist');
/** Holds the hash of the sources that were compiled. */
const SEAL = join(COMPILED, 'sources.sha256');

let current: boolean | undefined;

/** Whether `dist/` was compiled from the sources as they are: what was edited since must not run as it was. */
export function isCompiled(): boolean {
  try {
    // Where no sources are, as in the image, what was compiled is all there is.
    current ??= !existsSync(join(PRODUCT_DIRECTORY, 'src/product.ts')) || readFileSync(SEAL, 'utf8') === sourcesHash();
  } catch {
    current = false;
  }
  return current;
}

/** Says of what `dist/` was compiled; the last step of `npm run build`. */
export function sealCompiled(): void {
  writeFileSync(SEAL, sourcesHash());
}

/**
 * The file of one of the product's programs, named without its ending as an import would name it: compiled where this
 * runs compiled, and where it runs from source and nothing was edited since.
 */
export function programFile(name: string, from: string): URL {
  if (!runsFromSource) return new URL(`${name}.js`, from);
  const source = new URL(`${name}.ts`, from);
  if (!isCompiled()) return source;
  const below = relative(PRODUCT_DIRECTORY, fileURLToPath(source)).replace(/\.ts$/, '.js');
  return pathToFileURL(join(COMPILED, below));
}

/** SHA-256, hex, over what the compiler reads of ours: some 200 files, which takes 10 ms. */
function sourcesHash(): string {
  const hash = createHash('sha256');
  const files = ['src', 'scripts'].flatMap((folder) =>
    readdirSync(join(PRODUCT_DIRECTORY, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:ts|json)$/.test(name))
      .map((name) => `${folder}/${name}`),
  );
  for (const file of [...files.sort(), 'tsconfig.json', 'tsconfig.build.json']) {
    hash.update(`${file}\0`).update(readFileSync(join(PRODUCT_DIRECTORY, file)));
  }
  return hash.digest('hex');
}
