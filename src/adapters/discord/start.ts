import type { Settings } from '../../config.ts';
import type { Conversation } from '../../conversation/conversation.ts';
import type { Offers } from '../../conversation/offers.ts';
import { messageOf } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { State } from '../../state/state.ts';
import { startDiscord } from './client.ts';
import { deployCommands } from './deploy-commands.ts';

interface Parts {
  readonly conversation: Conversation;
  readonly offers: Offers;
  readonly state: State;
  readonly labels: () => Readonly<Record<string, string>>;
  readonly logger: Logger;
  readonly onReady: (text: string) => void;
  readonly onFatal: (reason: string) => void;
}

/** Starts Discord by the settings when they have its token; null otherwise. Its commands are registered when they changed. */
export function startDiscordBySettings(settings: Settings, parts: Parts): { close(): Promise<void> } | null {
  const { DISCORD_TOKEN: token, DISCORD_API_URL: apiUrl, STATE_DIR: stateDirectory } = settings;
  if (!token) return null;
  return startDiscord({
    ...parts,
    token,
    apiUrl,
    readsContent: settings.DISCORD_MESSAGE_CONTENT,
    onReady: (link, applicationId) => {
      parts.onReady(`Discord: connected. Add the bot to a server: ${link}`);
      deployCommands({ token, apiUrl, applicationId, stateDirectory }).then(
        (wasWritten) => wasWritten && parts.onReady('Discord: the commands of this version were registered.'),
        (thrown: unknown) =>
          parts.logger.error(
            { error: messageOf(thrown) },
            'the Discord commands could not be registered: try npm run deploy:discord',
          ),
      );
    },
    onFatal: (reason) => parts.onFatal(`Discord: ${reason}`),
  });
}
