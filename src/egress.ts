import dgram from 'node:dgram';
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import { isIP, type NetConnectOpts, Socket } from 'node:net';
import { availableParallelism } from 'node:os';
import type { Settings } from './config.ts';

export interface Host {
  readonly host: string;
  readonly purpose: string;
}

/** Every host the product contacts with these settings, and what for. There is no other. */
export function contactedHosts(settings: Settings): Host[] {
  const hosts: Host[] = [];
  const add = (address: string, purpose: string): number => hosts.push({ host: new URL(address).host, purpose });
  if (settings.SLACK_BOT_TOKEN || settings.SLACK_CLIENT_ID) {
    add(settings.SLACK_API_URL ?? 'https://slack.com', 'Slack Web API: posts, socket address');
    if (!settings.SLACK_API_URL) {
      if (settings.SLACK_APP_TOKEN) add('https://wss-primary.slack.com', 'Slack Socket Mode');
      add('https://hooks.slack.com', 'Slack replies to commands');
    }
  }
  if (settings.DISCORD_TOKEN) {
    add(settings.DISCORD_API_URL ?? 'https://discord.com', 'Discord REST API');
    if (!settings.DISCORD_API_URL) add('https://gateway.discord.gg', 'Discord gateway');
  }
  if (settings.ALLOW_REMOTE_MODELS) add('https://huggingface.co', 'embedding model of another repository');
  return hosts;
}

/** What this process tried to reach while it was watched. */
export interface Contacts {
  readonly lookups: readonly string[];
  /** Hosts or addresses, with the port. Loopback and sockets of the file system are not counted. */
  readonly connections: readonly string[];
}

type Patched = ((...args: unknown[]) => unknown) | undefined;

/**
 * Records every name that is looked up and every connection that is opened or datagram sent in this process, and lets
 * none of them happen. Stays in force to the end of the process.
 */
export function watchContacts(): Contacts {
  const lookups: string[] = [];
  const connections: string[] = [];
  const refuse = (what: string): Error => Object.assign(new Error(`${what} is not allowed here`), { code: 'EACCES' });
  const patch = (owner: object, name: string, replacement: (...args: unknown[]) => unknown): void => {
    Object.defineProperty(owner, name, { value: replacement, configurable: true, writable: true });
  };
  const names = Object.keys(dns).filter((name) => /^(?:lookup|resolve|reverse)/.test(name));
  // An address is not a name, and this machine's own name leads nowhere else.
  const isLocal = (name: unknown): boolean => isIP(String(name)) !== 0 || name === 'localhost';
  for (const name of names) {
    const [plain, promised] = [dns, dns.promises].map((owner) => Reflect.get(owner, name)) as Patched[];
    patch(dns, name, (...args) => {
      if (isLocal(args[0])) return plain?.apply(dns, args);
      lookups.push(String(args[0]));
      const done = args.at(-1);
      if (typeof done === 'function') process.nextTick(() => done(refuse(`looking up ${args[0]}`)));
    });
    patch(dns.promises, name, (...args) => {
      if (isLocal(args[0])) return promised?.apply(dns.promises, args);
      lookups.push(String(args[0]));
      return Promise.reject(refuse(`looking up ${args[0]}`));
    });
  }
  const connect = Socket.prototype.connect as (...args: unknown[]) => Socket;
  patch(Socket.prototype, 'connect', function (this: Socket, ...args: unknown[]) {
    const target = targetOf(args);
    if (target === null) return connect.apply(this, args);
    connections.push(target);
    process.nextTick(() => this.destroy(refuse(`connecting to ${target}`)));
    return this;
  });
  patch(dgram.Socket.prototype, 'send', (...args) => {
    connections.push(`datagram to ${args.filter((arg) => typeof arg === 'string' && isIP(arg)).join()}`);
  });
  syncBuiltinESMExports();
  return { lookups, connections };
}

/** Host and port of a connection, or null where it stays on this machine. */
function targetOf(args: readonly unknown[]): string | null {
  // Node's own callers hand over normalised arguments: an array with the options first.
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (typeof first === 'string' && Number.isNaN(Number(first))) return null;
  const options = (typeof first === 'object' ? first : { port: first, host: second }) as NetConnectOpts & {
    path?: string;
    host?: string;
    port?: number;
  };
  if (options.path) return null;
  const host = typeof options.host === 'string' ? options.host : 'localhost';
  return /^(?:localhost|127\.|::1$)/.test(host) ? null : `${host}:${options.port}`;
}

const QUESTIONS = [
  'Which framework should a team of beginners choose?',
  'Is JAX faster than PyTorch on TPUs?',
  'See https://example.com/page and tell me: TensorFlow or PyTorch for a phone app?',
];

export interface EgressProof extends Contacts {
  readonly answered: number;
}

/**
 * Does in this process what a bot does between a message and its reply (index, model, answer, wording) with every way
 * out recorded and shut. Throws what opening the index or the model throws.
 */
export async function proveEgress(settings: Settings): Promise<EgressProof> {
  const contacts = watchContacts();
  // Loaded after the watch began: whatever a library does when it is loaded is seen too.
  const [{ readModel }, { openLibrary }, { createTransformersEmbedder }, { createAnswerer }, { composeReply }] =
    await Promise.all([
      import('./knowledge/model.ts'),
      import('./open-library.ts'),
      import('./knowledge/transformers-embedder.ts'),
      import('./answer/answer-question.ts'),
      import('./reply/compose-reply.ts'),
    ]);
  const model = await readModel(settings.MODEL_DIR);
  const { library } = await openLibrary(settings.INDEX_DIR, model);
  const embedder = await createTransformersEmbedder({
    model,
    threads: availableParallelism(),
    allowRemote: settings.ALLOW_REMOTE_MODELS,
  });
  const answerQuestion = createAnswerer({ library: () => library, embedder });
  let answered = 0;
  for (const question of QUESTIONS) {
    composeReply(await answerQuestion(question));
    answered++;
  }
  await embedder.close();
  return { ...contacts, answered };
}
