import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type REST, Routes } from 'discord.js';
import { COMMANDS } from './commands.ts';

/** Whether the commands that were last registered are those of this version. */
export async function areDeployed(applicationId: string, recordPath: string): Promise<boolean> {
  return (await readFile(recordPath, 'utf8').catch(() => '')) === hashOf(applicationId);
}

/**
 * Registers the commands for all servers when they differ from those last registered: the list replaces all, so an
 * unchanged one is not sent. `recordPath` keeps the hash. Returns whether anything was written to Discord.
 */
export async function deployCommands(rest: REST, applicationId: string, recordPath: string): Promise<boolean> {
  if (await areDeployed(applicationId, recordPath)) return false;
  await rest.put(Routes.applicationCommands(applicationId), { body: COMMANDS });
  await mkdir(dirname(recordPath), { recursive: true });
  await writeFile(recordPath, hashOf(applicationId));
  return true;
}

function hashOf(applicationId: string): string {
  return createHash('sha256')
    .update(JSON.stringify([applicationId, COMMANDS]))
    .digest('hex');
}
