import type { IncomingMessage, ServerResponse } from 'node:http';
import { ASSISTANT_METHODS } from './assistant-methods.ts';
import { CHAT_METHODS } from './chat-methods.ts';
import { CONVERSATION_METHODS } from './conversation-methods.ts';
import type { FaultPlan } from './faults.ts';
import { type Method, type RateLimited, refuse } from './method.ts';
import type { Json } from './object-rules.ts';
import { parseArguments, readBody } from './request-body.ts';
import { grants } from './scopes.ts';
import { createSilences } from './silences.ts';
import type { Tickets } from './tickets.ts';
import { VIEW_METHODS } from './view-methods.ts';
import type { Workspace, World } from './world.ts';

/** A method that is called with an app-level token or without any. */
export type AppMethod = (args: Json, token: string | null) => Json;

const authTest: Method = ({ world, workspace }) => ({
  ok: true,
  url: `https://${workspace.teamId.toLowerCase()}.slack.com/`,
  team: workspace.teamId,
  team_id: workspace.teamId,
  user: 'advisor',
  user_id: workspace.botUserId,
  bot_id: workspace.botId,
  app_id: world.appId,
  is_enterprise_install: false,
});

const METHODS: Readonly<Record<string, Method>> = {
  'api.test': () => ({ ok: true }),
  'auth.test': authTest,
  ...CHAT_METHODS,
  ...CONVERSATION_METHODS,
  ...VIEW_METHODS,
  ...ASSISTANT_METHODS,
};

interface Answer {
  readonly status: number;
  readonly body: Json | 'ok' | null;
  readonly headers?: Readonly<Record<string, string>>;
}

function limited(seconds: number): Answer {
  return { status: 429, body: refuse('ratelimited'), headers: { 'retry-after': String(seconds) } };
}

