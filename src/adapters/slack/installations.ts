import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import type { Installation, InstallationQuery, InstallationStore } from '@slack/bolt';
import { AdvisorError } from '../../errors.ts';
import type { State } from '../../state/state.ts';

const COLLECTION = 'slack-installations';

/** Tokens of other workspaces, sealed with AES-256-GCM under the operator's key: a copied state file opens nothing. */
export interface Seal {
  seal(text: string): string;
  /** Throws STATE_FAILED when it was sealed under another key or altered. */
  open(sealed: string): string;
}

export function createSeal(secret: string): Seal {
  const key = scryptSync(secret, 'framework-advisor installations', 32);
  return {
    seal(text) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
        decipher.setAuthTag(bytes.subarray(12, 28));
        return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
      } catch (cause) {
        throw new AdvisorError(
          'STATE_FAILED',
          'a stored Slack installation cannot be opened: STATE_KEY is another one than when it was stored, or the state file was altered; set the old key or install the app again',
          { cause },
        );
      }
    },
  };
}

/** What authorising an event needs of an installation. */
export interface Credentials {
  readonly botToken: string;
  readonly botId: string;
  readonly botUserId: string;
}

export interface Installations {
  /** For Bolt's install flow. */
  readonly store: InstallationStore;
  /** The credentials for a workspace, or of its organisation. Throws STATE_FAILED when there are none. */
  credentialsOf(query: InstallationQuery<boolean>): Promise<Credentials>;
  /** Forgets a workspace or organisation: the app was removed from it. */
  forget(id: string): Promise<void>;
}

export function createInstallations(state: State, seal: Seal): Installations {
  const cache = new Map<string, Credentials>();
  async function read(id: string | undefined): Promise<Installation | null> {
    const sealed = id === undefined ? null : await state.get(COLLECTION, id);
    return sealed === null ? null : (JSON.parse(seal.open(sealed)) as Installation);
  }
  const find = async ({ teamId, enterpriseId }: InstallationQuery<boolean>): Promise<Installation> => {
    const found = (await read(teamId)) ?? (await read(enterpriseId));
    if (found) return found;
    throw new AdvisorError(
      'STATE_FAILED',
      `the app is not installed in workspace ${teamId ?? enterpriseId ?? 'unknown'}: open /slack/install`,
    );
  };
  return {
    store: {
      async storeInstallation(installation) {
        const id = idOf(installation as Installation);
        await state.put(COLLECTION, id, seal.seal(JSON.stringify(installation)));
        cache.clear();
      },
      // Bolt's type wants the kind of installation that was asked for; it is whatever was stored.
      fetchInstallation: (query) => find(query as InstallationQuery<boolean>) as never,
      async deleteInstallation({ teamId, enterpriseId }) {
        const id = teamId ?? enterpriseId;
        if (id !== undefined) await state.remove(COLLECTION, id);
        cache.clear();
      },
    },
    async credentialsOf(query) {
      const id = JSON.stringify([query.teamId, query.enterpriseId]);
      const known = cache.get(id);
      if (known) return known;
      const { bot } = await find(query);
      if (!bot)
        throw new AdvisorError('STATE_FAILED', 'the stored installation has no bot token: install the app again');
      const credentials = { botToken: bot.token, botId: bot.id, botUserId: bot.userId };
      cache.set(id, credentials);
      return credentials;
    },
    async forget(id) {
      await state.remove(COLLECTION, id);
      cache.clear();
    },
  };
}

function idOf({ team, enterprise, isEnterpriseInstall }: Installation): string {
  const id = isEnterpriseInstall ? enterprise?.id : (team?.id ?? enterprise?.id);
  if (id === undefined) throw new AdvisorError('PLATFORM_FAILED', 'Slack sent an installation without workspace');
  return id;
}
