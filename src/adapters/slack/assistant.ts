import type { App } from '@slack/bolt';
import { STARTERS } from '../../reply/compose-help.ts';
import type { State } from '../../state/state.ts';
import { assistantEvent } from './payloads.ts';

const COLLECTION = 'slack-assistant';

/**
 * The assistant pane: prompts to begin with, and the channel that its user looked at, kept by workspace, channel and
 * thread (Bolt's own store keeps one context per process and gives it to everybody). What is written in the pane is a
 * direct message in a thread, and is answered as one.
 */
export function listenToAssistant(app: App, state: State): void {
  app.event('assistant_thread_started', async ({ payload, client, context }) => {
    const thread = await keep(state, context.teamId, payload);
    if (!thread) return;
    await client.assistant.threads.setSuggestedPrompts({
      channel_id: thread.channel_id,
      thread_ts: thread.thread_ts,
      title: 'For instance',
      prompts: STARTERS.map(({ title, message }) => ({ title, message })) as [{ title: string; message: string }],
    });
  });
  app.event('assistant_thread_context_changed', async ({ payload, context }) => {
    await keep(state, context.teamId, payload);
  });
}

/** The context of one assistant thread, as Slack last told it: the channel that its user has open, or null. */
export async function contextOf(state: State, workspace: string, channel: string, thread: string): Promise<unknown> {
  const stored = await state.get(COLLECTION, `${workspace}:${channel}:${thread}`);
  return stored === null ? null : JSON.parse(stored);
}

async function keep(state: State, workspace: string | undefined, payload: unknown) {
  const parsed = assistantEvent.safeParse(payload);
  if (!parsed.success || workspace === undefined) return null;
  const { assistant_thread: thread } = parsed.data;
  const key = `${workspace}:${thread.channel_id}:${thread.thread_ts}`;
  await state.put(COLLECTION, key, JSON.stringify(thread.context ?? {}));
  return thread;
}
