import { REST, Routes } from 'discord.js';
import { deployCommands } from '../src/adapters/discord/deploy-commands.ts';
import { commandRecord } from '../src/adapters/discord/start.ts';
import { readConfig, readEnvironment } from '../src/config.ts';
import { AdvisorError, messageOf } from '../src/errors.ts';

try {
  const settings = readConfig(readEnvironment());
  const { DISCORD_TOKEN, DISCORD_APPLICATION_ID, DISCORD_API_URL } = settings;
  if (!DISCORD_TOKEN) throw new AdvisorError('USAGE', 'set DISCORD_TOKEN in the environment or in .env');
  const rest = new REST({ ...(DISCORD_API_URL && { api: DISCORD_API_URL }), timeout: 10_000, retries: 1 });
  rest.setToken(DISCORD_TOKEN);
  const id = DISCORD_APPLICATION_ID ?? ((await rest.get(Routes.currentApplication())) as { id: string }).id;
  const wasWritten = await deployCommands(rest, id, commandRecord(settings));
  console.log(
    wasWritten ? 'Discord commands registered.' : 'Discord commands are registered already: nothing changed.',
  );
} catch (thrown) {
  process.stderr.write(`deploy failed: ${messageOf(thrown)}\n`);
  process.exitCode = 1;
}
