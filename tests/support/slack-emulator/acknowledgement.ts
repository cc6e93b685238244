import type { Delivery, Kind } from './delivery.ts';
import { isObject, type Json } from './object-rules.ts';
import { inspectView } from './payload-rules.ts';
import { deliver, type Tickets } from './tickets.ts';
import { replaceView, show } from './view-methods.ts';
import type { Mutable, OpenedView, World } from './world.ts';

/** What Slack makes of an acknowledgement: a command's answer is posted, a view submission moves the modal. */
export function settle(world: World, kind: Kind, payload: Json, delivery: Delivery): void {
  if (kind === 'raw') return;
  if (delivery.reason === 'timeout') {
    world.violation(`no ack in 3 s: ${kind} ${labelOf(payload)}`);
    return;
  }
  if (!delivery.acked) {
    // Events are delivered again; everything else fails before the eyes of the person who asked.
    if (kind !== 'event' && delivery.reason === 'http_error')
      world.violation(`${kind} ${labelOf(payload)} was answered with HTTP ${delivery.status}`);
    return;
  }
  if (kind === 'command') answerCommand(world, payload, delivery.body);
  if (kind === 'view_submission') answerSubmission(world, payload, delivery.body);
  if (kind === 'view_closed') {
    const opened = viewOf(world, payload);
    if (opened) opened.closed = true;
  }
}

function labelOf(payload: Json): string {
  const event = isObject(payload.event) ? payload.event.type : undefined;
  return String(event ?? payload.command ?? payload.type ?? '');
}

function answerCommand(world: World, payload: Json, body: unknown): void {
  const args = typeof body === 'string' && body !== '' ? { text: body } : isObject(body) ? body : {};
  if (Object.keys(args).length === 0) return;
  const team = String(payload.team_id);
  const origin = { team, channel: String(payload.channel_id), user: String(payload.user_id), messageTs: null };
  deliver(world, origin, args, 'ack');
}

function viewOf(world: World, payload: Json): Mutable<OpenedView> | undefined {
  const id = isObject(payload.view) ? payload.view.id : undefined;
  return world.views.find((view) => view.id === id);
}

function answerSubmission(world: World, payload: Json, body: unknown): void {
  const opened = viewOf(world, payload);
  if (!opened) return;
  if (!isObject(body) || Object.keys(body).length === 0) {
    opened.closed = true;
    return;
  }
  const where = 'view_submission ack';
  switch (body.response_action) {
    case 'clear':
      for (const view of world.views)
        if (view.kind === 'modal' && view.user === opened.user && view.team === opened.team) view.closed = true;
      return;
    case 'errors': {
      const errors = isObject(body.errors) ? body.errors : {};
      const inputs = (opened.view.blocks as Json[]).filter(({ type }) => type === 'input');
      if (Object.keys(errors).length === 0) world.violation(`${where}: errors is empty`);
      for (const [id, text] of Object.entries(errors))
        if (!inputs.some(({ block_id }) => block_id === id) || typeof text !== 'string')
          world.violation(`${where}: errors.${id} names no input block`);
      return;
    }
    case 'update':
    case 'push': {
      if (world.judge(where, inspectView(body.view, 'modal')) !== null) return;
      const workspace = world.workspaces.get(opened.team);
      if (body.response_action === 'update') replaceView(world, opened, body.view as Json, where);
      else if (workspace) show(world, workspace, opened.user, { kind: 'modal', json: body.view as Json, via: where });
      return;
    }
    default:
      world.violation(`${where}: unknown response_action ${String(body.response_action)}`);
  }
}

/** Called before a delivery leaves: its tickets start to run, and what a person wrote enters the history. */
export function announce(world: World, tickets: Tickets, payload: Json): void {
  tickets.sent(payload);
  if (payload.type === 'event_callback' && isObject(payload.event)) world.heard(String(payload.team_id), payload.event);
}
