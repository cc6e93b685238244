import type { App } from '@slack/bolt';
import { messageOf } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { composeHome, type HomeFacts } from '../../reply/compose-home.ts';
import { renderHome } from './render-home.ts';
import type { ClientOf } from './web-clients.ts';

export type { HomeFacts };

export interface HomeOptions {
  readonly clientOf: ClientOf;
  /** What the bot knows now, for a user named as `workspace:user`. */
  readonly facts: (user: string) => HomeFacts;
  readonly logger: Logger;
}

/** The app's home tab, made anew whenever somebody opens it. */
export function listenToHome(app: App, { clientOf, facts, logger }: HomeOptions): void {
  app.event('app_home_opened', async ({ event, context }) => {
    if (event.tab !== 'home' || !context.botToken) return;
    try {
      const view = renderHome(composeHome(facts(`${context.teamId ?? 'unknown'}:${event.user}`)));
      await clientOf(context.botToken).views.publish({ user_id: event.user, view: view as never });
    } catch (thrown) {
      logger.warn({ error: messageOf(thrown) }, 'the Slack home tab could not be shown');
    }
  });
}
