import type { Channel } from 'discord.js';
import type { Place } from '../../state/state.ts';

/** The place of a channel or thread; a thread belongs to its parent's channel, whose settings and policy hold in it. */
export function placeOf(guild: string | null, channel: Channel | null, channelId: string): Place {
  const workspace = guild ?? 'direct';
  if (!channel?.isThread()) return { platform: 'discord', workspace, channel: channelId, thread: null };
  return { platform: 'discord', workspace, channel: channel.parentId ?? channelId, thread: channel.id };
}
