import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import wabt from 'wabt';
import { PRODUCT_DIRECTORY } from '../src/product.ts';

/** Compiles src/knowledge/dot-products.wat into the TypeScript file that carries its bytes. */
const source = join(PRODUCT_DIRECTORY, 'src/knowledge/dot-products.wat');
const target = join(PRODUCT_DIRECTORY, 'src/knowledge/dot-products-wasm.ts');
const compiler = await wabt();
const module = compiler.parseWat(source, await readFile(source, 'utf8'), { simd: true });
const bytes = Buffer.from(module.toBinary({}).buffer);
await writeFile(
  target,
  `/** Made from dot-products.wat by scripts/compile-wasm.ts; a test compiles it again and compares. */\nexport const DOT_PRODUCTS_WASM =\n  '${bytes.toString('base64')}';\n`,
);
console.log(`${target}: ${bytes.length} bytes`);
