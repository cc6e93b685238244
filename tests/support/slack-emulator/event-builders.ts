import type { Json } from './object-rules.ts';
import { directChannel, locate, type Place } from './place.ts';
import type { Workspace, World } from './world.ts';

interface Said extends Place {
  readonly text?: string;
  readonly ts?: string;
  readonly threadTs?: string;
  readonly eventId?: string;
  /** Further fields of the event, such as `subtype` or `bot_id`. */
  readonly more?: Json;
}

/** Events of the Events API, in their outer envelope. */
export function createEventBuilders(world: World) {
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
    const { workspace, user, channel } = locate(world, input);
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

  return {
    /** Any event in its outer envelope. */
    event: (event: Json, place: Place & { readonly eventId?: string } = {}): Json =>
      callback(locate(world, place).workspace, event, place.eventId),
    /** A mention in a channel; the text begins with the bot's name unless it holds it somewhere. */
    appMention(input: Said = {}): Json {
      const name = `<@${locate(world, input).workspace.botUserId}>`;
      const text = input.text ?? 'hello';
      return said('app_mention', { ...input, text: text.includes(name) ? text : `${name} ${text}` }, null);
    },
    /** A mention as a bot with channel history gets it: `app_mention` and `message`, one ts, two event ids. */
    mentionPair(input: Said = {}): readonly [Json, Json] {
      const name = `<@${locate(world, input).workspace.botUserId}>`;
      const { eventId: _, ...rest } = { ...input, ts: input.ts ?? world.timestamp() };
      const same = { ...rest, text: `${name} ${input.text ?? 'hello'}` };
      return [said('app_mention', same, null), said('message', same, 'channel')];
    },
    /** `message.channels`, in a thread when `threadTs` is given. */
    channelMessage: (input: Said = {}): Json => said('message', input, 'channel'),
    /** `message.im`; in an assistant thread when `threadTs` is given. */
    directMessage(input: Said = {}): Json {
      const { workspace, user } = locate(world, input);
      return said('message', { channel: directChannel(workspace, user), ...input }, 'im');
    },
    assistantThreadStarted(input: Place & { readonly context?: Json; readonly threadTs?: string } = {}): Json {
      const { workspace, user } = locate(world, input);
      const thread = {
        user_id: user,
        context: input.context ?? {},
        channel_id: directChannel(workspace, user),
        thread_ts: input.threadTs ?? world.timestamp(),
      };
      const event = { type: 'assistant_thread_started', assistant_thread: thread, event_ts: world.timestamp() };
      return callback(workspace, event);
    },
    assistantThreadContextChanged(input: Place & { readonly context: Json; readonly threadTs: string }): Json {
      const { workspace, user } = locate(world, input);
      const channel = directChannel(workspace, user);
      const thread = { user_id: user, context: input.context, channel_id: channel, thread_ts: input.threadTs };
      const event = { type: 'assistant_thread_context_changed', assistant_thread: thread, event_ts: world.timestamp() };
      return callback(workspace, event);
    },
    appHomeOpened(input: Place & { readonly tab?: 'home' | 'messages' } = {}): Json {
      const { workspace, user } = locate(world, input);
      const channel = directChannel(workspace, user);
      const event = { type: 'app_home_opened', user, channel, tab: input.tab ?? 'home', event_ts: world.timestamp() };
      return callback(workspace, event);
    },
    appUninstalled: (place: Place = {}): Json => callback(locate(world, place).workspace, { type: 'app_uninstalled' }),
    tokensRevoked(place: Place = {}): Json {
      const { workspace } = locate(world, place);
      return callback(workspace, { type: 'tokens_revoked', tokens: { oauth: [], bot: [workspace.botUserId] } });
    },
  };
}
