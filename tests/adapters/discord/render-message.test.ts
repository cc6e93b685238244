import { ComponentType } from 'discord.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyOf } from '../../../src/adapters/discord/delivery.ts';
import { renderReply } from '../../../src/adapters/discord/render-message.ts';
import type { Reply } from '../../../src/reply/reply.ts';
import { arbitraryReply } from '../../support/arbitrary-reply.ts';
import { inspectMessage } from '../../support/discord-emulator/rules.ts';

const RUNS = process.env.ACCEPTANCE === 'full' ? 5_000 : 500;
const seed = Number(process.env.SEED ?? 20261120);

/** The bodies of a reply, named as Discord's API names their fields, the first with a picture. */
function bodiesOf(reply: Reply) {
  return renderReply(reply).map((part, at) => {
    const { allowedMentions, ...body } = bodyOf(part, at === 0 ? new Uint8Array(1) : undefined);
    return { ...body, allowed_mentions: allowedMentions };
  });
}

const textsOf = (reply: Reply): string[] =>
  renderReply(reply).flatMap(({ components }) =>
    components.flatMap((part) => (part.type === ComponentType.TextDisplay ? [part.content] : [])),
  );

describe('rendering for Discord', () => {
  it(`keeps every limit and brings no outside text to life, over ${RUNS} replies`, { timeout: 600_000 }, () => {
    let bodies = 0;
    fc.assert(
      fc.property(arbitraryReply, (reply) => {
        for (const body of bodiesOf(reply)) {
          bodies += 1;
          expect(inspectMessage(body)).toEqual([]);
        }
      }),
      { numRuns: RUNS, seed },
    );
    console.log(
      `seed ${seed}: ${RUNS} replies, ${bodies} messages within every limit, allowed_mentions.parse empty in all`,
    );
  });

  it('keeps a reply in one message where it fits', () => {
    const blocks = Array.from({ length: 20 }, (_, at) => ({
      kind: 'text' as const,
      text: `Block ${at} of the answer.`,
    }));
    const reply: Reply = { kind: 'answer', id: 'x', title: 'Many short blocks', blocks, choices: [] };
    expect(renderReply(reply)).toHaveLength(1);
  });

  it('splits no grapheme where a block is longer than a message', () => {
    const flag = '🇩🇪';
    const blocks = [{ kind: 'text' as const, text: flag.repeat(2500) }];
    const shown = textsOf({ kind: 'answer', id: 'x', title: 't', blocks, choices: [] });
    expect(shown.length).toBeGreaterThan(2);
    for (const part of shown.slice(1)) expect(part.replaceAll(flag, '')).toBe('');
  });
});
