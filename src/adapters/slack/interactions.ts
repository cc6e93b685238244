import { createHash } from 'node:crypto';
import type { App, Context } from '@slack/bolt';
import { z } from 'zod';
import { COMMAND_NAMES, readCommand } from '../../conversation/commands.ts';
import type { Request } from '../../conversation/message.ts';
import { messageOf } from '../../errors.ts';
import type { RequirementGroup } from '../../reply/requirement-groups.ts';
import { createOutlet, type Origin } from './delivery.ts';
import { readSlackText } from './incoming-text.ts';
import type { ListenerOptions } from './listeners.ts';
import { actionBody, type CommandBody, commandBody, shortcutBody, viewBody } from './payloads.ts';
import { readAction } from './render-choices.ts';
import { renderFeedbackModal, renderRecommendModal } from './render-modal.ts';
import { FEEDBACK_VIEW, metadataOf, RECOMMEND_VIEW, readFeedback, readRecommend } from './view-values.ts';

/** The message shortcut's callback id, as in slack-manifest.json. */
export const ASK_SHORTCUT = 'ask_about_this';

const openedFrom = z.object({
  channel: z.string(),
  thread: z.string().nullable(),
  responseUrl: z.string().nullable(),
});

export interface InteractionOptions extends ListenerOptions {
  readonly groups: () => readonly RequirementGroup[];
}

