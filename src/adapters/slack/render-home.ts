import type { Reply } from '../../reply/reply.ts';
import { renderPage } from './render-blocks.ts';
import type { SlackBlock } from './rich-text.ts';

/** A reply as the app's home tab. */
export function renderHome(reply: Reply): { readonly type: 'home'; readonly blocks: readonly SlackBlock[] } {
  return { type: 'home', blocks: renderPage(reply) };
}
