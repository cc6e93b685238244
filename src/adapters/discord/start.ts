import type { Settings } from '../../config.ts';
import type { Conversation } from '../../conversation/conversation.ts';
import type { Offers } from '../../conversation/offers.ts';
import type { Logger } from '../../logger.ts';
import type { State } from '../../state/state.ts';
import { startDiscord } from './client.ts';

interface Parts {
  readonly conversation: Conversation;
  readonly offers: Offers;
  readonly state: State;
  readonly labels: () => Readonly<Record<string, string>>;
  readonly logger: Logger;
  readonly onReady: (text: string) => void;
  readonly onFatal: (reason: string) => void;
}

/** Starts Discord by the settings when they have its token; null otherwise. */
export function startDiscordBySettings(settings: Settings, parts: Parts): { close(): Promise<void> } | null {
  if (!settings.DISCORD_TOKEN) return null;
  return startDiscord({
    ...parts,
    token: settings.DISCORD_TOKEN,
    apiUrl: settings.DISCORD_API_URL,
    readsContent: settings.DISCORD_MESSAGE_CONTENT,
    onReady: (link) => parts.onReady(`Discord: connected. Add the bot to a server: ${link}`),
    onFatal: (reason) => parts.onFatal(`Discord: ${reason}`),
  });
}
