import { checkBlocks } from './block-rules.ts';
import { createInspection, type Inspection } from './inspection.ts';
import { LIMITS } from './limits.ts';
import { checkKeys, checkString, checkText, isObject, type Json } from './object-rules.ts';
import { checkGraphemes, readMrkdwn } from './text-rules.ts';

/** Checks what the user of a message gets: `text`, `blocks`, and the switches that ping or unfurl. */
export function inspectMessage(args: Json, options: { readonly unfurls: boolean }): Inspection {
  const inspection = createInspection('invalid_blocks');
  const { text, blocks } = args;
  const hasBlocks = blocks !== undefined && !(Array.isArray(blocks) && blocks.length === 0);
  if (text === undefined || text === '') {
    if (hasBlocks) inspection.broken('/text', 'is missing: notifications and screen readers have nothing to say');
    else inspection.refused('no_text', '/text', 'neither text nor blocks');
  } else if (typeof text !== 'string') inspection.refused('invalid_arguments', '/text', 'must be a string');
  else {
    if (text.length > LIMITS.text)
      inspection.refused('msg_too_long', '/text', `${text.length} characters, at most ${LIMITS.text}`);
    if (text.length > LIMITS.textAdvised && !hasBlocks)
      inspection.broken('/text', `${text.length} characters without blocks, advised are ${LIMITS.textAdvised}`);
    checkGraphemes(inspection, text, '/text');
    readMrkdwn(inspection, text, '/text', { verbatim: hasBlocks || args.parse === 'none', fallback: true });
  }
  if (hasBlocks) checkBlocks(inspection, blocks, '/blocks', 'message');
  if (args.attachments !== undefined) inspection.broken('/attachments', 'are legacy and unchecked: use blocks');
  if (args.link_names !== undefined && args.link_names !== false)
    inspection.broken('/link_names', 'turns @names into pings');
  if (args.parse === 'full') inspection.broken('/parse', '"full" turns @names and addresses into pings and links');
  if (options.unfurls)
    for (const name of ['unfurl_links', 'unfurl_media'])
      if (args[name] !== false) inspection.broken(`/${name}`, 'must be exactly false: previews leak what is quoted');
  return inspection;
}

/** Checks a view of `views.open`, `views.update`, `views.push` or `views.publish`. */
export function inspectView(view: unknown, surface: 'modal' | 'home'): Inspection {
  const inspection = createInspection('invalid_arguments');
  if (!isObject(view)) {
    inspection.invalid('/view', 'must be a view object');
    return inspection;
  }
  const modal = ['title', 'submit', 'close', 'clear_on_close', 'notify_on_close', 'submit_disabled'];
  const shared = ['type', 'blocks', 'private_metadata', 'callback_id', 'external_id'];
  checkKeys(inspection, view, surface === 'modal' ? [...shared, ...modal] : shared, '/view');
  if (view.type !== surface) inspection.invalid('/view/type', `must be ${surface}`);
  checkString(inspection, view.private_metadata, '/view/private_metadata', { max: LIMITS.privateMetadata });
  checkString(inspection, view.callback_id, '/view/callback_id', { max: LIMITS.callbackId });
  checkString(inspection, view.external_id, '/view/external_id', { max: LIMITS.id });
  if (surface === 'modal') {
    checkText(inspection, view.title, '/view/title', { max: LIMITS.viewTitle, plain: true, required: true });
    checkText(inspection, view.submit, '/view/submit', { max: LIMITS.viewTitle, plain: true });
    checkText(inspection, view.close, '/view/close', { max: LIMITS.viewTitle, plain: true });
    const inputs = Array.isArray(view.blocks) && view.blocks.some((block) => isObject(block) && block.type === 'input');
    if (inputs && view.submit === undefined)
      inspection.invalid('/view/submit', '`submit` is required when an `input` block is within blocks');
  }
  checkBlocks(inspection, view.blocks, '/view/blocks', surface);
  return inspection;
}
