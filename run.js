import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

// Runs a program of the product, `node run.js scripts/ask.ts ...`. What `npm run build` compiled (npm ci does it) starts
// in half the time; where it is not there, or a source file was edited since, the source itself runs.

const [, , program = 'src/main.ts'] = process.argv;
const source = join(import.meta.dirname, program);
const compiled = join(import.meta.dirname, 'dist', program.replace(/\.ts$/, '.js'));
const isCurrent =
  existsSync(compiled) &&
  (await import('./dist/src/product.js').then(
    (product) => product.isCompiled(),
    () => false,
  ));
process.argv.splice(1, 2, source);
if (!isCurrent) await import('tsx/esm');
await import(pathToFileURL(isCurrent ? compiled : source).href);
