import { availableParallelism } from 'node:os';
import dotenv from 'dotenv';
import { z } from 'zod';
import { AdvisorError } from './errors.ts';

const port = z.coerce.number().int().min(0).max(65535);
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
const url = z.url({ protocol: /^https?$/ });
const secret = (prefix: RegExp, shape: string) => z.string().regex(prefix, `expected a token that looks like ${shape}`);

/** Every setting, with its default; `.env.example` says what each one does, and a test holds the two together. */
const settingsSchema = z.object({
  SLACK_BOT_TOKEN: secret(/^xoxb-/, 'xoxb-...').optional(),
  SLACK_APP_TOKEN: secret(/^xapp-/, 'xapp-...').optional(),
  SLACK_SIGNING_SECRET: z.string().min(8).optional(),
  SLACK_API_URL: url.optional(),
  SLACK_HTTP_PORT: port.optional(),
  SLACK_CLIENT_ID: z.string().min(3).optional(),
  SLACK_CLIENT_SECRET: z.string().min(8).optional(),
  DISCORD_TOKEN: z.string().min(20).optional(),
  DISCORD_APPLICATION_ID: z
    .string()
    .regex(/^\d{15,22}$/, 'expected 15 to 22 digits')
    .optional(),
  DISCORD_API_URL: url.optional(),
  DISCORD_MESSAGE_CONTENT: flag.default(false),
  CORPUS_DIR: z.string().default('corpus'),
  INDEX_DIR: z.string().default('index'),
  MODEL_DIR: z.string().default('models/all-MiniLM-L6-v2'),
  ALLOW_REMOTE_MODELS: flag.default(false),
  STATE_DIR: z.string().default('state'),
  STATE_KEY: z.string().min(32, 'expected 32 or more characters').optional(),
  POLICY_FILE: z.string().optional(),
  PORT: port.default(3000),
  HEALTH_PORT: port.optional(),
  ADMIN_USERS: z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((entry) => entry.trim())
        .filter(Boolean),
    )
    .refine(
      (entries) => entries.every((entry) => /^[A-Z0-9]+:[A-Z0-9]+$/i.test(entry)),
      'expected team:user pairs, comma separated, for instance T024BE7LD:U0G9QF9C6',
    ),
  ASKS_PER_MINUTE: z.coerce.number().int().min(1).max(10_000).default(30),
  EMBEDDING_PROCESSES: z.coerce
    .number()
    .int()
    .min(1)
    .max(16)
    .default(Math.max(1, Math.min(4, availableParallelism() >> 1))),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

export type Settings = Readonly<z.output<typeof settingsSchema>>;

/** The names of all settings, for the test that compares them with `.env.example`. */
export const SETTING_NAMES: readonly string[] = Object.keys(settingsSchema.shape);

/**
 * Reads and checks all settings at once. An empty value counts as not set, so that a line of `.env.example` can be
 * left as it is. Throws CONFIG_INVALID listing every problem; values never appear in the message.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => SETTING_NAMES.includes(name) && value?.trim()),
  );
  const parsed = settingsSchema.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new AdvisorError(
      'CONFIG_INVALID',
      `settings to correct (environment or .env; .env.example explains each):\n${problems.join('\n')}`,
    );
  }
  return Object.freeze(parsed.data);
}

/** The process's environment with `.env` of the working folder below it: the only place that reads either. */
export function readEnvironment(): Readonly<Record<string, string | undefined>> {
  const file: Record<string, string> = {};
  dotenv.config({ quiet: true, processEnv: file });
  return { ...file, ...process.env };
}

/** Corpus folders of the settings: `CORPUS_DIR` may name several, separated as in PATH. */
export function corpusFolders({ CORPUS_DIR }: Settings): string[] {
  return CORPUS_DIR.split(process.platform === 'win32' ? ';' : ':').filter(Boolean);
}
