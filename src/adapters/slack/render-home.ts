import type { Reply } from '../../reply/reply.ts';
import { renderPage, type SlackBlock } from './render-blocks.ts';

/** A reply as the app's home tab. */
export function renderHome(reply: Reply): { readonly type: 'home'; readonly blocks: readonly SlackBlock[] } {
  return { type: 'home', blocks: renderPage(reply) };
}
