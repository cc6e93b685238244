import type { WebClient } from '@slack/web-api';
import type { Outlet, Turn } from '../../conversation/message.ts';
import type { Outbox, Target } from './outbox.ts';
import { renderReply } from './render-blocks.ts';
import type { ResponseUrls } from './response-urls.ts';

/** Where a turn may go: the thread that it belongs to, and what came with a command or button. */
export interface Origin {
  readonly client: WebClient;
  readonly workspace: string;
  readonly channel: string;
  readonly thread: string | null;
  readonly user: string;
  /** Names the message or request for good: a post of it is looked up by this key. */
  readonly key: string;
  readonly responseUrl: string | null;
  /** The message whose button was pressed, when it is the bot's own and everybody sees it. */
  readonly ownMessage: string | null;
  /** True where only the user reads, so that nothing needs to be hidden from others. */
  readonly isDirect: boolean;
  /** True for a command, or a button under an ephemeral message: the bot may not be a member of the channel. */
  readonly viaResponse: boolean;
}

export interface DeliveryOptions {
  readonly outbox: Outbox;
  readonly responseUrls: ResponseUrls;
}

/** How a turn reaches Slack: one message per part, each by the way that fits who may see it. */
export function createOutlet({ outbox, responseUrls }: DeliveryOptions, origin: Origin, begin?: () => void): Outlet {
  const { client, workspace, channel, thread, user, responseUrl, ownMessage, isDirect, viaResponse } = origin;
  const target: Target = { client, workspace, channel, thread };
  return {
    ...(begin && { begin }),
    async deliver(turn: Turn) {
      const isHidden = turn.audience === 'asker' && !isDirect;
      for (const [at, message] of renderReply(turn.reply).entries()) {
        const key = `${origin.key}#${at}`;
        const replaces = turn.replaces && at === 0;
        if (replaces && !isHidden && ownMessage !== null) {
          await outbox.update(target, ownMessage, message);
          continue;
        }
        if (responseUrl !== null && (isHidden || viaResponse)) {
          const sent = await responseUrls.send(responseUrl, {
            ...message,
            response_type: isHidden ? 'ephemeral' : 'in_channel',
            replace_original: replaces && viaResponse,
          });
          if (sent) continue;
        }
        if (isHidden) await outbox.postTo(target, user, message);
        else await outbox.post(target, message, key);
      }
    },
  };
}
