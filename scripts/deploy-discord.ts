import { deployCommands } from '../src/adapters/discord/deploy-commands.ts';
import { readConfig, readEnvironment } from '../src/config.ts';
import { AdvisorError, messageOf } from '../src/errors.ts';

try {
  const { DISCORD_TOKEN, DISCORD_APPLICATION_ID, DISCORD_API_URL, STATE_DIR } = readConfig(readEnvironment());
  if (!DISCORD_TOKEN) throw new AdvisorError('USAGE', 'set DISCORD_TOKEN in the environment or in .env');
  const wasWritten = await deployCommands({
    token: DISCORD_TOKEN,
    apiUrl: DISCORD_API_URL,
    applicationId: DISCORD_APPLICATION_ID,
    stateDirectory: STATE_DIR,
  });
  console.log(
    wasWritten ? 'Discord commands registered.' : 'Discord commands are registered already: nothing changed.',
  );
} catch (thrown) {
  process.stderr.write(`deploy failed: ${messageOf(thrown)}\n`);
  process.exitCode = 1;
}
