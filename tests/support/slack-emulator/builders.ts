import { createEventBuilders } from './event-builders.ts';
import { createInteractionBuilders } from './interaction-builders.ts';
import type { Tickets } from './tickets.ts';
import type { World } from './world.ts';

export type Builders = ReturnType<typeof createEventBuilders> & ReturnType<typeof createInteractionBuilders>;

/** Payloads as Slack sends them. */
export function createBuilders(world: World, tickets: Tickets): Builders {
  return { ...createEventBuilders(world), ...createInteractionBuilders(world, tickets) };
}
