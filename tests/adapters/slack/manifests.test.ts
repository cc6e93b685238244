import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ASK_SHORTCUT } from '../../../src/adapters/slack/interactions.ts';
import { SCOPES } from '../../../src/adapters/slack/scopes.ts';
import { COMMAND_NAMES } from '../../../src/conversation/commands.ts';
import { PRODUCT_DIRECTORY } from '../../../src/product.ts';

interface Manifest {
  readonly features: {
    readonly slash_commands: readonly { readonly command: string; readonly should_escape: boolean }[];
    readonly shortcuts: readonly { readonly callback_id: string }[];
  };
  readonly oauth_config: { readonly scopes: Readonly<Record<string, readonly string[]>> };
  readonly settings: {
    readonly socket_mode_enabled: boolean;
    readonly event_subscriptions: { readonly bot_events: readonly string[] };
  };
}

/** What the adapter listens to; more would be read without need, less would never arrive. */
const EVENTS = [
  'app_home_opened',
  'app_mention',
  'app_uninstalled',
  'assistant_thread_context_changed',
  'assistant_thread_started',
  'message.im',
  'tokens_revoked',
];

/** Item 40 of the acceptance list: no scope, event or command but those that the code uses. */
describe.each(['slack-manifest.json', 'slack-manifest-http.json'])('%s', (name) => {
  const manifest = JSON.parse(readFileSync(join(PRODUCT_DIRECTORY, name), 'utf8')) as Manifest;

  it('asks for the scopes that the adapter needs, of the bot alone', () => {
    expect(Object.keys(manifest.oauth_config.scopes)).toEqual(['bot']);
    expect([...(manifest.oauth_config.scopes.bot ?? [])].sort()).toEqual(Object.keys(SCOPES).sort());
  });

  it('names the commands, the shortcut and the events that the adapter listens to', () => {
    const { slash_commands, shortcuts } = manifest.features;
    expect(slash_commands.map(({ command }) => command)).toEqual(COMMAND_NAMES.map((command) => `/${command}`));
    // Escaped, a mention in a command stays a mention and no text that looks like one.
    expect(slash_commands.every(({ should_escape }) => should_escape)).toBe(true);
    expect(shortcuts.map(({ callback_id }) => callback_id)).toEqual([ASK_SHORTCUT]);
    expect(manifest.settings.event_subscriptions.bot_events).toEqual(EVENTS);
  });

  it('is for the way of arrival that its name says', () => {
    expect(manifest.settings.socket_mode_enabled).toBe(name === 'slack-manifest.json');
  });
});
