import { App, HTTPReceiver, type Receiver } from '@slack/bolt';
import type { Conversation } from '../../conversation/conversation.ts';
import type { Offers } from '../../conversation/offers.ts';
import { AdvisorError, messageOf } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { RequirementGroup } from '../../reply/requirement-groups.ts';
import type { State } from '../../state/state.ts';
import type { Listening } from '../listen.ts';
import { listenToAssistant } from './assistant.ts';
import { createOutlet, type DeliveryOptions } from './delivery.ts';
import { startFront } from './front.ts';
import { type HomeFacts, listenToHome } from './home.ts';
import { identify } from './identity.ts';
import { type Credentials, createInstallations, createSeal, type Installations } from './installations.ts';
import { listenToInteractions } from './interactions.ts';
import { listenToMessages } from './listeners.ts';
import { createOutbox, type OutboxCounts } from './outbox.ts';
import { createResponseUrls } from './response-urls.ts';
import { SCOPES } from './scopes.ts';
import { createSockets } from './sockets.ts';
import { clientOptions, createClients, slackLogger } from './web-clients.ts';

/** Milliseconds for answers that are under way at the end. */
const DRAIN = 9_000;
/** Milliseconds without any connection after which the bot is not ready. */
const DOWN = 30_000;
/** Milliseconds after which a request that nobody took is refused; Slack gives up at 3,000. */
const UNHANDLED = 2_500;
/** All kinds of requests may come to one address; people who enter separate ones find them served too. */
const ENDPOINTS = ['/slack/events', '/slack/commands', '/slack/interactions', '/slack/actions'];

/** How requests arrive, and whose token answers. */
export interface SlackMode {
  readonly http: { readonly port: number; readonly signingSecret: string } | null;
  readonly appToken: string | null;
  readonly botToken: string | null;
  /** For an app that several workspaces install by themselves. */
  readonly oauth: { readonly clientId: string; readonly clientSecret: string; readonly stateKey: string } | null;
}

export interface SlackOptions {
  readonly mode: SlackMode;
  readonly apiUrl: string | undefined;
  readonly conversation: Conversation;
  readonly offers: Offers;
  readonly state: State;
  readonly groups: () => readonly RequirementGroup[];
  /** For a user named as `workspace:user`. */
  readonly homeFacts: (user: string) => HomeFacts;
  readonly logger: Logger;
  /** Called once, with what an operator must change, when Slack will never let the bot in. */
  readonly onFatal: (reason: string) => void;
  readonly onReady: (text: string) => void;
}

export interface RunningSlack {
  /** Why it cannot answer now; empty when it can. */
  notReady(): readonly string[];
  readonly counts: Readonly<OutboxCounts>;
  /** Stops listening, lets answers under way finish, then ends. */
  close(): Promise<void>;
}

/**
 * Connects to Slack by Socket Mode, HTTP or both, and stays connected. Throws PLATFORM_FAILED when the HTTP port is
 * taken; what Slack itself refuses is told to `onFatal`, and Slack being away is waited out.
 */
