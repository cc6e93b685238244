import { z } from 'zod';

/** The parts of Slack's payloads that are read; anything else in them is ignored, anything missing refuses them. */
const id = z.string().min(1).max(64);
const responseUrl = z.string().max(2_000);

export const messageEvent = z.looseObject({
  type: z.enum(['message', 'app_mention']),
  user: id,
  text: z.string().default(''),
  channel: id,
  channel_type: z.string().optional(),
  ts: id,
  thread_ts: id.optional(),
  subtype: z.string().optional(),
  bot_id: z.string().nullish(),
  bot_profile: z.unknown().optional(),
});
export type MessageEvent = z.output<typeof messageEvent>;

export const commandBody = z.looseObject({
  command: z.string(),
  text: z.string().default(''),
  team_id: id,
  channel_id: id,
  user_id: id,
  trigger_id: z.string().default(''),
  response_url: responseUrl.optional(),
});
export type CommandBody = z.output<typeof commandBody>;

export const actionBody = z.looseObject({
  team: z.looseObject({ id }).nullish(),
  user: z.looseObject({ id, team_id: id.optional() }),
  trigger_id: z.string().default(''),
  response_url: responseUrl.optional(),
  channel: z.looseObject({ id }).optional(),
  message: z.looseObject({ ts: id, thread_ts: id.optional() }).optional(),
  container: z
    .looseObject({
      channel_id: id.optional(),
      message_ts: id.optional(),
      thread_ts: id.optional(),
      is_ephemeral: z.boolean().optional(),
    })
    .optional(),
  actions: z
    .array(
      z.looseObject({
        action_id: z.string(),
        value: z.string().optional(),
        selected_option: z.looseObject({ value: z.string() }).nullish(),
        action_ts: z.string().optional(),
      }),
    )
    .min(1),
});

export const shortcutBody = z.looseObject({
  team: z.looseObject({ id }).nullish(),
  user: z.looseObject({ id, team_id: id.optional() }),
  trigger_id: z.string().default(''),
  action_ts: z.string().optional(),
  response_url: responseUrl.optional(),
  channel: z.looseObject({ id }),
  message: z.looseObject({ ts: id, thread_ts: id.optional(), text: z.string().default('') }),
});

export const viewBody = z.looseObject({
  team: z.looseObject({ id }).nullish(),
  user: z.looseObject({ id, team_id: id.optional() }),
  view: z.looseObject({
    id: z.string(),
    hash: z.string().optional(),
    private_metadata: z.string().default(''),
    state: z.looseObject({ values: z.record(z.string(), z.record(z.string(), z.unknown())) }),
  }),
});

export const assistantEvent = z.looseObject({
  assistant_thread: z.looseObject({
    user_id: id,
    channel_id: id,
    thread_ts: id,
    context: z.looseObject({ channel_id: id.optional(), team_id: id.optional() }).optional(),
  }),
});
