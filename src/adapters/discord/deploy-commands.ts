import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REST, Routes } from 'discord.js';
import { COMMANDS } from './commands.ts';

export interface DeployOptions {
  readonly token: string;
  /** As of DiscordOptions. */
  readonly apiUrl: string | undefined;
  /** Asked of Discord when undefined. */
  readonly applicationId: string | undefined;
  /** Where the hash of the commands that were last registered is kept. */
  readonly stateDirectory: string;
}

const RECORD = 'discord-commands.sha256';

/**
 * Registers the commands for all servers when they differ from those last registered: the list replaces all, so an
 * unchanged one is not sent. Returns whether anything was written to Discord.
 */
export async function deployCommands(options: DeployOptions): Promise<boolean> {
  const { token, apiUrl, stateDirectory } = options;
  const rest = new REST({ ...(apiUrl && { api: apiUrl }), timeout: 10_000, retries: 1 }).setToken(token);
  const id = options.applicationId ?? ((await rest.get(Routes.currentApplication())) as { id: string }).id;
  const record = join(stateDirectory, RECORD);
  const hash = createHash('sha256')
    .update(JSON.stringify([id, COMMANDS]))
    .digest('hex');
  if ((await readFile(record, 'utf8').catch(() => '')) === hash) return false;
  await rest.put(Routes.applicationCommands(id), { body: COMMANDS });
  await mkdir(stateDirectory, { recursive: true });
  await writeFile(record, hash);
  return true;
}
