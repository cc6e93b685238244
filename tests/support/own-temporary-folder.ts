import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder for the whole run, which goes with all that tests and the programs they start leave in it. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'framework-advisor-tests-'));
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
