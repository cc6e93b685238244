import { type Method, type MethodCall, missing, refuse } from './method.ts';
import { isObject, type Json } from './object-rules.ts';
import { inspectView } from './payload-rules.ts';
import type { Mutable, OpenedView, Workspace, World } from './world.ts';

/** Slack refuses a fourth modal in one stack. */
const STACK = 3;

/** Shows a view to a person, as `views.open` does or an acknowledgement with `response_action: push`. */
export function show(
  world: World,
  workspace: Workspace,
  user: string,
  view: { readonly kind: 'modal' | 'home'; readonly json: Json; readonly via: string },
): Mutable<OpenedView> {
  const opened: Mutable<OpenedView> = {
    id: world.id('V'),
    team: workspace.teamId,
    user,
    kind: view.kind,
    view: withIds(view.json),
    hash: world.id('h'),
    via: view.via,
    at: world.now(),
    closed: false,
  };
  world.views.push(opened);
  return opened;
}

/** Replaces the content of an open view. */
export function replaceView(world: World, opened: Mutable<OpenedView>, json: Json, via: string): void {
  opened.view = withIds(json);
  opened.hash = world.id('h');
  opened.via = via;
  opened.at = world.now();
}

/** The view as payloads and answers carry it. */
export function viewJson(world: World, opened: OpenedView): Json {
  return {
    ...opened.view,
    id: opened.id,
    team_id: opened.team,
    app_id: world.appId,
    hash: opened.hash,
    private_metadata: opened.view.private_metadata ?? '',
    callback_id: opened.view.callback_id ?? '',
    external_id: opened.view.external_id ?? '',
    root_view_id: opened.id,
    previous_view_id: null,
    state: { values: {} },
  };
}

function withIds(view: Json): Json {
  if (!Array.isArray(view.blocks)) return view;
  return {
    ...view,
    blocks: (view.blocks as Json[]).map((block, index) => {
      const element = isObject(block.element) ? { element: { action_id: `a${index}`, ...block.element } } : {};
      return { block_id: `b${index}`, ...block, ...element };
    }),
  };
}

function opening(push: boolean): Method {
  return (call) => {
    const { world, tickets, workspace, name, args } = call;
    if (args.trigger_id === undefined) return missing('trigger_id');
    const origin = tickets.spend(args.trigger_id);
    if (typeof origin === 'string') {
      world.violation(`${name}: ${origin}`);
      return refuse(origin);
    }
    if (origin.team !== workspace.teamId) {
      world.violation(`${name}: the token of ${workspace.teamId} was used for a trigger of ${origin.team}`);
      return refuse('invalid_trigger_id');
    }
    const refusal = world.judge(name, inspectView(args.view, 'modal'));
    if (refusal) return refusal;
    const open = world.views.filter(({ user, kind, closed }) => user === origin.user && kind === 'modal' && !closed);
    if (push && open.length >= STACK) {
      world.violation(`${name}: more than ${STACK} views on the stack`);
      return refuse('push_limit_reached');
    }
    // A new modal takes the place of what this person had open.
    if (!push) for (const view of open) view.closed = true;
    const opened = show(world, workspace, origin.user, { kind: 'modal', json: args.view as Json, via: name });
    return { ok: true, view: viewJson(world, opened) };
  };
}

function target({ world, workspace, args }: MethodCall): Mutable<OpenedView> | null {
  return (
    world.views.find(
      ({ id, team, view, closed }) =>
        team === workspace.teamId &&
        !closed &&
        (args.view_id === undefined
          ? args.external_id !== undefined && view.external_id === args.external_id
          : id === args.view_id),
    ) ?? null
  );
}

const update: Method = (call) => {
  const { world, name, args } = call;
  if (args.view_id === undefined && args.external_id === undefined) return missing('view_id or external_id');
  const opened = target(call);
  if (!opened) return refuse('not_found');
  if (args.hash !== undefined && args.hash !== opened.hash) return refuse('hash_conflict');
  const refusal = world.judge(name, inspectView(args.view, opened.kind));
  if (refusal) return refusal;
  replaceView(world, opened, args.view as Json, name);
  return { ok: true, view: viewJson(world, opened) };
};

const publish: Method = ({ world, workspace, name, args }) => {
  if (typeof args.user_id !== 'string') return missing('user_id');
  if (!workspace.users.includes(args.user_id)) {
    world.violation(`${name}: no user ${args.user_id} in ${workspace.teamId}`);
    return refuse('user_not_found');
  }
  const refusal = world.judge(name, inspectView(args.view, 'home'));
  if (refusal) return refusal;
  const known = world.views.find(
    ({ kind, team, user }) => kind === 'home' && team === workspace.teamId && user === args.user_id,
  );
  if (known && args.hash !== undefined && args.hash !== known.hash) return refuse('hash_conflict');
  const json = args.view as Json;
  if (known) replaceView(world, known, json, name);
  const opened = known ?? show(world, workspace, args.user_id, { kind: 'home', json, via: name });
  return { ok: true, view: viewJson(world, opened) };
};

export const VIEW_METHODS: Readonly<Record<string, Method>> = {
  'views.open': opening(false),
  'views.push': opening(true),
  'views.update': update,
  'views.publish': publish,
};
