import { join } from 'node:path';
import type { Settings } from '../../config.ts';
import type { Conversation } from '../../conversation/conversation.ts';
import type { Offers } from '../../conversation/offers.ts';
import type { Logger } from '../../logger.ts';
import type { State } from '../../state/state.ts';
import { startDiscord } from './client.ts';
import { areDeployed } from './deploy-commands.ts';

interface Parts {
  readonly conversation: Conversation;
  readonly offers: Offers;
  readonly state: State;
  readonly labels: () => Readonly<Record<string, string>>;
  readonly logger: Logger;
  readonly onReady: (text: string) => void;
  readonly onFatal: (reason: string) => void;
}

/** Where the hash of the commands that were last registered is kept. */
export function commandRecord({ STATE_DIR }: Settings): string {
  return join(STATE_DIR, 'discord-commands.sha256');
}

/** Starts Discord by the settings when they have its token; null otherwise. */
export function startDiscordBySettings(settings: Settings, parts: Parts): { close(): Promise<void> } | null {
  if (!settings.DISCORD_TOKEN) return null;
  return startDiscord({
    ...parts,
    token: settings.DISCORD_TOKEN,
    apiUrl: settings.DISCORD_API_URL,
    readsContent: settings.DISCORD_MESSAGE_CONTENT,
    onReady: (link, applicationId) => {
      parts.onReady(`Discord: connected. Add the bot to a server: ${link}`);
      void areDeployed(applicationId, commandRecord(settings)).then((are) => {
        if (!are) parts.onReady('Discord: the commands of this version are not registered: npm run deploy:discord');
      });
    },
    onFatal: (reason) => parts.onFatal(`Discord: ${reason}`),
  });
}