/** Commands, buttons, forms and the message shortcut: acknowledged before anything else. */
export function listenToInteractions(app: App, options: InteractionOptions): void {
  const { conversation, clientOf, logger, groups } = options;

  for (const name of COMMAND_NAMES) {
    app.command(`/${name}`, async ({ ack, body: raw, context }) => {
      await ack();
      const parsed = commandBody.safeParse(raw);
      if (!parsed.success || !context.botToken) return;
      const body = parsed.data;
      const origin = commandOrigin(body, context.botToken);
      if (name === 'recommend' && body.text.trim() === '') {
        // What the form needs to answer later goes with it and comes back: nothing has to be kept meanwhile.
        const metadata = { channel: body.channel_id, responseUrl: body.response_url ?? null, thread: null };
        await open(context.botToken, body.trigger_id, renderRecommendModal(groups(), JSON.stringify(metadata)));
        return;
      }
      const { text } = readSlackText(body.text, context.botUserId ?? '');
      await conversation.command(requestOf(origin), readCommand(name, text), true, createOutlet(options, origin));
    });
  }

  app.action(/.*/, async ({ ack, body: raw, context }) => {
    await ack();
    const parsed = actionBody.safeParse(raw);
    if (!parsed.success || !context.botToken) return;
    const body = parsed.data;
    const [pressed] = body.actions;
    const choice = pressed && readAction(pressed.action_id, pressed.selected_option?.value ?? pressed.value ?? '');
    if (!pressed || !choice) return;
    const channel = body.channel?.id ?? body.container?.channel_id ?? body.user.id;
    const ts = body.message?.ts ?? body.container?.message_ts ?? null;
    const isHidden = body.container?.is_ephemeral ?? false;
    const isDirect = channel.startsWith('D');
    const thread = body.message?.thread_ts ?? body.container?.thread_ts ?? (isDirect || isHidden ? null : ts);
    const workspace = body.team?.id ?? body.user.team_id ?? context.teamId ?? 'unknown';
    if (choice.action === 'feedback') {
      const metadata = JSON.stringify({ channel, thread, responseUrl: body.response_url ?? null });
      await open(context.botToken, body.trigger_id, renderFeedbackModal(choice.answer, Number(choice.value), metadata));
      return;
    }
    const origin: Origin = {
      client: clientOf(context.botToken),
      workspace,
      channel,
      thread,
      user: body.user.id,
      key: keyOf('action', workspace, [body.user.id, body.trigger_id, ts, pressed.action_id, pressed.action_ts]),
      responseUrl: body.response_url ?? null,
      ownMessage: isHidden ? null : ts,
      isDirect,
      viaResponse: isHidden,
    };
    await conversation.act(requestOf(origin), choice, isHidden, createOutlet(options, origin));
  });

  app.shortcut(ASK_SHORTCUT, async ({ ack, body: raw, context }) => {
    await ack();
    const parsed = shortcutBody.safeParse(raw);
    if (!parsed.success || !context.botToken) return;
    const { channel, message, user, team, trigger_id, action_ts, response_url = null } = parsed.data;
    const workspace = team?.id ?? user.team_id ?? context.teamId ?? 'unknown';
    const origin: Origin = {
      client: clientOf(context.botToken),
      workspace,
      channel: channel.id,
      thread: message.thread_ts ?? message.ts,
      user: user.id,
      key: keyOf('shortcut', workspace, [user.id, trigger_id, action_ts, message.ts]),
      responseUrl: response_url,
      ownMessage: null,
      isDirect: channel.id.startsWith('D'),
      viaResponse: true,
    };
    const { text } = readSlackText(message.text, context.botUserId ?? '');
    await conversation.ask(requestOf(origin), text, true, createOutlet(options, origin));
  });

  app.view(FEEDBACK_VIEW, async ({ ack, body: raw, context }) => {
    await ack();
    const submitted = readView(raw, context);
    const entry = submitted && readFeedback(submitted.view.state.values, submitted.view.private_metadata);
    if (!submitted || !entry) return;
    await conversation.feedback(requestOf(submitted.origin), entry, createOutlet(options, submitted.origin));
  });

  app.view(RECOMMEND_VIEW, async ({ ack, body: raw, context }) => {
    const submitted = readView(raw, context);
    const chosen = submitted && readRecommend(submitted.view.state.values);
    await ack();
    if (!submitted || !chosen) return;
    const command = { name: 'recommend' as const, requirements: chosen.requirements, text: chosen.text };
    await conversation.command(requestOf(submitted.origin), command, true, createOutlet(options, submitted.origin));
  });

  async function open(token: string, trigger: string, view: unknown): Promise<void> {
    try {
      await clientOf(token).views.open({ trigger_id: trigger, view: view as never });
    } catch (thrown) {
      logger.warn({ error: messageOf(thrown) }, 'a Slack form could not be opened');
    }
  }

  function commandOrigin(body: CommandBody, token: string): Origin {
    const { team_id: workspace, channel_id: channel, user_id: user, response_url: responseUrl = null } = body;
    return {
      client: clientOf(token),
      workspace,
      channel,
      thread: null,
      user,
      key: keyOf('command', workspace, [user, body.trigger_id, responseUrl, body.command, body.text]),
      responseUrl,
      ownMessage: null,
      isDirect: false,
      viaResponse: true,
    };
  }

  function readView(raw: unknown, context: Context) {
    const parsed = viewBody.safeParse(raw);
    if (!parsed.success || !context.botToken) return null;
    const { view, user, team } = parsed.data;
    const workspace = team?.id ?? user.team_id ?? context.teamId ?? 'unknown';
    const from = readMetadata(view.private_metadata);
    const origin: Origin = {
      client: clientOf(context.botToken),
      workspace,
      // A form that was opened from nowhere in particular answers in the user's direct messages.
      channel: from?.channel ?? user.id,
      thread: from?.thread ?? null,
      user: user.id,
      key: keyOf('view', workspace, [user.id, view.id, view.hash]),
      responseUrl: from?.responseUrl ?? null,
      ownMessage: null,
      isDirect: from === null,
      viaResponse: true,
    };
    return { view, origin };
  }
}

function requestOf({ key, workspace, channel, thread, user }: Origin): Request {
  return { key, place: { platform: 'slack', workspace, channel, thread }, user };
}

/** The same request, delivered again, has the same key; two presses of one button have two. */
function keyOf(kind: string, workspace: string, parts: readonly unknown[]): string {
  return `slack:${kind}:${workspace}:${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}`;
}

/** Where a form was opened, as it came back with it; null for anything else. */
function readMetadata(text: string): z.output<typeof openedFrom> | null {
  const parsed = openedFrom.safeParse(metadataOf(text));
  return parsed.success ? parsed.data : null;
}
