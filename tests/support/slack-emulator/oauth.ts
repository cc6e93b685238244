import type { AppMethod } from './web-api.ts';
import type { World } from './world.ts';

/**
 * The token exchange. The code names the workspace that is to be installed: `code-T0TEAM`; any client is believed that
 * shows an id and a secret.
 */
export function createOauth(world: World): Readonly<Record<string, AppMethod>> {
  return {
    'oauth.v2.access': (args) => {
      if (!args.client_id || !args.client_secret) return { ok: false, error: 'bad_client_secret' };
      const workspace = world.workspaces.get(String(args.code ?? '').replace(/^code-/, ''));
      if (!workspace) return { ok: false, error: 'invalid_code' };
      workspace.revoked = false;
      return {
        ok: true,
        app_id: world.appId,
        authed_user: { id: workspace.users[0] },
        scope: (workspace.scopes ?? ['app_mentions:read', 'chat:write', 'commands']).join(','),
        token_type: 'bot',
        access_token: workspace.token,
        bot_user_id: workspace.botUserId,
        team: { id: workspace.teamId, name: workspace.teamId },
        enterprise: null,
        is_enterprise_install: false,
      };
    },
  };
}
