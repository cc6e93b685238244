import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnswerQuestion } from '../../answer/answer.ts';
import type { Library } from '../../answer/answer-question.ts';
import type { Settings } from '../../config.ts';
import { createIndexAdministration } from '../../index-administration.ts';
import type { Logger } from '../../logger.ts';
import { startDiscord } from './client.ts';
import { createDesk } from './desk.ts';

interface Parts {
  readonly answerQuestion: AnswerQuestion;
  readonly library: () => Library;
  readonly logger: Logger;
}

/** Starts Discord by the settings when they have its token; null otherwise. */
export function startDiscordBySettings(settings: Settings, parts: Parts): { close(): Promise<void> } | null {
  if (!settings.DISCORD_TOKEN) return null;
  const desk = createDesk({
    ...parts,
    decisionsFolder: join(settings.STATE_DIR, 'decisions'),
    administration: {
      administrators: settings.ADMIN_USERS,
      index: createIndexAdministration(settings),
      audit: (entry) => parts.logger.warn(entry, 'administration attempt'),
    },
    saveFeedback: async (entry) => {
      await mkdir(settings.STATE_DIR, { recursive: true });
      await appendFile(join(settings.STATE_DIR, 'discord-feedback.jsonl'), `${JSON.stringify(entry)}\n`);
    },
  });
  return startDiscord({
    token: settings.DISCORD_TOKEN,
    apiUrl: settings.DISCORD_API_URL,
    desk,
    logger: parts.logger,
    onReady: (link) => console.log(`Discord: connected. Add the bot to a server: ${link}`),
    onFatal: (reason) => {
      process.stderr.write(`Discord: ${reason}\n`);
      process.exit(1);
    },
  });
}
