import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type REST, Routes } from 'discord.js';
import { COMMANDS } from './commands.ts';

/**
 * Registers the commands for all servers when they differ from those last registered: the list replaces all, so an
 * unchanged one is not sent. `recordPath` keeps the hash. Returns whether anything was written to Discord.
 */
export async function deployCommands(rest: REST, applicationId: string, recordPath: string): Promise<boolean> {
  const hash = createHash('sha256')
    .update(JSON.stringify([applicationId, COMMANDS]))
    .digest('hex');
  if ((await readFile(recordPath, 'utf8').catch(() => '')) === hash) return false;
  await rest.put(Routes.applicationCommands(applicationId), { body: COMMANDS });
  await mkdir(dirname(recordPath), { recursive: true });
  await writeFile(recordPath, hash);
  return true;
}
