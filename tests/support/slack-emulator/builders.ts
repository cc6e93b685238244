import { elementsOf, type Pick, stateOf, takeAction } from './interactive-elements.ts';
import { messageJson } from './messages.ts';
import { isObject, type Json } from './object-rules.ts';
import type { Tickets } from './tickets.ts';
import { viewJson } from './view-methods.ts';
import type { OpenedView, Posted, Workspace, World } from './world.ts';

interface Place {
  /** Team id; the first workspace unless given. */
  readonly team?: string;
  readonly channel?: string;
  readonly user?: string;
}

interface Said extends Place {
  readonly text?: string;
  readonly ts?: string;
  readonly threadTs?: string;
  readonly eventId?: string;
  /** Further fields of the event, such as `subtype` or `bot_id`. */
  readonly more?: Json;
}

/** What a person enters into a modal, by block id. */
export type Entered = Readonly<Record<string, string | readonly string[] | { readonly text: string }>>;

export type Builders = ReturnType<typeof createBuilders>;

/** Payloads as Slack sends them, with trigger ids and response URLs that this emulator honours. */
export function createBuilders(world: World, tickets: Tickets) {
  function at(place: Place): { workspace: Workspace; user: string; channel: string } {
    const first = [...world.workspaces.keys()][0];
    const workspace = world.workspaces.get(place.team ?? first ?? '');
    if (!workspace) throw new Error(`no workspace ${place.team}`);
    const channels = [...workspace.channels.values()];
    const channel = place.channel ?? channels.find(({ kind }) => kind === 'channel')?.id ?? '';
    return { workspace, user: place.user ?? workspace.users[0] ?? '', channel };
  }

  function directOf(workspace: Workspace, user: string): string {
    return [...workspace.channels.values()].find((one) => one.kind === 'im' && one.user === user)?.id ?? '';
  }

  function callback(workspace: Workspace, event: Json, eventId = world.id('Ev')): Json {
    return {
      token: 'verification-token',
      team_id: workspace.teamId,
      context_team_id: workspace.teamId,
      context_enterprise_id: null,
      api_app_id: world.appId,
      event,
      type: 'event_callback',
      event_id: eventId,
      event_time: Math.floor(world.now() / 1000),
      authorizations: [
        {
          enterprise_id: null,
          team_id: workspace.teamId,
          user_id: workspace.botUserId,
          is_bot: true,
          is_enterprise_install: false,
        },
      ],
      is_ext_shared_channel: false,
      event_context: `4-${world.id('ctx')}`,
    };
  }

  function said(type: string, input: Said, channelType: string | null): Json {
    const { workspace, user, channel } = at(input);
    const ts = input.ts ?? world.timestamp();
    const text = input.text ?? 'hello';
    const block = { type: 'rich_text_section', elements: [{ type: 'text', text }] };
    const event = {
      type,
      user,
      text,
      ts,
      event_ts: ts,
      client_msg_id: world.id('msg'),
      team: workspace.teamId,
      channel,
      blocks: [{ type: 'rich_text', block_id: world.id('b'), elements: [block] }],
      ...(input.threadTs !== undefined && { thread_ts: input.threadTs, parent_user_id: user }),
      ...(channelType !== null && { channel_type: channelType }),
      ...input.more,
    };
    return callback(workspace, event, input.eventId);
  }

  function interaction(workspace: Workspace, user: string): Json {
    const name = user.toLowerCase();
    return {
      user: { id: user, username: name, name, team_id: workspace.teamId },
      api_app_id: world.appId,
      token: 'verification-token',
      team: { id: workspace.teamId, domain: workspace.teamId.toLowerCase() },
      enterprise: null,
      is_enterprise_install: false,
    };
  }

  function owner(item: { readonly team: string }): Workspace {
    return at({ team: item.team }).workspace;
  }

  function ticketed(workspace: Workspace, user: string, channel: string | null, messageTs: string | null) {
    const origin = { team: workspace.teamId, channel, user, messageTs };
    return { trigger_id: tickets.trigger(origin), response_url: tickets.responseUrl(origin) };
  }

  function filled(opened: OpenedView, entered: Entered): Json {
    const blocks = (opened.view.blocks ?? []) as Json[];
    for (const id of Object.keys(entered))
      if (!blocks.some(({ block_id }) => block_id === id)) throw new Error(`no block "${id}" in the view`);
    const values: Record<string, Json> = {};
    for (const { block, element } of elementsOf(blocks)) {
      const given = entered[String(block.block_id)];
      const input =
        given === undefined ? {} : isObject(given) ? { text: String(given.text) } : { option: given as string };
      const state = { type: element.type, ...stateOf(element, input) };
      values[String(block.block_id)] = { ...values[String(block.block_id)], [String(element.action_id)]: state };
    }
    return { ...viewJson(world, opened), state: { values } };
  }

  return {
    /** Any event in its outer envelope. */
    event: (event: Json, place: Place & { readonly eventId?: string } = {}): Json =>
      callback(at(place).workspace, event, place.eventId),
    /** A mention in a channel; the text begins with the bot's name unless it holds it somewhere. */
    appMention(input: Said = {}): Json {
      const name = `<@${at(input).workspace.botUserId}>`;
      const text = input.text ?? 'hello';
      return said('app_mention', { ...input, text: text.includes(name) ? text : `${name} ${text}` }, null);
    },
    /** `message.channels`, in a thread when `threadTs` is given. */
    channelMessage: (input: Said = {}): Json => said('message', input, 'channel'),
    /** `message.im`; in an assistant thread when `threadTs` is given. */
    directMessage(input: Said = {}): Json {
      const { workspace, user } = at(input);
      return said('message', { channel: directOf(workspace, user), ...input }, 'im');
    },
    assistantThreadStarted(input: Place & { readonly context?: Json; readonly threadTs?: string } = {}): Json {
      const { workspace, user } = at(input);
      const thread = {
        user_id: user,
        context: input.context ?? {},
        channel_id: directOf(workspace, user),
        thread_ts: input.threadTs ?? world.timestamp(),
      };
      const event = { type: 'assistant_thread_started', assistant_thread: thread, event_ts: world.timestamp() };
      return callback(workspace, event);
    },
    assistantThreadContextChanged(input: Place & { readonly context: Json; readonly threadTs: string }): Json {
      const { workspace, user } = at(input);
      const channel = directOf(workspace, user);
      const thread = { user_id: user, context: input.context, channel_id: channel, thread_ts: input.threadTs };
      const event = { type: 'assistant_thread_context_changed', assistant_thread: thread, event_ts: world.timestamp() };
      return callback(workspace, event);
    },
    appHomeOpened(input: Place & { readonly tab?: 'home' | 'messages' } = {}): Json {
      const { workspace, user } = at(input);
      const channel = directOf(workspace, user);
      const event = { type: 'app_home_opened', user, channel, tab: input.tab ?? 'home', event_ts: world.timestamp() };
      return callback(workspace, event);
    },
    command(command: string, text = '', place: Place = {}): Json {
      const { workspace, user, channel } = at(place);
      return {
        token: 'verification-token',
        team_id: workspace.teamId,
        team_domain: workspace.teamId.toLowerCase(),
        channel_id: channel,
        channel_name: workspace.channels.get(channel)?.kind === 'im' ? 'directmessage' : channel.toLowerCase(),
        user_id: user,
        user_name: user.toLowerCase(),
        command,
        text,
        api_app_id: world.appId,
        is_enterprise_install: 'false',
        ...ticketed(workspace, user, channel, null),
      };
    },
    /** A press on an element of a message that the bot posted. */
    action(posted: Posted, pick: Pick | string, place: Place = {}): Json {
      const workspace = owner(posted);
      const user = place.user ?? posted.ephemeralFor ?? workspace.users[0] ?? '';
      const ephemeral = posted.ephemeralFor !== null;
      const wanted = typeof pick === 'string' ? { actionId: pick } : pick;
      const thread = posted.threadTs === null ? {} : { thread_ts: posted.threadTs };
      const container = {
        type: 'message',
        message_ts: posted.ts,
        channel_id: posted.channel,
        is_ephemeral: ephemeral,
        ...thread,
      };
      return {
        type: 'block_actions',
        ...interaction(workspace, user),
        container,
        ...ticketed(workspace, user, posted.channel, posted.ts),
        channel: { id: posted.channel, name: posted.channel.toLowerCase() },
        // Slack leaves an ephemeral message's content out.
        ...(!ephemeral && { message: messageJson(world, workspace, posted) }),
        state: { values: {} },
        actions: [takeAction(posted.blocks, wanted, world.timestamp())],
      };
    },
    /** A press on an element of a modal or of the home tab. */
    viewAction(opened: OpenedView, pick: Pick | string): Json {
      const workspace = owner(opened);
      const wanted = typeof pick === 'string' ? { actionId: pick } : pick;
      const { trigger_id } = ticketed(workspace, opened.user, null, null);
      return {
        type: 'block_actions',
        ...interaction(workspace, opened.user),
        container: { type: 'view', view_id: opened.id },
        trigger_id,
        view: filled(opened, {}),
        actions: [takeAction(opened.view.blocks as Json[], wanted, world.timestamp())],
      };
    },
    /** Submits an open modal with what was entered, by block id: text as `{text}`, choices by option value. */
    viewSubmission(opened: OpenedView, entered: Entered = {}): Json {
      const workspace = owner(opened);
      const { trigger_id } = ticketed(workspace, opened.user, null, null);
      const view = filled(opened, entered);
      return { type: 'view_submission', ...interaction(workspace, opened.user), trigger_id, view, response_urls: [] };
    },
    viewClosed(opened: OpenedView): Json {
      const workspace = owner(opened);
      const view = filled(opened, {});
      return { type: 'view_closed', ...interaction(workspace, opened.user), view, is_cleared: false };
    },
    /** "Ask about this" on a message; give the event that it came with, or its fields. */
    messageShortcut(callbackId: string, about: Json, place: Place = {}): Json {
      const { workspace, user, channel } = at(place);
      const event = isObject(about.event) ? about.event : about;
      const ts = String(event.ts ?? world.timestamp());
      const where = String(event.channel ?? channel);
      return {
        type: 'message_action',
        callback_id: callbackId,
        ...interaction(workspace, user),
        ...ticketed(workspace, user, where, null),
        action_ts: world.timestamp(),
        message_ts: ts,
        channel: { id: where, name: where.toLowerCase() },
        message: { type: 'message', user, text: '', ts, team: workspace.teamId, ...event },
      };
    },
    globalShortcut(callbackId: string, place: Place = {}): Json {
      const { workspace, user } = at(place);
      const { trigger_id } = ticketed(workspace, user, null, null);
      const shared = interaction(workspace, user);
      return { type: 'shortcut', callback_id: callbackId, ...shared, trigger_id, action_ts: world.timestamp() };
    },
    appUninstalled: (place: Place = {}): Json => callback(at(place).workspace, { type: 'app_uninstalled' }),
    tokensRevoked(place: Place = {}): Json {
      const { workspace } = at(place);
      return callback(workspace, { type: 'tokens_revoked', tokens: { oauth: [], bot: [workspace.botUserId] } });
    },
  };
}
