/** Objects as Discord sends them, with the fields that discord.js needs. */

export const TOKEN = `${'M'.repeat(24)}.abcdef.${'x'.repeat(30)}`;
export const APPLICATION = '100000000000000001';
export const CHANNEL = '100000000000000002';
/** A server of each of two shards: shard = (id >> 22) % shards. */
export const GUILDS = [String(100n << 22n), String(101n << 22n)] as const;
export const GUILD = GUILDS[0];
export const GUILD_CHANNELS = ['100000000000000011', '100000000000000012'] as const;
export const ASKER = '100000000000000009';

const EPOCH = 1_420_070_400_000n;
let count = 0n;

/** A new id; its time can lie in the past. */
export function snowflake(millisecondsAgo = 0): string {
  count += 1n;
  return String(((BigInt(Date.now() - millisecondsAgo) - EPOCH) << 22n) + (count & 0x3fffffn));
}

export function user(id: string, name = 'asker') {
  return { id, username: name, discriminator: '0', avatar: null, global_name: null, bot: id === APPLICATION };
}

const BOT = user(APPLICATION, 'advisor');

function memberOf(id: string) {
  return {
    user: user(id),
    nick: null,
    roles: [],
    joined_at: '2026-01-01T00:00:00.000Z',
    deaf: false,
    mute: false,
    flags: 0,
  };
}

function channelOf(id: string, guild: string) {
  return {
    id,
    guild_id: guild,
    type: 0,
    name: 'general',
    position: 0,
    permission_overwrites: [],
    nsfw: false,
    parent_id: null,
  };
}

export interface Thread {
  readonly id: string;
  readonly guild: string;
  readonly parent: string;
  readonly owner: string;
}

export function threadChannel({ id, guild, parent, owner }: Thread) {
  return {
    id,
    guild_id: guild,
    type: 11,
    name: 'thread',
    parent_id: parent,
    owner_id: owner,
    message_count: 0,
    member_count: 1,
    thread_metadata: {
      archived: false,
      auto_archive_duration: 1440,
      archive_timestamp: new Date().toISOString(),
      locked: false,
    },
  };
}

/** A server with one text channel, in which the bot may do what its invite asks for. */
export function guildCreate(id: string, channel: string, permissions: bigint) {
  const everyone = {
    id,
    name: '@everyone',
    permissions: String(permissions),
    position: 0,
    color: 0,
    hoist: false,
    managed: false,
    mentionable: false,
  };
  return {
    id,
    name: 'server',
    icon: null,
    owner_id: ASKER,
    unavailable: false,
    roles: [everyone],
    channels: [channelOf(channel, id)],
    members: [memberOf(APPLICATION)],
    emojis: [],
    stickers: [],
    threads: [],
    presences: [],
    voice_states: [],
    stage_instances: [],
    guild_scheduled_events: [],
    features: [],
    member_count: 2,
    joined_at: '2026-01-01T00:00:00.000Z',
    large: false,
    preferred_locale: 'en-US',
    premium_tier: 0,
    nsfw_level: 0,
    verification_level: 0,
    explicit_content_filter: 0,
    default_message_notifications: 0,
    mfa_level: 0,
    system_channel_flags: 0,
    afk_timeout: 300,
  };
}

export interface MessageParts {
  readonly id?: string;
  readonly channel: string;
  readonly guild?: string;
  readonly author?: string;
  readonly content?: string;
  readonly flags?: number;
  readonly mentions?: readonly string[];
  /** The id of the bot's message that this one replies to. */
  readonly replyTo?: string;
  readonly components?: unknown;
}

export function message({
  id = snowflake(),
  channel,
  guild,
  author = ASKER,
  content = '',
  flags = 0,
  ...rest
}: MessageParts): { readonly [field: string]: unknown; readonly id: string } {
  const mentioned = [...(rest.mentions ?? []), ...(rest.replyTo ? [APPLICATION] : [])];
  return {
    id,
    channel_id: channel,
    ...(!guild && { channel_type: 1 }),
    ...(guild && { guild_id: guild, member: { ...memberOf(author), user: undefined } }),
    author: author === APPLICATION ? BOT : user(author),
    content,
    timestamp: new Date().toISOString(),
    edited_timestamp: null,
    tts: false,
    mention_everyone: false,
    mentions: [...new Set(mentioned)].map((one) => (one === APPLICATION ? BOT : user(one))),
    mention_roles: [],
    attachments: [],
    embeds: [],
    components: rest.components ?? [],
    pinned: false,
    flags,
    type: rest.replyTo ? 19 : 0,
    ...(rest.replyTo && {
      message_reference: { message_id: rest.replyTo, channel_id: channel, ...(guild && { guild_id: guild }) },
      referenced_message: { ...message({ id: rest.replyTo, channel, author: APPLICATION, ...(guild && { guild }) }) },
    }),
  };
}

export interface InteractionParts {
  readonly id: string;
  readonly token: string;
  readonly type: number;
  readonly data: unknown;
  readonly guild?: string;
  readonly channel?: string;
  readonly user?: string;
  /** Flags of the message whose button was pressed. */
  readonly messageFlags?: number;
}

export function interaction({ guild, user: by = ASKER, channel = CHANNEL, ...parts }: InteractionParts) {
  const { id, token, type, data, messageFlags = 0 } = parts;
  const pressed = message({ channel, author: APPLICATION, flags: messageFlags, ...(guild && { guild }) });
  return {
    id,
    token,
    type,
    data,
    application_id: APPLICATION,
    version: 1,
    locale: 'en-US',
    ...(guild ? { guild_id: guild, member: { ...memberOf(by), permissions: '0' } } : { user: user(by) }),
    channel_id: channel,
    channel: guild ? channelOf(channel, guild) : { id: channel, type: 1 },
    authorizing_integration_owners: {},
    entitlements: [],
    app_permissions: '0',
    attachment_size_limit: 1,
    ...((type === 3 || type === 5) && { message: pressed }),
  };
}

export const READY_USER = BOT;