/** Answers Web API calls and posts to response URLs, through whatever faults are planned. */
export function createWebApi(
  world: World,
  tickets: Tickets,
  faults: FaultPlan,
  appMethods: Readonly<Record<string, AppMethod>>,
) {
  const silences = createSilences(world);

  function authenticate(name: string, token: string | null): { workspace: Workspace } | { refusal: Json } {
    if (token === null) {
      world.violation(`${name}: no token`);
      return { refusal: refuse('not_authed') };
    }
    const workspace = [...world.workspaces.values()].find((one) => one.token === token);
    if (!workspace) {
      world.violation(`${name}: unknown token ${token.slice(0, 9)}...`);
      return { refusal: refuse(token.startsWith('xapp-') ? 'not_allowed_token_type' : 'invalid_auth') };
    }
    return workspace.revoked ? { refusal: refuse('token_revoked') } : { workspace };
  }

  function perform(
    name: string,
    args: Json,
    token: string | null,
  ): { team: string | null; result: Json | RateLimited } {
    const appMethod = appMethods[name];
    if (appMethod) return { team: null, result: appMethod(args, token) };
    const known = authenticate(name, token);
    if ('refusal' in known) return { team: null, result: known.refusal };
    const { workspace } = known;
    const method = METHODS[name];
    if (!method) {
      world.violation(`${name}: unknown method`);
      return { team: workspace.teamId, result: refuse('unknown_method') };
    }
    const lacking = grants(world, workspace, name, args);
    if (lacking) return { team: workspace.teamId, result: lacking };
    return { team: workspace.teamId, result: method({ world, tickets, workspace, name, args }) };
  }

  async function call(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await readBody(request);
    const parsed = parseArguments(request, raw);
    const { token: bodyToken, ...args } = parsed ?? {};
    const bearer = /^Bearer (.+)$/i.exec(String(request.headers.authorization ?? ''))?.[1] ?? null;
    if (bearer !== null && bodyToken !== undefined && bodyToken !== bearer)
      world.violation(`${name}: header and body carry different tokens`);
    const token = bearer ?? (typeof bodyToken === 'string' && bodyToken !== '' ? bodyToken : null);
    let team = [...world.workspaces.values()].find((one) => one.token === token)?.teamId ?? null;

    const subject = `${name} ${token} ${String(args.channel ?? '')}`;
    silences.check(name, subject);
    const planned = plannedAnswer(name);
    let answer: Answer | 'hang' | 'drop' = 'hang';
    if (planned.kind === 'answer') answer = planned.answer;
    else if (planned.kind !== 'hang') {
      if (parsed === null) world.violation(`${name}: malformed JSON`);
      const done = parsed === null ? { team, result: refuse('invalid_json') } : perform(name, args, token);
      team = done.team;
      answer =
        'retryAfterSeconds' in done.result
          ? limited(Number(done.result.retryAfterSeconds))
          : { status: 200, body: done.result as Json };
      if (planned.kind === 'drop') answer = 'drop';
    }
    const sent = typeof answer === 'string' ? null : answer;
    if (sent?.status === 429) silences.ask(subject, Number(sent.headers?.['retry-after']));
    const body = sent !== null && typeof sent.body === 'object' ? sent.body : null;
    world.calls.push({
      method: name,
      team,
      token,
      body: args,
      at: world.now(),
      status: sent?.status ?? 0,
      ok: body?.ok === true,
      error: typeof body?.error === 'string' ? body.error : null,
    });
    const scopes = world.workspaces.get(team ?? '')?.scopes;
    if (scopes) response.setHeader('x-oauth-scopes', scopes.join(','));
    await reply(name, response, answer);
  }

  function plannedAnswer(
    name: string,
  ): { readonly kind: 'go' | 'drop' | 'hang' } | { readonly kind: 'answer'; readonly answer: Answer } {
    if (faults.hangs(name)) return { kind: 'hang' };
    const failure = faults.take(name);
    switch (failure?.kind) {
      case undefined:
        return { kind: 'go' };
      case 'drop':
        return { kind: 'drop' };
      case 'status':
        return { kind: 'answer', answer: { status: failure.status, body: refuse('internal_error') } };
      case 'rate':
        return { kind: 'answer', answer: limited(failure.seconds) };
      case 'code':
        return { kind: 'answer', answer: { status: 200, body: refuse(failure.code) } };
      case 'garble':
        return { kind: 'answer', answer: { status: 200, body: null } };
    }
  }

  async function reply(name: string, response: ServerResponse, answer: Answer | 'hang' | 'drop'): Promise<void> {
    if (answer === 'hang') return;
    const delay = faults.delayOf(name);
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    if (answer === 'drop') {
      response.socket?.destroy();
      return;
    }
    const { status, body, headers } = answer;
    if (body === null || body === 'ok') {
      const text = body === 'ok' ? 'ok' : '<!DOCTYPE html><title>Slack</title>';
      response.writeHead(status, { 'content-type': body === 'ok' ? 'text/plain' : 'text/html', ...headers }).end(text);
      return;
    }
    response
      .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
      .end(JSON.stringify(body));
  }

  async function respond(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = 'response_url';
    const args = parseArguments(request, await readBody(request));
    const planned = plannedAnswer(name);
    let answer: Answer | 'hang' | 'drop' = planned.kind === 'answer' ? planned.answer : 'hang';
    if (planned.kind === 'go' || planned.kind === 'drop') {
      if (args === null) world.violation(`${name}: malformed JSON`);
      const done = args === null ? { status: 400, body: refuse('invalid_payload') } : tickets.respond(path, args);
      if (typeof done.body === 'object' && done.status === 404) world.violation(`${name}: ${String(done.body.error)}`);
      answer = planned.kind === 'drop' ? 'drop' : done;
    }
    const status = typeof answer === 'string' ? 0 : answer.status;
    const error = typeof answer === 'object' && isError(answer.body) ? String(answer.body.error) : null;
    world.calls.push({
      method: name,
      team: path.split('/')[2] ?? null,
      token: null,
      body: args ?? {},
      at: world.now(),
      status,
      ok: status === 200,
      error,
    });
    await reply(name, response, answer);
  }

  return { call, respond };
}

function isError(body: Answer['body']): body is Json {
  return typeof body === 'object' && body !== null && 'error' in body;
}
