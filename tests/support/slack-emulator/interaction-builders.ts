import { elementsOf, type Pick, stateOf, takeAction } from './interactive-elements.ts';
import { messageJson } from './messages.ts';
import { isObject, type Json } from './object-rules.ts';
import { locate, type Place } from './place.ts';
import type { Tickets } from './tickets.ts';
import { viewJson } from './view-methods.ts';
import type { OpenedView, Posted, Workspace, World } from './world.ts';

/** What a person enters into a modal, by block id. */
export type Entered = Readonly<Record<string, string | readonly string[] | { readonly text: string }>>;

/** Commands, presses, submissions and shortcuts, with trigger ids and response URLs that this emulator honours. */
export function createInteractionBuilders(world: World, tickets: Tickets) {
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
    return locate(world, { team: item.team }).workspace;
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
    command(command: string, text = '', place: Place = {}): Json {
      const { workspace, user, channel } = locate(world, place);
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
      const { workspace, user, channel } = locate(world, place);
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
      const { workspace, user } = locate(world, place);
      const { trigger_id } = ticketed(workspace, user, null, null);
      const shared = interaction(workspace, user);
      return { type: 'shortcut', callback_id: callbackId, ...shared, trigger_id, action_ts: world.timestamp() };
    },
  };
}
