import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

/** Folders of the answer flow and what each may import of the others (docs/design.md). */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  question: ['recommendation'],
  knowledge: [],
  ingest: ['knowledge'],
  retrieval: ['knowledge', 'question'],
  recommendation: ['knowledge'],
  answer: ['knowledge', 'question', 'retrieval', 'recommendation'],
  reply: ['answer', 'recommendation'],
  state: ['recommendation'],
  conversation: ['answer', 'question', 'recommendation', 'reply', 'state'],
};

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('import directions', () => {
  for (const [folder, allowed] of Object.entries(MAY_IMPORT)) {
    it(`${folder} imports only ${allowed.join(', ') || 'itself'}`, () => {
      for (const file of sources(`src/${folder}`)) {
        for (const [, target] of readFileSync(file, 'utf8').matchAll(/from '\.\.\/([a-z]+)\//g)) {
          expect([folder, ...allowed], `${file} imports ${target}`).toContain(target);
        }
      }
    });
  }

  it('only the embedder and the vector graph know their libraries', () => {
    const users = (name: string): string[] =>
      sources('src').filter((file) => readFileSync(file, 'utf8').includes(`'${name}'`));
    expect(users('@xenova/transformers')).toEqual([
      'src/knowledge/embedding-pool.ts',
      'src/knowledge/token-counter.ts',
      'src/knowledge/transformers-embedder.ts',
    ]);
    expect(users('hnswlib-node')).toEqual(['src/knowledge/hnsw-index.ts']);
  });
});

describe('the linter', () => {
  const planted = 'src/answer/planted-breach';
  afterEach(() => rmSync(planted, { recursive: true, force: true }));

  function lint(code: string): string {
    mkdirSync(planted, { recursive: true });
    writeFileSync(join(planted, 'breach.ts'), code);
    try {
      return execFileSync('node_modules/.bin/biome', ['lint', planted], { encoding: 'utf8', stdio: 'pipe' });
    } catch (thrown) {
      const { stdout, stderr } = thrown as { stdout: string; stderr: string };
      return stdout + stderr;
    }
  }

  it('refuses an adapter or a platform library in the answer flow', () => {
    expect(
      lint("import { startWebServer } from '../../adapters/web/server.ts';\nexport const start = startWebServer;\n"),
    ).toContain('noRestrictedImports');
    expect(lint("import { App } from '@slack/bolt';\nexport const app = App;\n")).toContain('noRestrictedImports');
  });

  it('refuses the environment outside config.ts', () => {
    expect(lint('export const port = process.env.PORT;\n')).toContain('noProcessEnv');
  });
});
