import { ComponentType } from 'discord.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReply } from '../../src/adapters/discord/render-message.ts';
import { renderReply as renderSlack } from '../../src/adapters/slack/render-blocks.ts';
import { jsonLine } from '../../src/adapters/terminal/json-line.ts';
import { composeReply } from '../../src/reply/compose-reply.ts';
import { plainTextOf } from '../../src/reply/plain-text.ts';
import type { Reply } from '../../src/reply/reply.ts';
import { openRealAdvisor, type RealAdvisor } from '../support/real-advisor.ts';

const QUESTIONS = [
  'PyTorch or TensorFlow for an Android app?',
  'Which framework for a research prototype in computer vision?',
  'JAX or PyTorch on TPUs?',
  'How do I serve a large language model in production?',
  'What is the best pizza in town?',
];

interface Shown {
  readonly id: string;
  readonly quotes: readonly string[];
}

/** Each surface gives back what it shows: the answer's id and the numbered quotes, in its own order. */
const SURFACES: Readonly<Record<string, (reply: Reply) => string>> = {
  Discord: (reply) =>
    renderReply(reply)
      .flatMap(({ components }) =>
        components.flatMap((part) => (part.type === ComponentType.TextDisplay ? [part.content] : [])),
      )
      .join('\n')
      .replace(/^> /gm, '')
      .replace(/\\(.)/gsu, '$1'),
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

/** Every text of some blocks, in order. */
function textsIn(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(textsIn);
  if (typeof part !== 'object' || part === null) return [];
  const { text, elements } = part as { text?: unknown; elements?: unknown };
  return [...(typeof text === 'string' ? [text] : textsIn(text)), ...textsIn(elements)];
}

/** The id and the quotes of `expected` that stand in a text, in the order in which they stand there. */
function shownIn(text: string, expected: Shown): Shown {
  const flat = text.replace(/\s+/g, ' ');
  const places = expected.quotes
    .map((quote) => ({ quote, at: flat.indexOf(quote) }))
    .filter(({ at }) => at !== -1)
    .sort((a, b) => a.at - b.at);
  return { id: flat.includes(`answer ${expected.id}`) ? expected.id : '', quotes: places.map(({ quote }) => quote) };
}

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
      const quotes = answer.citations.map(({ quote }) => quote.replace(/\s+/g, ' '));
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
    const answer = await advisor.answerQuestion(QUESTIONS[0] as string);
    const reply = composeReply(answer);
    const last = reply.blocks.findLastIndex(({ kind }) => kind === 'quote');
    const short: Reply = { ...reply, blocks: reply.blocks.filter((_, at) => at !== last) };
    const expected = { id: answer.id, quotes: answer.citations.map(({ quote }) => quote.replace(/\s+/g, ' ')) };
    expect(expected.quotes.length).toBeGreaterThan(1);
    for (const [surface, render] of Object.entries(SURFACES)) {
      expect(shownIn(render(short), expected), surface).not.toEqual(expected);
    }
  });
});
