import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createGateway, type Fault, INTENTS } from './gateway.ts';
import {
  APPLICATION,
  CHANNEL,
  GUILD,
  interaction,
  type MessageParts,
  message,
  type Thread,
  threadChannel,
} from './payloads.ts';
import { createRest } from './rest.ts';

/** What an interaction can be given besides its data. */
interface Circumstances {
  /** The same interaction once more, as a replay delivers it. */
  readonly again?: { readonly id: string; readonly token: string };
  readonly guild?: string;
  readonly channel?: string;
  readonly user?: string;
  readonly messageFlags?: number;
  /** How long ago its id says that it came. */
  readonly millisecondsAgo?: number;
}

/** View Channel, Send Messages, Embed Links, Attach Files, Read Message History, Create Public Threads, Send in Threads. */
const PERMISSIONS = 0x400n + 0x800n + 0x4000n + 0x8000n + 0x10000n + 0x800000000n + 0x4000000000n;

/** A gateway and REST server on loopback which enforces Discord's rules; every breach is kept in `breaches`. */
export async function startDiscordEmulator() {
  const breaches: string[] = [];
  const knobs = {
    closeOnIdentify: 0,
    remaining: 1000,
    shards: 1,
    heartbeat: 5_000,
    hasGuilds: false,
    permissions: PERMISSIONS,
    dropCallbacks: 0,
    dropMessages: 0,
    gatewayFailures: 0,
    tooMany: 0,
    tokenLife: 15 * 60_000,
    callbackDelay: 0,
    maySpawnThreads: true,
  };
  const origin = (): string => `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const rest = createRest(origin, knobs, breaches);
  const server = createServer((request, response) => void rest.serve(request, response));
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const gateway = createGateway(server, origin, knobs, breaches);
  const appear = (thread: Thread): void =>
    gateway.dispatch('THREAD_CREATE', { ...threadChannel(thread), newly_created: true }, thread.guild);
  rest.onThread(appear);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  /** Sends an interaction (2 command, 3 component, 4 autocomplete, 5 modal). */
  function interact(type: number, data: unknown, circumstances: Circumstances = {}): { id: string; token: string } {
    const { again, guild, millisecondsAgo, ...others } = circumstances;
    const channel = others.channel ?? CHANNEL;
    const { id, token } = again ?? rest.expect(type, channel, millisecondsAgo);
    const event = interaction({ id, token, type, data, ...others, channel, ...(guild && { guild }) });
    gateway.dispatch('INTERACTION_CREATE', event, guild);
    return { id, token };
  }

  return {
    apiUrl: `http://${origin()}/api`,
    breaches,
    knobs,
    sent: rest.sent,
    shown: rest.shown,
    threads: rest.threads,
    commands: rest.commands,
    interactions: rest.interactions,
    gatewayCalls: rest.gatewayCalls,
    identifies: gateway.identifies,
    counts: gateway.counts,
    isLive: gateway.isLive,
    fault: (kind: Fault, shard = 0): void => gateway.fault(kind, shard),
    /** Lets the bot see a thread that somebody opened. */
    appear,
    interact,
    command: (name: string, options: readonly unknown[] = [], circumstances: Circumstances = {}) =>
      interact(2, { id: '1', name, type: 1, options }, circumstances),
    ask: (question: string, circumstances: Circumstances = {}) =>
      interact(
        2,
        { id: '1', name: 'ask', type: 1, options: [{ type: 3, name: 'question', value: question }] },
        circumstances,
      ),
    press: (customId: string, circumstances: Circumstances = {}) =>
      interact(3, { custom_id: customId, component_type: 2 }, circumstances),
    /** Writes a message where the bot can see it, if its intents let it; the text is hidden where they do not. */
    write(parts: Omit<MessageParts, 'guild'> & { readonly guild?: string }): string {
      const { guild } = parts;
      const made = message(parts);
      const intents = gateway.intents(guild);
      if (!(intents & (guild ? INTENTS.guildMessages : INTENTS.directMessages))) return made.id;
      const isForBot = (made.mentions as { id: string }[]).some(({ id }) => id === APPLICATION);
      const mayRead = !guild || isForBot || parts.author === APPLICATION || (intents & INTENTS.messageContent) !== 0;
      gateway.dispatch('MESSAGE_CREATE', mayRead ? made : { ...made, content: '', components: [] }, guild);
      return made.id;
    },
    directMessage(content: string): string {
      return this.write({ channel: CHANNEL, content });
    },
    mention(content: string, channel: string, guild: string = GUILD): string {
      return this.write({ channel, guild, content: `<@${APPLICATION}> ${content}`, mentions: [APPLICATION] });
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type DiscordEmulator = Awaited<ReturnType<typeof startDiscordEmulator>>;
