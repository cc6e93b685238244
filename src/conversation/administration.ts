import { AdvisorError, messageOf } from '../errors.ts';
import type { IndexAdministration } from '../index-administration.ts';
import type { Logger } from '../logger.ts';
import { composeDiff, composeIndexDone, composeIndexFailed, composeStatus } from '../reply/compose-index.ts';
import { composeNotice } from '../reply/compose-notice.ts';
import type { Reply } from '../reply/reply.ts';
import type { State } from '../state/state.ts';
import type { IndexAction } from './commands.ts';
import type { Request } from './message.ts';

/** Milliseconds between the end of one change of the index and the begin of the next. */
const COOL_DOWN = 10_000;

export interface AdministrationOptions {
  /** Those who may, as `workspace:user`; nobody else, whatever a platform shows them. */
  readonly administrators: readonly string[];
  readonly index: IndexAdministration;
  readonly state: State;
  readonly logger: Logger;
  readonly now?: () => number;
}

/** Carries out `/index` for those who may: denied by default, one change at a time, an audit line for every attempt. */
export type Administer = (request: Request, action: IndexAction, value: string) => Promise<Reply>;

export function createAdministration(options: AdministrationOptions): Administer {
  const { administrators, index, state, logger, now = Date.now } = options;
  const allowed = new Set(administrators);
  let changing = false;
  let changed = Number.NEGATIVE_INFINITY;

  async function change(action: IndexAction, work: () => Promise<Reply>): Promise<Reply> {
    if (changing) return composeNotice('running');
    if (now() - changed < COOL_DOWN) return composeNotice('cooling');
    changing = true;
    try {
      return await work();
    } catch (thrown) {
      if (thrown instanceof AdvisorError && thrown.code === 'INDEX_LOCKED') return composeNotice('running');
      logger.error({ action, error: messageOf(thrown) }, 'an index action failed');
      return composeIndexFailed(action, messageOf(thrown));
    } finally {
      changing = false;
      changed = now();
    }
  }

  async function follow({ place }: Request, value: string): Promise<Reply> {
    if (value !== 'on' && value !== 'off') return composeNotice('follow-ups-usage');
    await state.setChannelSettings(place, { ...(await state.channelSettings(place)), followUps: value === 'on' });
    return composeNotice(value === 'on' ? 'follow-ups-on' : 'follow-ups-off');
  }

  return async (request, action, value) => {
    const user = `${request.place.workspace}:${request.user}`;
    const isAllowed = allowed.has(user);
    logger.warn({ user, action, allowed: isAllowed }, 'administration attempt');
    await state.audit({ user: request.user, place: request.place, action, allowed: isAllowed });
    if (!isAllowed) return composeNotice('denied', user);
    try {
      switch (action) {
        case 'status':
          return composeStatus(await index.status());
        case 'diff':
          return composeDiff(await index.diff());
        case 'rebuild':
          return await change(action, async () => composeIndexDone('rebuilt', await index.rebuild()));
        case 'rollback':
          return await change(action, async () => composeIndexDone('rolled back', await index.rollback()));
        case 'follow-ups':
          return await follow(request, value);
        default:
          return action satisfies never;
      }
    } catch (thrown) {
      return composeIndexFailed(action, messageOf(thrown));
    }
  };
}
