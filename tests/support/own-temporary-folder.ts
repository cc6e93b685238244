import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder = '';

/** A temporary folder for the whole run, which goes with all that tests and the programs they start leave in it. */
export function setup(): void {
  folder = mkdtempSync(join(tmpdir(), 'framework-advisor-tests-'));
  process.env.TMPDIR = folder;
}

export function teardown(): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
