import type { Workspace, World } from './world.ts';

/** Where and by whom; the first workspace, its first person and its first channel unless given. */
export interface Place {
  readonly team?: string;
  readonly channel?: string;
  readonly user?: string;
}

/** Fills a place in from the workspace that it names. */
export function locate(world: World, place: Place): { workspace: Workspace; user: string; channel: string } {
  const first = [...world.workspaces.keys()][0];
  const workspace = world.workspaces.get(place.team ?? first ?? '');
  if (!workspace) throw new Error(`no workspace ${place.team}`);
  const channels = [...workspace.channels.values()];
  const channel = place.channel ?? channels.find(({ kind }) => kind === 'channel')?.id ?? '';
  return { workspace, user: place.user ?? workspace.users[0] ?? '', channel };
}

/** The direct message channel of a person with the bot. */
export function directChannel(workspace: Workspace, user: string): string {
  return [...workspace.channels.values()].find((one) => one.kind === 'im' && one.user === user)?.id ?? '';
}
