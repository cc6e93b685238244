import { AttachmentBuilder, ComponentType, type MessageFlags } from 'discord.js';
import { LIMITS } from './limits.ts';
import type { RenderedMessage } from './render-message.ts';

/** A rendered message as discord.js sends it, with the picture of a comparison where there is one. */
export function bodyOf({ flags, components, allowedMentions }: RenderedMessage, png?: Uint8Array) {
  const gallery = {
    type: ComponentType.MediaGallery as const,
    items: [{ media: { url: 'attachment://comparison.png' } }],
  };
  return {
    flags: flags as MessageFlags.IsComponentsV2,
    components: png ? [...components, gallery] : components,
    allowedMentions: { parse: [...allowedMentions.parse], repliedUser: false },
    ...(png && { files: [new AttachmentBuilder(Buffer.from(png), { name: 'comparison.png' })] }),
  };
}

/** The same message sent twice appears once: the last two digits number its parts. */
export function nonceOf(id: string, at: number): { nonce: string; enforceNonce: true } {
  return { nonce: `${id}-${at}`.slice(-LIMITS.nonce), enforceNonce: true };
}