export async function startSlack(options: SlackOptions): Promise<RunningSlack> {
  const { mode, apiUrl, conversation, offers, state, logger, onReady } = options;
  const stopped = new AbortController();
  const fail = (reason: string): void => {
    if (!stopped.signal.aborted) options.onFatal(reason);
  };
  const clientOf = createClients(apiUrl, slackLogger(logger));
  const installations = mode.oauth ? createInstallations(state, createSeal(mode.oauth.stateKey)) : null;
  const outbox = createOutbox({
    logger,
    signal: stopped.signal,
    onDeadToken: (workspace) => {
      if (mode.botToken) fail(`Slack no longer accepts SLACK_BOT_TOKEN: install the app again and copy the new token`);
      else logger.error({ workspace }, "a workspace's token is dead: the app was removed there");
    },
  });
  const delivery: DeliveryOptions = { outbox, responseUrls: createResponseUrls() };
  const sockets = mode.appToken ? createSockets({ appToken: mode.appToken, apiUrl, logger, onFatal: fail }) : null;
  const httpReceiver = mode.http ? createHttpReceiver(options, installations, mode.http.signingSecret) : null;
  const first: Receiver | null = sockets?.receiver ?? httpReceiver;
  if (!first) throw new AdvisorError('CONFIG_INVALID', 'Slack needs Socket Mode or HTTP');
  let self: Credentials | null = null;
  const credentials = async (query: { teamId?: string | undefined; enterpriseId?: string | undefined }) => {
    if (self) return self;
    if (!installations) throw new AdvisorError('PLATFORM_FAILED', 'Slack has not said yet who the bot is');
    return installations.credentialsOf({ ...query, isEnterpriseInstall: false } as never);
  };
  const app = new App({
    receiver: first,
    logger: slackLogger(logger),
    clientOptions: clientOptions(apiUrl, slackLogger(logger)),
    convoStore: false,
    // Behind its own install flow Bolt asks the installation store itself, and wants no second opinion.
    ...(!(first === httpReceiver && installations) && {
      authorize: async ({ teamId, enterpriseId }) => ({
        ...(await credentials({ teamId, enterpriseId })),
        ...(teamId !== undefined && { teamId }),
      }),
    }),
  });
  if (httpReceiver && sockets) httpReceiver.init(app);
  app.error(async (error) => logger.error({ error: messageOf(error) }, 'a Slack listener failed'));
  const listeners = { ...delivery, conversation, clientOf, logger };
  listenToMessages(app, listeners);
  listenToInteractions(app, { ...listeners, groups: options.groups });
  listenToAssistant(app, state);
  listenToHome(app, { clientOf, facts: options.homeFacts, logger });
  if (installations) listenToRemovals(app, installations);

  let front: Listening | null = null;
  const begin = async (): Promise<void> => {
    if (mode.botToken) {
      self = await identify(clientOf(mode.botToken), mode.botToken, { logger, signal: stopped.signal, onFatal: fail });
      if (!self) return;
    }
    sockets?.start(app);
    if (mode.http && httpReceiver) front = await startFront(mode.http.port, httpReceiver.requestListener);
    onReady(readyText(mode, front));
  };
  offers.connect('slack', async (place, turn) => {
    const { botToken } = await credentials({ teamId: place.workspace });
    const key = `slack:offer:${place.workspace}:${place.channel}:${place.thread}:${turn.reply.id}`;
    const { workspace, channel, thread } = place;
    const where = { client: clientOf(botToken), workspace, channel, thread, user: '', key };
    const isDirect = channel.startsWith('D');
    await createOutlet(delivery, {
      ...where,
      responseUrl: null,
      ownMessage: null,
      isDirect,
      viaResponse: false,
    }).deliver(turn);
  });
  // Slack may be away at the start: the rest of the product does not wait for it. A taken port is told at once.
  const started = begin();
  if (mode.http && !mode.botToken) await started;
  else started.catch((thrown: unknown) => fail(messageOf(thrown)));
  return {
    counts: outbox.counts,
    notReady() {
      if (mode.botToken && !self) return ['Slack has not accepted the bot token yet'];
      const downSince = sockets?.downSince() ?? null;
      return downSince !== null && Date.now() - downSince > DOWN ? ['no connection to Slack'] : [];
    },
    async close() {
      const closing = front?.close();
      // The sockets stay open while answers are under way: Slack must get the acknowledgements of what was taken.
      await conversation.drain(DRAIN);
      stopped.abort();
      await sockets?.close();
      await closing;
    },
  };
}

function createHttpReceiver(
  { mode, apiUrl, logger }: SlackOptions,
  installations: Installations | null,
  signingSecret: string,
): HTTPReceiver {
  const oauth = mode.oauth;
  return new HTTPReceiver({
    signingSecret,
    endpoints: ENDPOINTS,
    logger: slackLogger(logger),
    bodyLimit: 1_000_000,
    unhandledRequestTimeoutMillis: UNHANDLED,
    // Signed, but of a kind that nobody listens to: a failure would count against the app's subscription.
    unhandledRequestHandler: ({ response }) => {
      if (!response.headersSent) response.writeHead(200).end();
    },
    dispatchErrorHandler: ({ response }) => {
      if (!response.headersSent) response.writeHead(404).end();
    },
    processEventErrorHandler: async ({ error, response }) => {
      logger.error({ error: error.message }, 'a Slack request could not be handled');
      if (!response.headersSent) response.writeHead(500).end();
      return false;
    },
    ...(oauth &&
      installations && {
        clientId: oauth.clientId,
        clientSecret: oauth.clientSecret,
        stateSecret: oauth.stateKey,
        scopes: Object.keys(SCOPES),
        installationStore: installations.store,
        installerOptions: { directInstall: true, clientOptions: clientOptions(apiUrl, slackLogger(logger)) },
      }),
  });
}

/** A workspace that removed the app takes its token back: it is deleted here too. */
function listenToRemovals(app: App, installations: Installations): void {
  const forget = async (id: string | undefined): Promise<void> => {
    if (id !== undefined) await installations.forget(id);
  };
  app.event('app_uninstalled', ({ context }) => forget(context.teamId ?? context.enterpriseId));
  app.event('tokens_revoked', ({ context, event }) =>
    (event.tokens.bot ?? []).length > 0 ? forget(context.teamId ?? context.enterpriseId) : Promise.resolve(),
  );
}

function readyText({ appToken, oauth }: SlackMode, front: Listening | null): string {
  const ways = [appToken && 'Socket Mode', front && `HTTP on port ${front.port}, path ${ENDPOINTS[0]}`].filter(Boolean);
  const install = oauth && front ? ` Other workspaces install it at /slack/install.` : '';
  return `Slack: listening by ${ways.join(' and ')}.${install}`;
}
