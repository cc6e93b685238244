import { join } from 'node:path';
import process from 'node:process';

// Runs a program of the product, `node run.js scripts/ask.ts ...`. What `npm run build` compiled (npm ci does it) starts
// in half the time; where it is not there, or a source file was edited since, the source itself runs.

const [, , program = 'src/main.ts'] = process.argv;
const isCompiled = await import('./dist/src/product.js').then(
  (product) => product.isCompiled(),
  () => false,
);
process.argv.splice(1, 2, join(import.meta.dirname, program));
if (!isCompiled) await import('tsx/esm');
await import(isCompiled ? `./dist/${program.replace(/\.ts$/, '.js')}` : `./${program}`);
