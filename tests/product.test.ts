import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PRODUCT_DIRECTORY } from '../src/product.ts';

const run = promisify(execFile);

/** A copy of the program, compiled as `npm ci` does. */
let copy: string;
beforeAll(async () => {
  copy = mkdtempSync(join(tmpdir(), 'advisor-program-'));
  for (const name of ['src', 'scripts', 'run.js', 'package.json', 'tsconfig.json', 'tsconfig.build.json'])
    cpSync(join(PRODUCT_DIRECTORY, name), join(copy, name), { recursive: true });
  symlinkSync(join(PRODUCT_DIRECTORY, 'node_modules'), join(copy, 'node_modules'));
  await run('npm', ['run', '--silent', 'build'], { cwd: copy });
  // What was compiled can be told from its source.
  edit('dist/scripts/index.js', 'usage:', 'usage, compiled:');
}, 120_000);
afterAll(() => rmSync(copy, { recursive: true, force: true }));

function edit(file: string, from: string, to: string): void {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
}

async function usage(): Promise<string> {
  const { stdout } = await run('npm', ['run', '--silent', 'index', '--', '--help'], { cwd: copy });
  return stdout.slice(0, stdout.indexOf(':'));
}

async function workerFile(): Promise<string> {
  const script = `import { programFile } from './src/product.ts';
    console.log(programFile('./embedding-worker', new URL('./src/knowledge/embedding-pool.ts', 'file://${copy}/').href).pathname)`;
  const { stdout } = await run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: copy,
  });
  return stdout.trim().slice(copy.length);
}

it('runs what was compiled, and the source as soon as any of it is edited', { timeout: 120_000 }, async () => {
  expect(await usage()).toBe('usage, compiled');
  expect(await workerFile()).toBe('/dist/src/knowledge/embedding-worker.js');

  // Not the file that is run, and not one that it imports.
  edit('src/adapters/slack/mrkdwn.ts', 'export ', '/** Edited. */\nexport ');
  expect(await usage()).toBe('usage');
  expect(await workerFile()).toBe('/src/knowledge/embedding-worker.ts');

  edit('src/adapters/slack/mrkdwn.ts', '/** Edited. */\n', '');
  expect(await usage()).toBe('usage, compiled');

  writeFileSync(join(copy, 'src/new.ts'), '');
  expect(await usage()).toBe('usage');
  rmSync(join(copy, 'src/new.ts'));

  rmSync(join(copy, 'dist/sources.sha256'));
  expect(await usage()).toBe('usage');
});

it('runs what was compiled where no sources are, and the source where nothing was compiled', async () => {
  const image = mkdtempSync(join(tmpdir(), 'advisor-image-'));
  try {
    for (const name of ['dist', 'run.js', 'package.json'])
      cpSync(join(copy, name), join(image, name), { recursive: true });
    symlinkSync(join(PRODUCT_DIRECTORY, 'node_modules'), join(image, 'node_modules'));
    const { stdout } = await run('npm', ['run', '--silent', 'index', '--', '--help'], { cwd: image });
    expect(stdout).toContain('usage, compiled:');
  } finally {
    rmSync(image, { recursive: true, force: true });
  }
  rmSync(join(copy, 'dist'), { recursive: true });
  expect(await usage()).toBe('usage');
});
