import { ComponentType } from 'discord.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReply } from '../../src/adapters/discord/render-message.ts';
import { renderReply as renderSlack } from '../../src/adapters/slack/render-blocks.ts';
import { jsonLine } from '../../src/adapters/terminal/json-line.ts';
import { composeReply } from '../../src/reply/compose-reply.ts';
import { plainTextOf } from '../../src/reply/plain-text.ts';
import type { Reply } from '../../src/reply/reply.ts';
import { openRealAdvisor, type RealAdvisor } from '../support/real-advisor.ts';
import { QUESTIONS, quotesOf, shownIn, textsIn, unescapeMarkdown } from './shown.ts';

/** Each surface gives back what it shows: the answer's id and the numbered quotes, in its own order. */
const SURFACES: Readonly<Record<string, (reply: Reply) => string>> = {
  Discord: (reply) =>
    unescapeMarkdown(
      renderReply(reply)
        .flatMap(({ components }) =>
          components.flatMap((part) => (part.type === ComponentType.TextDisplay ? [part.content] : [])),
        )
        .join('\n'),
    ),
  'Slack blocks': (reply) => textsIn(renderSlack(reply).map(({ blocks }) => blocks)).join(' '),
  'Slack text': (reply) =>
    renderSlack(reply)
      .map(({ text }) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'))
      .join('\n'),
  web: (reply) =>
    JSON.parse(JSON.stringify(reply))
      .blocks.map((block: object) => Object.values(block).join(' '))
      .join('\n'),
  terminal: plainTextOf,
};

describe('one answer on every surface', () => {
  let advisor: RealAdvisor;
  beforeAll(async () => {
    advisor = await openRealAdvisor();
  });
  afterAll(() => advisor.close());

  for (const question of QUESTIONS) {
    it(`has the same id, quotes and order: ${question}`, async () => {
      const answer = await advisor.answerQuestion(question);
      const reply = composeReply(answer);
      const quotes = quotesOf(answer);
      const expected = { id: answer.id, quotes };
      for (const [surface, render] of Object.entries(SURFACES)) {
        expect(shownIn(render(reply), expected), surface).toEqual(expected);
      }
      const line = JSON.parse(jsonLine(answer, null));
      expect(line.id).toBe(answer.id);
      expect(line.citations.map((citation: { quote: string }) => citation.quote.replace(/\s+/g, ' '))).toEqual(quotes);
    });
  }

  it('notices a surface that drops a citation', async () => {
    const answer = await advisor.answerQuestion(QUESTIONS[0]);
    const reply = composeReply(answer);
    const last = reply.blocks.findLastIndex(({ kind }) => kind === 'quote');
    const short: Reply = { ...reply, blocks: reply.blocks.filter((_, at) => at !== last) };
    const expected = { id: answer.id, quotes: quotesOf(answer) };
    expect(expected.quotes.length).toBeGreaterThan(1);
    for (const [surface, render] of Object.entries(SURFACES)) {
      expect(shownIn(render(short), expected), surface).not.toEqual(expected);
    }
  });
});
