import { startDiscord } from '../../src/adapters/discord/client.ts';
import type { DiscordEmulator } from './discord-emulator/emulator.ts';
import { TOKEN } from './discord-emulator/payloads.ts';
import { type ChatOptions, makeChat } from './make-chat.ts';
import { until } from './until.ts';

export interface DiscordBotOptions extends ChatOptions {
  readonly emulator: DiscordEmulator;
  readonly readsContent?: boolean;
  /** Whether to wait until the bot is connected. */
  readonly waits?: boolean;
}

/** The real adapter on the real discord.js, against an emulator, in this process. */
export async function startDiscordBot({ emulator, readsContent = false, waits = true, ...options }: DiscordBotOptions) {
  const chat = makeChat(options);
  const fatal: string[] = [];
  const ready: string[] = [];
  const running = startDiscord({
    ...chat,
    token: TOKEN,
    apiUrl: emulator.apiUrl,
    readsContent,
    onReady: (link) => ready.push(link),
    onFatal: (reason) => fatal.push(reason),
  });
  if (waits) await until(() => ready.length > 0 || fatal.length > 0, 15_000, 'the bot is connected');
  return {
    ...chat,
    fatal,
    ready,
    async close() {
      chat.offers.close();
      await running.close();
      if (!options.state) await chat.state.close();
    },
  };
}

export type DiscordBot = Awaited<ReturnType<typeof startDiscordBot>>;
