import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openSqliteState } from '../../src/state/sqlite-state.ts';
import { testState } from './state-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'advisor-state-'));
let files = 0;
const newPath = (): string => join(folder, `state-${files++}.db`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

testState('SQLite file', (now) => openSqliteState(newPath(), { now }));
testState('SQLite in memory', (now) => openSqliteState(':memory:', { now }));

it('survives a restart: settled claims hold, unsettled ones of a process that is gone are free at once', async () => {
  const path = newPath();
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  const before = openSqliteState(path, { holder: String(dead) });
  await before.claim('posted');
  await before.settle('posted');
  await before.claim('never posted');
  await before.close();
  const after = openSqliteState(path);
  expect(await after.claim('posted')).toBe(false);
  expect(await after.claim('never posted')).toBe(true);
  await after.close();
});

it('shares one file between two processes of which one holds a claim', async () => {
  const path = newPath();
  const one = openSqliteState(path, { holder: String(process.ppid) });
  expect(await one.claim('a')).toBe(true);
  const two = openSqliteState(path);
  expect(await two.claim('a')).toBe(false);
  expect(await two.claim('b')).toBe(true);
  expect(await one.claim('b')).toBe(false);
  await one.close();
  await two.close();
});

it('names the file and what is wrong with it', () => {
  const path = newPath();
  writeFileSync(path, 'this is no database, '.repeat(100));
  expect(() => openSqliteState(path)).toThrow(expect.objectContaining({ code: 'STATE_FAILED' }));
  expect(() => openSqliteState('/dev/null/state.db')).toThrow(/state file \/dev\/null/);
});
