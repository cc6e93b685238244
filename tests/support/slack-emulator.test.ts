import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  APP_TOKEN,
  BOT_TOKEN,
  BOT_USER,
  CHANNEL,
  DIRECT,
  SIGNING_SECRET,
  type SlackEmulator,
  startSlackEmulator,
  USER,
} from './slack-emulator/emulator.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function start(options?: Parameters<typeof startSlackEmulator>[0]): Promise<SlackEmulator> {
  const slack = await startSlackEmulator(options);
  ends.push(() => slack.close());
  return slack;
}

/** Takes the violations so far out of the record. */
function forgive(slack: SlackEmulator): string[] {
  return (slack.violations as string[]).splice(0);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

const QUIET = { unfurl_links: false, unfurl_media: false } as const;

function appOn(slack: SlackEmulator, receiver: InstanceType<typeof HTTPReceiver | typeof SocketModeReceiver>) {
  const app = new App({
    receiver,
    token: BOT_TOKEN,
    botId: 'B0ADVISOR',
    botUserId: BOT_USER,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: slack.apiUrl, timeout: 5_000 },
  });
  app.event('app_mention', async ({ event, say }) => {
    await say({ text: 'hello world', thread_ts: event.thread_ts ?? event.ts, ...QUIET });
  });
  return app;
}

async function onHttp(slack: SlackEmulator) {
  const port = await freePort();
  const receiver = new HTTPReceiver({ signingSecret: SIGNING_SECRET, port, logLevel: LogLevel.ERROR });
  const app = appOn(slack, receiver);
  await app.start(port);
  ends.push(() => app.stop());
  return { app, sender: slack.http(`http://127.0.0.1:${port}/slack/events`) };
}

async function onSocket(slack: SlackEmulator) {
  const receiver = new SocketModeReceiver({
    appToken: APP_TOKEN,
    logLevel: LogLevel.ERROR,
    installerOptions: { clientOptions: { slackApiUrl: slack.apiUrl } },
  });
  const app = appOn(slack, receiver);
  await app.start();
  ends.push(() => app.stop());
  return { app, sender: slack.socket() };
}

describe('a real Bolt app', () => {
  test.each([
    ['HTTP', onHttp],
    ['Socket Mode', onSocket],
  ])('answers a mention over %s', async (_, connect) => {
    const slack = await start();
    const { sender } = await connect(slack);
    const mention = slack.build.appMention({ text: 'which framework?' });
    const delivery = await sender.event(mention);
    expect(delivery).toMatchObject({ acked: true, status: 200, attempts: 1, reason: null });
    await expect.poll(() => slack.messages.length).toBe(1);
    const { ts } = mention.event as { ts: string };
    expect(slack.messages[0]).toMatchObject({
      channel: CHANNEL,
      threadTs: ts,
      text: 'hello world',
      via: 'chat.postMessage',
    });
    expect(slack.violations).toEqual([]);
  });
});

type Json = Record<string, unknown>;

/** A call as the real client makes it (form with JSON fields) or as JSON. */
async function call(slack: SlackEmulator, method: string, args: Json, token: string | null = BOT_TOKEN, json = false) {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(args))
    if (value !== undefined) form.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  const response = await fetch(slack.apiUrl + method, {
    method: 'POST',
    headers: {
      'content-type': json ? 'application/json' : 'application/x-www-form-urlencoded',
      ...(token !== null && { authorization: `Bearer ${token}` }),
    },
    body: json ? JSON.stringify(args) : form,
  });
  const body = (await response.json()) as Json;
  return { status: response.status, body, retryAfter: response.headers.get('retry-after') };
}

const x = (length: number): string => 'x'.repeat(length);
const many = <T>(count: number, one: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => one(i));
const plain = (text: string): Json => ({ type: 'plain_text', text });
const mrkdwn = (text: string): Json => ({ type: 'mrkdwn', text, verbatim: true });
const section = (more: Json = {}): Json => ({ type: 'section', text: plain('text'), ...more });
const button = (more: Json = {}): Json => ({ type: 'button', text: plain('go'), action_id: 'go', ...more });
const actions = (...elements: Json[]): Json => ({ type: 'actions', elements });
const option = (index: number, more: Json = {}): Json => ({ text: plain(`o${index}`), value: `v${index}`, ...more });
const select = (more: Json = {}): Json => ({ type: 'static_select', action_id: 's', options: [option(0)], ...more });
const input = (element: Json, more: Json = {}): Json => ({ type: 'input', label: plain('label'), element, ...more });
const typed = (more: Json = {}): Json => ({ type: 'plain_text_input', action_id: 't', ...more });
const rich = (...elements: Json[]): Json => ({ type: 'rich_text', elements });
const run = (text: string): Json => ({ type: 'rich_text_section', elements: [{ type: 'text', text }] });
const confirm = (more: Json): Json => ({
  title: plain('t'),
  text: plain('t'),
  confirm: plain('y'),
  deny: plain('n'),
  ...more,
});
const rows = (count: number, cells: number): Json[][] =>
  many(count, () => many(cells, () => ({ type: 'raw_text', text: 'c' })));
const spread = (characters: number, blocks: number): Json[] =>
  many(blocks, (i) => section({ text: plain(x(Math.floor(characters / blocks) + (i < characters % blocks ? 1 : 0))) }));

/** What is measured, its limit, a message that uses n of it, and the error beyond it. */
const MESSAGE_LIMITS: readonly [string, number, (n: number) => Json, string?][] = [
  ['text', 40_000, (n) => ({ text: x(n), blocks: [section()] }), 'msg_too_long'],
  ['blocks of a message', 50, (n) => ({ blocks: many(n, () => section()) })],
  ['section text', 3_000, (n) => ({ blocks: [section({ text: mrkdwn(x(n)) })] })],
  ['section fields', 10, (n) => ({ blocks: [section({ fields: many(n, () => plain('f')) })] })],
  ['section field', 2_000, (n) => ({ blocks: [section({ fields: [plain(x(n))] })] })],
  ['header', 150, (n) => ({ blocks: [{ type: 'header', text: plain(x(n)) }] })],
  ['context elements', 10, (n) => ({ blocks: [{ type: 'context', elements: many(n, () => plain('c')) }] })],
  ['actions elements', 25, (n) => ({ blocks: [actions(...many(n, (i) => button({ action_id: `a${i}` })))] })],
  ['button text', 75, (n) => ({ blocks: [actions(button({ text: plain(x(n)) }))] })],
  ['button value', 2_000, (n) => ({ blocks: [actions(button({ value: x(n) }))] })],
  ['button url', 3_000, (n) => ({ blocks: [actions(button({ url: `https://a.example/${x(n - 18)}` }))] })],
  ['accessibility label', 75, (n) => ({ blocks: [actions(button({ accessibility_label: x(n) }))] })],
  ['action_id', 255, (n) => ({ blocks: [actions(button({ action_id: x(n) }))] })],
  ['block_id', 255, (n) => ({ blocks: [section({ block_id: x(n) })] })],
  ['select options', 100, (n) => ({ blocks: [actions(select({ options: many(n, option) }))] })],
  ['option text', 75, (n) => ({ blocks: [actions(select({ options: [option(0, { text: plain(x(n)) })] }))] })],
  ['option value', 75, (n) => ({ blocks: [actions(select({ options: [option(0, { value: x(n) })] }))] })],
  [
    'option description',
    75,
    (n) => ({ blocks: [actions(select({ options: [option(0, { description: plain(x(n)) })] }))] }),
  ],
  [
    'option groups',
    100,
    (n) => ({
      blocks: [
        actions(
          select({ options: undefined, option_groups: many(n, (i) => ({ label: plain('g'), options: [option(i)] })) }),
        ),
      ],
    }),
  ],
  [
    'overflow options',
    5,
    (n) => ({ blocks: [section({ accessory: { type: 'overflow', action_id: 'o', options: many(n, option) } })] }),
  ],
  [
    'radio options',
    10,
    (n) => ({ blocks: [actions({ type: 'radio_buttons', action_id: 'r', options: many(n, option) })] }),
  ],
  ['check boxes', 10, (n) => ({ blocks: [actions({ type: 'checkboxes', action_id: 'c', options: many(n, option) })] })],
  ['placeholder', 150, (n) => ({ blocks: [actions(select({ placeholder: plain(x(n)) }))] })],
  ['confirm title', 100, (n) => ({ blocks: [actions(button({ confirm: confirm({ title: plain(x(n)) }) }))] })],
  ['confirm text', 300, (n) => ({ blocks: [actions(button({ confirm: confirm({ text: plain(x(n)) }) }))] })],
  ['confirm button', 30, (n) => ({ blocks: [actions(button({ confirm: confirm({ deny: plain(x(n)) }) }))] })],
  ['alt text', 2_000, (n) => ({ blocks: [{ type: 'image', image_url: 'https://a.example/i.png', alt_text: x(n) }] })],
  ['input label', 2_000, (n) => ({ blocks: [input(typed(), { label: plain(x(n)) })] })],
  ['input hint', 2_000, (n) => ({ blocks: [input(typed(), { hint: plain(x(n)) })] })],
  ['input max_length', 3_000, (n) => ({ blocks: [input(typed({ max_length: n }))] })],
  ['input initial value', 3_000, (n) => ({ blocks: [input(typed({ initial_value: x(n) }))] })],
  [
    'feedback and icon elements',
    5,
    (n) => ({
      blocks: [
        {
          type: 'context_actions',
          elements: many(n, (i) => ({
            type: 'feedback_buttons',
            action_id: `f${i}`,
            positive_button: { text: plain('y'), value: 'y' },
            negative_button: { text: plain('n'), value: 'n' },
          })),
        },
      ],
    }),
  ],
  [
    'list indent',
    8,
    (n) => ({ blocks: [rich({ type: 'rich_text_list', style: 'bullet', indent: n, elements: [run('i')] })] }),
  ],
  ['table rows', 100, (n) => ({ blocks: [{ type: 'table', rows: rows(n, 2) }] })],
  ['table cells', 20, (n) => ({ blocks: [{ type: 'table', rows: rows(1, n) }] })],
  ['tables', 1, (n) => ({ blocks: many(n, () => ({ type: 'table', rows: rows(1, 1) })) }), 'only_one_table_allowed'],
  [
    'image title',
    2_000,
    (n) => ({ blocks: [{ type: 'image', image_url: 'https://a.example/i.png', alt_text: 'a', title: plain(x(n)) }] }),
  ],
  [
    'characters of a table',
    10_000,
    (n) => ({
      blocks: [
        {
          type: 'table',
          rows: [
            [
              { type: 'raw_text', text: x(5_000) },
              { type: 'raw_text', text: x(n - 5_000) },
            ],
          ],
        },
      ],
    }),
  ],
  ['a markdown block', 12_000, (n) => ({ blocks: [{ type: 'markdown', text: x(n) }] }), 'msg_blocks_too_long'],
  [
    'all markdown blocks',
    12_000,
    (n) => ({
      blocks: [
        { type: 'markdown', text: x(6_000) },
        { type: 'markdown', text: x(n - 6_000) },
      ],
    }),
    'msg_blocks_too_long',
  ],
  ['a whole message of 5 blocks', 13_200 - 5 * 50, (n) => ({ blocks: spread(n, 5) }), 'msg_blocks_too_long'],
  ['a whole message of 50 blocks', 13_200 - 50 * 50, (n) => ({ blocks: spread(n, 50) }), 'msg_blocks_too_long'],
  ['rich text in a whole message', 13_150, (n) => ({ blocks: [rich(run(x(n)))] }), 'msg_blocks_too_long'],
];

/** Each is wrong in one way. */
const MESSAGE_SHAPES: readonly [string, Json, string?][] = [
  ['no text and no blocks', {}, 'no_text'],
  ['an unknown block', { blocks: [{ type: 'accordion' }] }],
  ['blocks that are no array', { blocks: { type: 'section' } }],
  ['an unknown property', { blocks: [section({ colour: 'red' })] }],
  ['a section without text', { blocks: [{ type: 'section' }] }],
  ['an empty text', { blocks: [section({ text: plain('') })] }],
  ['mrkdwn in a header', { blocks: [{ type: 'header', text: mrkdwn('h') }] }],
  ['mrkdwn on a button', { blocks: [actions(button({ text: mrkdwn('b') }))] }],
  ['emoji in mrkdwn', { blocks: [section({ text: { ...mrkdwn('m'), emoji: true } })] }],
  ['no elements', { blocks: [actions()] }],
  ['an input in actions', { blocks: [actions(typed())] }],
  ['a button as input', { blocks: [input(button())] }],
  ['the same action_id twice', { blocks: [actions(button()), actions(button())] }],
  ['the same block_id twice', { blocks: [section({ block_id: 'b' }), section({ block_id: 'b' })] }],
  ['the same option value twice', { blocks: [actions(select({ options: [option(0), option(0)] }))] }],
  ['an initial option that is not there', { blocks: [actions(select({ initial_option: option(7) }))] }],
  [
    'options and option groups',
    { blocks: [actions(select({ option_groups: [{ label: plain('g'), options: [option(1)] }] }))] },
  ],
  ['an image without alt text', { blocks: [{ type: 'image', image_url: 'https://a.example/i.png' }] }],
  ['an unknown button style', { blocks: [actions(button({ style: 'warning' }))] }],
  ['a script as button url', { blocks: [actions(button({ url: 'javascript:alert(1)' }))] }],
  ['rich text without a list style', { blocks: [rich({ type: 'rich_text_list', elements: [run('i')] })] }],
  ['rich text with a paragraph', { blocks: [rich({ type: 'paragraph', elements: [] })] }],
  ['rich text with text outside a section', { blocks: [rich({ type: 'text', text: 'x' })] }],
  ['empty rich text', { blocks: [rich(run(''))] }],
  [
    'a link to a script in rich text',
    { blocks: [rich({ type: 'rich_text_section', elements: [{ type: 'link', url: 'javascript:x' }] })] },
  ],
  [
    'a mention in preformatted text',
    { blocks: [rich({ type: 'rich_text_preformatted', elements: [{ type: 'user', user_id: 'U1' }] })] },
  ],
  [
    'an unknown style',
    { blocks: [rich({ type: 'rich_text_section', elements: [{ type: 'text', text: 'x', style: { blink: true } }] })] },
  ],
  ['min_length above max_length', { blocks: [input(typed({ min_length: 5, max_length: 4 }))] }],
  [
    'two focused elements',
    { blocks: [input(typed({ focus_on_load: true })), input(typed({ action_id: 'u', focus_on_load: true }))] },
  ],
  ['a block that is a string', { blocks: ['section'] }],
  ['a text that is a string', { blocks: [section({ text: 'text' })] }],
  ['a text without its string', { blocks: [section({ text: { type: 'plain_text' } })] }],
  ['a header without text', { blocks: [{ type: 'header' }] }],
  ['a number as block_id', { blocks: [section({ block_id: 1 })] }],
  ['an element that is a string', { blocks: [actions('button' as unknown as Json)] }],
  ['an option that is a string', { blocks: [actions(select({ options: ['o'] }))] }],
  ['an option group that is a string', { blocks: [actions(select({ options: undefined, option_groups: ['g'] }))] }],
  ['a confirmation that is a string', { blocks: [actions(button({ confirm: 'sure?' }))] }],
  ['a table cell that is a string', { blocks: [{ type: 'table', rows: [['c']] }] }],
  ['a table cell of mrkdwn', { blocks: [{ type: 'table', rows: [[mrkdwn('c')]] }] }],
  [
    'feedback buttons with one side',
    {
      blocks: [
        {
          type: 'context_actions',
          elements: [{ type: 'feedback_buttons', action_id: 'f', positive_button: { text: plain('y'), value: 'y' } }],
        },
      ],
    },
  ],
  [
    'an icon button without an icon',
    { blocks: [{ type: 'context_actions', elements: [{ type: 'icon_button', action_id: 'i', text: plain('t') }] }] },
  ],
  ['rich text that is a string', { blocks: [rich('text' as unknown as Json)] }],
  [
    'a list of text',
    { blocks: [rich({ type: 'rich_text_list', style: 'bullet', elements: [{ type: 'text', text: 'x' }] })] },
  ],
  [
    'a style that is a string',
    { blocks: [rich({ type: 'rich_text_section', elements: [{ type: 'text', text: 'x', style: 'bold' }] })] },
  ],
  [
    'a style flag that is a string',
    { blocks: [rich({ type: 'rich_text_section', elements: [{ type: 'text', text: 'x', style: { bold: 'yes' } }] })] },
  ],
  [
    'a date without its time',
    { blocks: [rich({ type: 'rich_text_section', elements: [{ type: 'date', format: '{date}' }] })] },
  ],
  ['a number input silent about decimals', { blocks: [input({ type: 'number_input', action_id: 'n' })] }],
  ['an inline element that is a string', { blocks: [rich({ type: 'rich_text_section', elements: ['text'] })] }],
  ['metadata without a payload', { text: 'm', metadata: { event_type: 'answer' } }, 'invalid_metadata_format'],
];

/** Slack takes these, users or reviewers do not. */
const HOUSE_RULES: readonly [string, Json, RegExp][] = [
  ['blocks without text', { text: undefined, blocks: [section()] }, /notifications/],
  ['long text without blocks', { text: x(4_001) }, /without blocks/],
  ['unfurled links', { unfurl_links: true }, /unfurl_links/],
  ['media by default', { unfurl_media: undefined }, /unfurl_media/],
  ['link_names', { link_names: true }, /link_names/],
  ['parse full', { parse: 'full' }, /parse/],
  ['a broadcast reply', { reply_broadcast: true }, /reply_broadcast/],
  ['an unknown thread', { thread_ts: '1.000001' }, /names no message/],
  ['a lone surrogate', { blocks: [section({ text: plain('cut \ud83d') })] }, /lone surrogate/],
  ['half an accent', { blocks: [section({ text: plain('\u0301 rest') })] }, /begins inside a grapheme/],
  ['half a family', { blocks: [section({ text: plain('\u{1f468}\u200d') })] }, /ends inside a grapheme/],
  ['half a flag', { blocks: [rich(run('\u{1f1e9}'))] }, /ends inside a grapheme/],
  ['half a syllable', { blocks: [section({ text: plain('\u1161') })] }, /begins inside a grapheme/],
  ['half a skin tone', { blocks: [section({ text: plain('\u{1f3fd}') })] }, /begins inside a grapheme/],
  ['an unescaped ampersand', { text: 'R & D' }, /unescaped &/],
  ['half an entity', { text: 'R &am' }, /unescaped &/],
  ['an unescaped angle bracket', { blocks: [section({ text: mrkdwn('a < b') })] }, /unescaped </],
  ['attachments', { attachments: [{ text: 'old' }] }, /legacy/],
  [
    'a lone surrogate in an alt text',
    { blocks: [{ type: 'image', image_url: 'https://a.example/i.png', alt_text: 'cut \ud83d' }] },
    /lone surrogate/,
  ],
  [
    'a surrogate pair over two elements',
    {
      blocks: [
        rich({
          type: 'rich_text_section',
          elements: [
            { type: 'link', url: 'https://a.example', text: 'x\ud83d' },
            { type: 'link', url: 'https://a.example', text: '\ude00x' },
          ],
        }),
      ],
    },
    /lone surrogate/,
  ],
  ['a link to a script', { blocks: [section({ text: mrkdwn('<javascript:x|here>') })] }, /links to javascript/],
];

describe('messages', () => {
  const send = (slack: SlackEmulator, args: Json) =>
    call(slack, 'chat.postMessage', { channel: CHANNEL, text: 'text', ...QUIET, ...args });

  test.each(MESSAGE_LIMITS)('%s: %i at most', async (_, limit, message, error = 'invalid_blocks') => {
    const slack = await start();
    expect((await send(slack, message(limit))).body).toMatchObject({ ok: true });
    expect(slack.violations).toEqual([]);
    expect((await send(slack, message(limit + 1))).body).toMatchObject({ ok: false, error });
    expect(slack.violations).toHaveLength(1);
    expect(slack.messages).toHaveLength(1);
  });

  test.each(MESSAGE_SHAPES)('refuses %s', async (_, args, error = 'invalid_blocks') => {
    const slack = await start();
    expect(
      (await send(slack, { ...(Object.keys(args).length === 0 && { text: undefined }), ...args })).body,
    ).toMatchObject({ ok: false, error });
    expect(slack.violations.length).toBeGreaterThan(0);
    expect(slack.messages).toEqual([]);
  });

  test.each(HOUSE_RULES)('notes %s', async (_, args, violation) => {
    const slack = await start();
    expect((await send(slack, args)).body).toMatchObject({ ok: true });
    expect(slack.violations.length).toBeGreaterThan(0);
    for (const one of slack.violations) expect(one).toMatch(violation);
  });

  test('names the place of an error as Slack does', async () => {
    const slack = await start();
    const { body } = await send(slack, { blocks: [section(), section({ text: plain(x(3_001)) })] });
    expect(body).toEqual({
      ok: false,
      error: 'invalid_blocks',
      errors: ['must be less than 3001 characters [json-pointer:/blocks/1/text/text]'],
      response_metadata: { messages: ['[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]'] },
    });
  });

  test('lists what would ping and what would link, and nothing that is inert', async () => {
    const slack = await start();
    await send(slack, {
      text: '<!here> &lt;!channel&gt; <@U1> <https://a.example|a>',
      blocks: [
        section({ text: { type: 'mrkdwn', text: '<#C1> <!subteam^S1> @everyone https://b.example' } }),
        section({ text: mrkdwn('@channel https://c.example &lt;@U2&gt;') }),
        section({ text: plain('<!everyone> https://d.example') }),
        rich({
          type: 'rich_text_quote',
          elements: [
            { type: 'text', text: '<!here> https://e.example' },
            { type: 'broadcast', range: 'here' },
            { type: 'user', user_id: 'U3' },
            { type: 'usergroup', usergroup_id: 'S3' },
            { type: 'channel', channel_id: 'C3' },
            { type: 'link', url: 'https://f.example', text: 'f' },
          ],
        }),
        { type: 'markdown', text: '<!channel> [g](https://g.example) <https://i.example|i> https://h.example' },
        actions(button({ url: 'https://j.example' })),
      ],
    });
    expect(slack.pings.map(({ token }) => token)).toEqual([
      '<!here>',
      '<@U1>',
      '<#C1>',
      '<!subteam^S1>',
      '@everyone',
      '@here',
      '<@U3>',
      '<!subteam^S3>',
      '<#C3>',
      '<!channel>',
    ]);
    expect(slack.links.map(({ url, automatic }) => [url, automatic])).toEqual([
      ['https://a.example', false],
      ['https://b.example', true],
      ['https://f.example', false],
      ['https://g.example', false],
      ['https://i.example', false],
      ['https://h.example', true],
      ['https://j.example', false],
    ]);
  });

  test('a lone surrogate in the text itself, and JSON that is broken', async () => {
    const slack = await start();
    const args = { channel: CHANNEL, text: 'cut \ud83d', ...QUIET };
    expect((await call(slack, 'chat.postMessage', args, BOT_TOKEN, true)).body).toMatchObject({ ok: true });
    expect((await send(slack, { text: x(4_000) })).body).toMatchObject({ ok: true });
    const headers = { authorization: `Bearer ${BOT_TOKEN}`, 'content-type': 'application/json' };
    await fetch(`${slack.apiUrl}chat.postMessage`, { method: 'POST', headers, body: '{' });
    const form = { authorization: `Bearer ${BOT_TOKEN}`, 'content-type': 'application/x-www-form-urlencoded' };
    await fetch(`${slack.apiUrl}chat.postMessage`, { method: 'POST', headers: form, body: 'blocks=[' });
    const { response_url } = slack.build.command('/ask');
    await fetch(String(response_url), { method: 'POST', headers, body: '{' });
    await fetch(slack.apiUrl.replace('/api/', '/elsewhere'));
    expect(slack.violations).toEqual([
      'chat.postMessage /text holds a lone surrogate',
      'chat.postMessage: malformed JSON',
      'chat.postMessage: malformed JSON',
      'response_url: malformed JSON',
      'request to /elsewhere',
    ]);
  });

  test('takes a JSON body as well as a form', async () => {
    const slack = await start();
    const args = { channel: CHANNEL, text: 'text', blocks: [section()], ...QUIET };
    expect((await call(slack, 'chat.postMessage', args, BOT_TOKEN, true)).body).toMatchObject({ ok: true });
    expect((await call(slack, 'chat.postMessage', args)).body).toMatchObject({ ok: true });
    expect(slack.violations).toEqual([]);
    expect(slack.calls.map(({ body }) => body)).toEqual([args, args]);
  });
});

/** What is measured, its limit, and a view that uses n of it. */
const VIEW_LIMITS: readonly [string, number, (n: number) => Json][] = [
  ['title', 24, (n) => ({ title: plain(x(n)) })],
  ['submit', 24, (n) => ({ submit: plain(x(n)) })],
  ['close', 24, (n) => ({ close: plain(x(n)) })],
  ['blocks of a modal', 100, (n) => ({ blocks: many(n, () => section()) })],
  ['private_metadata', 3_000, (n) => ({ private_metadata: x(n) })],
  ['callback_id', 255, (n) => ({ callback_id: x(n) })],
  ['external_id', 255, (n) => ({ external_id: x(n) })],
];
const modal = (more: Json = {}): Json => ({ type: 'modal', title: plain('title'), blocks: [section()], ...more });
const home = (more: Json = {}): Json => ({ type: 'home', blocks: [section()], ...more });

describe('views', () => {
  const trigger = (slack: SlackEmulator) => slack.build.command('/ask', 'x').trigger_id;
  const open = (slack: SlackEmulator, view: Json, triggerId = trigger(slack)) =>
    call(slack, 'views.open', { trigger_id: triggerId, view });

  test.each(VIEW_LIMITS)('%s: %i at most', async (_, limit, view) => {
    const slack = await start();
    expect((await open(slack, modal(view(limit)))).body).toMatchObject({ ok: true });
    expect(slack.violations).toEqual([]);
    expect((await open(slack, modal(view(limit + 1)))).body).toMatchObject({ ok: false, error: 'invalid_arguments' });
    expect(slack.violations).toHaveLength(1);
  });

  test('a home tab: 100 blocks at most, published again in place', async () => {
    const slack = await start();
    const publish = (view: Json) => call(slack, 'views.publish', { user_id: USER, view });
    expect((await publish(home({ blocks: many(100, () => section()) }))).body).toMatchObject({ ok: true });
    expect((await publish(home())).body).toMatchObject({ ok: true });
    expect(slack.views).toHaveLength(1);
    expect(slack.violations).toEqual([]);
    expect((await publish(home({ blocks: many(101, () => section()) }))).body).toMatchObject({ ok: false });
    expect((await publish(home({ title: plain('a home has none') }))).body).toMatchObject({ ok: false });
    expect((await publish(modal())).body).toMatchObject({ ok: false });
  });

  test('an input needs a submit button', async () => {
    const slack = await start();
    expect((await open(slack, modal({ blocks: [input(typed())] }))).body).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: { messages: [expect.stringContaining('[json-pointer:/view/submit]')] },
    });
  });

  test('a trigger works once, within three seconds, in its own workspace', async () => {
    let now = 1_700_000_000_000;
    const slack = await start({ now: () => now });
    const used = trigger(slack);
    expect((await open(slack, modal(), used)).body).toMatchObject({ ok: true });
    expect((await open(slack, modal(), used)).body).toMatchObject({ error: 'exchanged_trigger_id' });
    const late = trigger(slack);
    now += 3_000;
    expect((await open(slack, modal(), late)).body).toMatchObject({ ok: true });
    const tooLate = trigger(slack);
    now += 3_001;
    expect((await open(slack, modal(), tooLate)).body).toMatchObject({ error: 'expired_trigger_id' });
    expect((await open(slack, modal(), 'invented')).body).toMatchObject({ error: 'invalid_trigger_id' });
    const { token } = slack.workspace('T2');
    const foreign = await call(slack, 'views.open', { trigger_id: trigger(slack), view: modal() }, token);
    expect(foreign.body).toMatchObject({ error: 'invalid_trigger_id' });
    expect(slack.violations).toHaveLength(4);
  });

  test('three modals lie on each other at most, and a view has the type of its place', async () => {
    const slack = await start();
    await open(slack, modal());
    const push = () => call(slack, 'views.push', { trigger_id: trigger(slack), view: modal() });
    expect((await push()).body).toMatchObject({ ok: true });
    expect((await push()).body).toMatchObject({ ok: true });
    expect((await push()).body).toMatchObject({ error: 'push_limit_reached' });
    expect((await open(slack, home())).body).toMatchObject({ ok: false });
    expect((await open(slack, 'modal' as unknown as Json)).body).toMatchObject({ ok: false });
    const stranger = await call(slack, 'views.publish', { user_id: 'U404', view: home() });
    expect(stranger.body).toMatchObject({ error: 'user_not_found' });
    expect(slack.violations).toEqual([
      expect.stringMatching(/more than 3 views/),
      expect.stringMatching(/must be modal/),
      expect.stringMatching(/title missing/),
      expect.stringMatching(/malformed JSON/),
      expect.stringMatching(/no user U404/),
    ]);
    expect((await call(slack, 'views.open', { trigger_id: trigger(slack), view: [] })).body).toMatchObject({
      ok: false,
    });
    expect(slack.violations.at(-1)).toMatch(/must be a view object/);
  });

  test('an update names the view and may name its version', async () => {
    const slack = await start();
    const { body } = await open(slack, modal());
    const { id, hash } = body.view as { id: string; hash: string };
    const update = (more: Json) =>
      call(slack, 'views.update', { view_id: id, view: modal({ title: plain('new') }), ...more });
    expect((await update({ hash })).body).toMatchObject({ ok: true });
    expect((await update({ hash })).body).toMatchObject({ error: 'hash_conflict' });
    expect((await update({ view_id: 'V0' })).body).toMatchObject({ error: 'not_found' });
    expect(slack.views[0]?.view.title).toEqual(plain('new'));
    expect(slack.violations).toEqual([]);
  });
});

describe('who may post where', () => {
  test('tokens belong to workspaces', async () => {
    const slack = await start();
    const other = slack.workspace('T2');
    const [channel] = other.channels.keys();
    const send = (to: unknown, token: string | null) =>
      call(slack, 'chat.postMessage', { channel: to, text: 'text', ...QUIET }, token);
    expect((await send(channel, other.token)).body).toMatchObject({ ok: true });
    expect(slack.violations).toEqual([]);
    expect((await send(channel, BOT_TOKEN)).body).toMatchObject({ error: 'channel_not_found' });
    expect((await send('C404', BOT_TOKEN)).body).toMatchObject({ error: 'channel_not_found' });
    expect((await send(CHANNEL, null)).body).toMatchObject({ error: 'not_authed' });
    expect((await send(CHANNEL, 'xoxb-invented')).body).toMatchObject({ error: 'invalid_auth' });
    expect((await send(CHANNEL, APP_TOKEN)).body).toMatchObject({ error: 'not_allowed_token_type' });
    expect((await call(slack, 'chat.invented', {})).body).toMatchObject({ error: 'unknown_method' });
    expect(slack.violations).toHaveLength(6);
    expect(slack.violations[0]).toBe(`chat.postMessage: the token of T0TEAM was used for ${channel} of T2`);
    other.revoked = true;
    expect((await send(channel, other.token)).body).toMatchObject({ error: 'token_revoked' });
  });

  test('members only, and with the scope', async () => {
    const slack = await start();
    const { token } = slack.workspace('T2', {
      channels: { CAWAY: { isMember: false }, COLD: { isArchived: true }, CHERE: {} },
      scopes: ['chat:write', 'im:history'],
    });
    const send = (channel: string) => call(slack, 'chat.postMessage', { channel, text: 'text', ...QUIET }, token);
    expect((await send('CAWAY')).body).toMatchObject({ error: 'not_in_channel' });
    expect((await send('COLD')).body).toMatchObject({ error: 'is_archived' });
    const { body } = await send('CHERE');
    expect(await call(slack, 'conversations.replies', { channel: 'CHERE', ts: body.ts }, token)).toMatchObject({
      body: { error: 'missing_scope', needed: 'channels:history' },
    });
    const { response_metadata } = await new WebClient(token, { slackApiUrl: slack.apiUrl }).auth.test();
    expect(response_metadata).toMatchObject({ scopes: ['chat:write', 'im:history'] });
    expect(slack.violations).toEqual([
      'chat.postMessage: the bot is no member of CAWAY',
      'conversations.replies: needs the scope channels:history',
    ]);
  });

  test('people are of the workspace, and see what is for them', async () => {
    const slack = await start();
    const whisper = (user: string) => call(slack, 'chat.postEphemeral', { channel: CHANNEL, user, text: 'psst' });
    expect((await whisper(USER)).body).toMatchObject({ ok: true });
    const { ts } = slack.messages[0] ?? { ts: '' };
    expect(slack.messages).toMatchObject([{ ephemeralFor: USER, via: 'chat.postEphemeral' }]);
    expect((await call(slack, 'conversations.history', { channel: CHANNEL })).body.messages).toEqual([]);
    expect((await call(slack, 'users.info', { user: USER })).body).toMatchObject({ user: { is_bot: false } });
    expect((await call(slack, 'conversations.open', { users: USER })).body).toMatchObject({ channel: { id: DIRECT } });
    expect((await call(slack, 'conversations.info', { channel: DIRECT })).body).toMatchObject({
      channel: { is_im: true, user: USER },
    });
    expect((await call(slack, 'chat.postMessage', { channel: USER, text: 'hi', ...QUIET })).body).toMatchObject({
      channel: DIRECT,
    });
    expect(slack.violations).toEqual([]);
    expect((await call(slack, 'chat.update', { channel: CHANNEL, ts, text: 'louder' })).body).toMatchObject({
      ok: false,
    });
    expect((await whisper('U404')).body).toMatchObject({ error: 'user_not_in_channel' });
    expect((await call(slack, 'conversations.open', { users: 'U404' })).body).toMatchObject({ ok: false });
    for (const method of ['conversations.replies', 'conversations.history'])
      expect((await call(slack, method, { channel: CHANNEL, ts: '1.0', limit: 1_000 })).body).toMatchObject({
        error: 'invalid_limit',
      });
    const event = slack.build.channelMessage();
    await slack.socket().event(event);
    const theirs = { channel: CHANNEL, ts: (event.event as Json).ts };
    expect((await call(slack, 'reactions.add', { ...theirs, timestamp: theirs.ts, name: 'eyes' })).body).toMatchObject({
      ok: true,
    });
    expect((await call(slack, 'chat.delete', theirs)).body).toMatchObject({ error: 'cant_delete_message' });
    expect(slack.violations).toEqual([
      expect.stringMatching(/not a message that the bot may change/),
      expect.stringMatching(/U404 is not in/),
      expect.stringMatching(/no user U404/),
      expect.stringMatching(/limit 1000/),
      expect.stringMatching(/limit 1000/),
      expect.stringMatching(/not a message of the bot/),
    ]);
  });

  test('three messages in a burst, then one a second for each channel', async () => {
    let now = 1_700_000_000_000;
    const slack = await start({ now: () => now });
    const send = (channel = CHANNEL) => call(slack, 'chat.postMessage', { channel, text: 'text', ...QUIET });
    for (let i = 0; i < 3; i += 1) expect((await send()).status).toBe(200);
    expect(await send()).toMatchObject({ status: 429, retryAfter: '1', body: { ok: false, error: 'ratelimited' } });
    expect((await send('C0RANDOM')).status).toBe(200);
    now += 1_000;
    expect((await send()).status).toBe(200);
    expect((await send()).status).toBe(429);
    expect(slack.violations).toEqual([]);
    now += 500;
    expect((await send()).status).toBe(429);
    expect(slack.violations).toEqual([expect.stringContaining('before its Retry-After')]);
    expect(slack.messages).toHaveLength(5);
  });
});

describe('messages after they were posted', () => {
  test('are updated, deleted, linked and read back by the bot that wrote them', async () => {
    const slack = await start();
    const { sender } = await onSocket(slack);
    const question = slack.build.channelMessage({ text: 'question' });
    await sender.event(question);
    const { ts: root } = question.event as { ts: string };
    const { body: first } = await call(slack, 'chat.postMessage', {
      channel: CHANNEL,
      thread_ts: root,
      text: 'one',
      metadata: { event_type: 'answer', event_payload: { key: 'k' } },
      ...QUIET,
    });
    const { body: second } = await call(slack, 'chat.postMessage', {
      channel: CHANNEL,
      thread_ts: root,
      text: 'two',
      ...QUIET,
    });
    expect((await call(slack, 'chat.update', { channel: CHANNEL, ts: first.ts, text: 'uno' })).body).toMatchObject({
      ok: true,
    });
    expect((await call(slack, 'chat.delete', { channel: CHANNEL, ts: second.ts })).body).toMatchObject({ ok: true });
    expect((await call(slack, 'chat.getPermalink', { channel: CHANNEL, message_ts: first.ts })).body).toMatchObject({
      ok: true,
    });
    expect(slack.messages).toMatchObject([
      { text: 'uno', edits: [{ text: 'one', replacedVia: 'chat.update' }], deleted: false, threadTs: root },
      { text: 'two', deleted: true },
    ]);
    const thread = await call(slack, 'conversations.replies', {
      channel: CHANNEL,
      ts: root,
      include_all_metadata: true,
    });
    expect(thread.body.messages).toMatchObject([
      { text: 'question', user: USER },
      { text: 'uno', metadata: { event_payload: { key: 'k' } } },
    ]);
    const page = await call(slack, 'conversations.replies', { channel: CHANNEL, ts: root, limit: 1 });
    expect(page.body).toMatchObject({ messages: [{ text: 'question' }], has_more: true });
    const { next_cursor: cursor } = page.body.response_metadata as { next_cursor: string };
    const rest = await call(slack, 'conversations.replies', { channel: CHANNEL, ts: root, limit: 1, cursor });
    expect(rest.body).toMatchObject({ messages: [{ text: 'uno' }], has_more: false });
    expect((await call(slack, 'conversations.history', { channel: CHANNEL })).body.messages).toMatchObject([
      { text: 'question' },
    ]);
    expect(slack.violations).toEqual([]);
    expect((await call(slack, 'chat.update', { channel: CHANNEL, ts: root, text: 'not mine' })).body).toMatchObject({
      error: 'cant_update_message',
    });
    expect((await call(slack, 'chat.update', { channel: CHANNEL, ts: second.ts, text: 'gone' })).body).toMatchObject({
      ok: false,
    });
    expect(
      (await call(slack, 'chat.postMessage', { channel: CHANNEL, thread_ts: first.ts, text: 'astray', ...QUIET })).body,
    ).toMatchObject({ ok: true });
    expect(slack.violations.at(-1)).toMatch(/is a reply, not the first message/);
  });

  test('a response_url replaces and deletes what the button stood on, and only that', async () => {
    const slack = await start();
    await call(slack, 'chat.postMessage', { channel: CHANNEL, text: 'one', blocks: [actions(button())], ...QUIET });
    const [message] = slack.messages;
    if (!message) throw new Error('no message');
    const press = () => String(slack.build.action(message, 'go').response_url);
    const asked = () => String(slack.build.command('/ask').response_url);
    const post = (to: string, body: Json) =>
      fetch(to, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const [first, second] = [press(), press()];
    await post(first, { text: 'two', replace_original: true });
    expect(message).toMatchObject({ text: 'two', blocks: [], edits: [{ text: 'one', replacedVia: 'response_url' }] });
    await post(second, { delete_original: true });
    expect(message.deleted).toBe(true);
    expect(slack.violations).toEqual([]);
    await post(asked(), { delete_original: true });
    await post(asked(), { text: 'new', replace_original: true });
    await post(asked(), { text: 'loud', response_type: 'everyone' });
    await post(String(slack.build.globalShortcut('ask').response_url ?? `${asked()}x`), { text: 'nowhere' });
    await post(String(slack.build.command('/ask', '', { channel: 'C404' }).response_url), { text: 'nowhere' });
    expect(slack.violations).toEqual([
      expect.stringMatching(/delete_original without/),
      expect.stringMatching(/replace_original without/),
      expect.stringMatching(/response_type everyone/),
      'response_url: invalid_url',
      'response_url: C404 is no channel of T0TEAM',
    ]);
  });

  test('a response_url takes five posts within thirty minutes', async () => {
    let now = 1_700_000_000_000;
    const slack = await start({ now: () => now });
    const url = () => String(slack.build.command('/ask', 'x').response_url);
    const post = async (to: string, body: Json) => {
      const response = await fetch(to, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return [response.status, await response.text()];
    };
    const one = url();
    expect((await post(one, { text: 'a < b' }))[0]).toBe(200);
    expect(forgive(slack)).toHaveLength(1);
    expect((await post(one, { blocks: [section({ text: plain(x(3_001)) })] }))[0]).toBe(400);
    expect(forgive(slack)).not.toEqual([]);
    for (let i = 0; i < 4; i += 1)
      expect(await post(one, { text: 'text', response_type: 'in_channel' })).toEqual([200, 'ok']);
    expect(await post(one, { text: 'text' })).toEqual([404, '{"ok":false,"error":"used_url"}']);
    const two = url();
    now += 30 * 60_000;
    expect((await post(two, { text: 'text' }))[0]).toBe(200);
    now += 1;
    expect(await post(two, { text: 'text' })).toEqual([404, '{"ok":false,"error":"expired_url"}']);
    expect(slack.violations).toEqual(['response_url: used_url', 'response_url: expired_url']);
    expect(slack.messages.map(({ ephemeralFor }) => ephemeralFor)).toEqual([USER, null, null, null, null, USER]);
  });
});

describe('deliveries', () => {
  test.each([
    ['HTTP', onHttp],
    ['Socket Mode', onSocket],
  ])('a person asks, presses and submits over %s', async (_, connect) => {
    const slack = await start();
    const { app, sender } = await connect(slack);
    app.command('/ask', async ({ ack, respond, command }) => {
      await ack({ text: 'searching', response_type: 'ephemeral' });
      await respond({
        text: `you asked ${command.text}`,
        response_type: 'in_channel',
        blocks: [
          {
            type: 'actions',
            elements: [
              { type: 'button', action_id: 'why:0', value: 'answer 1', text: { type: 'plain_text', text: 'Why?' } },
            ],
          },
        ],
      });
    });
    app.action(/^why/, async ({ ack, body, client, action, respond }) => {
      await ack();
      await respond({ text: 'opening', replace_original: false });
      await client.views.open({
        trigger_id: (body as unknown as { trigger_id: string }).trigger_id,
        view: {
          type: 'modal',
          callback_id: 'reasons',
          title: { type: 'plain_text', text: 'Reasons' },
          submit: { type: 'plain_text', text: 'Send' },
          private_metadata: (action as { value: string }).value,
          blocks: [
            {
              type: 'input',
              block_id: 'kind',
              label: { type: 'plain_text', text: 'Kind' },
              element: {
                type: 'static_select',
                action_id: 'k',
                options: [{ text: { type: 'plain_text', text: 'Wrong' }, value: 'wrong' }],
              },
            },
            {
              type: 'input',
              block_id: 'words',
              optional: true,
              label: { type: 'plain_text', text: 'Words' },
              element: { type: 'plain_text_input', action_id: 'w', multiline: true },
            },
          ],
        },
      });
    });
    const submitted: unknown[] = [];
    app.view('reasons', async ({ ack, view }) => {
      submitted.push(view.private_metadata, view.state.values);
      if (view.state.values.words?.w?.value) await ack();
      else await ack({ response_action: 'errors', errors: { words: 'please say more' } });
    });
    const asked: unknown[] = [];
    app.shortcut('ask', async ({ ack, shortcut }) => {
      await ack();
      asked.push('message' in shortcut ? shortcut.message.text : null);
    });

    expect((await sender.command(slack.build.command('/ask', 'what?'))).acked).toBe(true);
    await expect.poll(() => slack.messages.length).toBe(2);
    expect(slack.messages).toMatchObject([
      { text: 'searching', via: 'ack', ephemeralFor: USER },
      { text: 'you asked what?', via: 'response_url', ephemeralFor: null },
    ]);
    const answer = slack.messages[1];
    if (!answer) throw new Error('no answer');
    expect((await sender.action(slack.build.action(answer, 'why:0'))).acked).toBe(true);
    await expect.poll(() => slack.views.length).toBe(1);
    const view = slack.views[0];
    if (!view) throw new Error('no view');
    expect(() => slack.build.action(answer, 'nothing')).toThrow(/there are: why:0/);
    expect(() => slack.build.viewSubmission(view, { kind: 'right' })).toThrow(/no option/);
    const refused = await sender.viewSubmission(slack.build.viewSubmission(view, { kind: 'wrong' }));
    expect(refused.body).toEqual({ response_action: 'errors', errors: { words: 'please say more' } });
    expect(view.closed).toBe(false);
    await sender.viewSubmission(slack.build.viewSubmission(view, { kind: 'wrong', words: { text: 'more' } }));
    expect(view.closed).toBe(true);
    expect(submitted.slice(2)).toMatchObject([
      'answer 1',
      { kind: { k: { selected_option: { value: 'wrong' } } }, words: { w: { value: 'more' } } },
    ]);
    await sender.shortcut(slack.build.messageShortcut('ask', slack.build.channelMessage({ text: 'about this' })));
    await expect.poll(() => asked).toEqual(['about this']);
    expect(slack.violations).toEqual([]);
  });

  test('what comes with an acknowledgement is checked like any message or view', async () => {
    const slack = await start();
    const { app, sender } = await onHttp(slack);
    const { body } = await call(slack, 'views.open', {
      trigger_id: slack.build.command('/ask').trigger_id,
      view: modal({ callback_id: 'form', submit: plain('go'), blocks: [input(typed(), { block_id: 'words' })] }),
    });
    expect(body.ok).toBe(true);
    const [view] = slack.views;
    if (!view) throw new Error('no view');
    const answers: Json[] = [
      { response_action: 'errors', errors: {} },
      { response_action: 'errors', errors: { elsewhere: 'wrong' } },
      { response_action: 'close' },
      { response_action: 'update', view: modal({ title: plain(x(25)) }) },
      { response_action: 'push', view: modal() },
      { response_action: 'update', view: modal({ callback_id: 'form' }) },
      { response_action: 'clear' },
    ];
    app.view('form', ({ ack }) => ack(answers.shift() as never));
    const submit = async () => {
      await sender.viewSubmission(slack.build.viewSubmission(view));
      return forgive(slack);
    };
    expect(await submit()).toEqual([expect.stringMatching(/errors is empty/)]);
    expect(await submit()).toEqual([expect.stringMatching(/elsewhere names no input/)]);
    expect(await submit()).toEqual([expect.stringMatching(/unknown response_action close/)]);
    expect(await submit()).toEqual([expect.stringMatching(/less than 25 characters/)]);
    expect(await submit()).toEqual([]);
    expect(slack.views).toHaveLength(2);
    expect(await submit()).toEqual([]);
    expect(view.via).toBe('view_submission ack');
    expect(await submit()).toEqual([]);
    expect(slack.views.map(({ closed }) => closed)).toEqual([true, true]);
    app.command('/loud', ({ ack }) => ack({ text: x(40_001) }));
    await sender.command(slack.build.command('/loud'));
    expect(forgive(slack).join()).toMatch(/ack \/text 40001 characters/);
  });

  test.each([
    ['HTTP', onHttp],
    ['Socket Mode', onSocket],
  ])('a late acknowledgement over %s is a violation, and Slack tries again', async (way, connect) => {
    const slack = await start({ ackMs: 500, retryDelaysMs: [0, 10, 20] });
    const { app, sender } = await connect(slack);
    app.command('/slow', async ({ ack }) => {
      await new Promise((resolve) => setTimeout(resolve, 700));
      await ack();
    });
    const late = await sender.command(slack.build.command('/slow'));
    expect(late).toMatchObject({ acked: false, status: 0, reason: 'timeout' });
    expect(late.ackMs).toBeGreaterThanOrEqual(499);
    expect(forgive(slack)).toEqual(['no ack in 3 s: command /slow']);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(forgive(slack)).toEqual(way === 'HTTP' ? [] : [expect.stringMatching(/late ack/)]);
    // Bolt acknowledges no event whose authorization hangs; here the receiver is slow for one event only.
    const seen: unknown[] = [];
    app.use(async ({ context, next }) => {
      seen.push(context.retryNum, context.retryReason);
      await next();
    });
    const again = await sender.event(slack.build.appMention(), { retryNum: 2, retryReason: 'http_timeout' });
    expect(again).toMatchObject({ acked: true, attempts: 1 });
    await expect.poll(() => seen).toEqual([2, way === 'HTTP' ? 'http_timeout' : 'timeout']);
  });

  test('an unanswered event comes again up to three times with the same id', async () => {
    const slack = await start({ retryDelaysMs: [0, 5, 10] });
    const port = await freePort();
    const got: unknown[] = [];
    const receiver = createHttpServer(async (request, response) => {
      let body = '';
      for await (const part of request) body += part;
      got.push([
        /"event_id":"(\w+)"/.exec(body)?.[1],
        request.headers['x-slack-retry-num'],
        request.headers['x-slack-retry-reason'],
      ]);
      // The third time is fine; the fifth is final.
      const final = got.length === 5 ? { 'x-slack-no-retry': '1' } : {};
      response.writeHead(got.length === 3 ? 200 : 500, final).end();
    });
    await new Promise<void>((resolve) => receiver.listen(port, '127.0.0.1', resolve));
    ends.push(() => new Promise((resolve) => receiver.close(resolve)));
    const sender = slack.http(`http://127.0.0.1:${port}/slack/events`);
    expect(await sender.event(slack.build.appMention(), { eventId: 'Ev1', retry: true })).toMatchObject({
      acked: true,
      attempts: 3,
    });
    expect(got).toEqual([
      ['Ev1', undefined, undefined],
      ['Ev1', '1', 'http_error'],
      ['Ev1', '2', 'http_error'],
    ]);
    expect(slack.violations).toEqual([]);
    expect(await sender.command(slack.build.command('/ask'))).toMatchObject({ acked: false, status: 500 });
    expect(slack.violations).toEqual(['command /ask was answered with HTTP 500']);
    const final = await sender.event(slack.build.appMention(), { retry: true });
    expect(final).toMatchObject({ acked: false, attempts: 1, status: 500 });
    const nobody = slack.http(`http://127.0.0.1:${await freePort()}/slack/events`);
    expect(await nobody.event(slack.build.appMention(), { retry: true })).toMatchObject({
      acked: false,
      attempts: 4,
      reason: 'connection_failed',
    });
  });

  test('signatures, time stamps and unsigned requests reach the receiver as they are made', async () => {
    const slack = await start();
    const { sender } = await onHttp(slack);
    const body = slack.build.appMention();
    expect(await sender.raw(JSON.stringify(body))).toMatchObject({ status: 200 });
    expect(await sender.raw(body, { sign: false })).toMatchObject({ status: 401 });
    expect(await sender.raw(body, { secret: 'guessed' })).toMatchObject({ status: 401 });
    expect(await sender.raw(body, { skewSeconds: -301 })).toMatchObject({ status: 401 });
    expect(await sender.raw(body, { headers: { 'x-slack-signature': 'v0=00' } })).toMatchObject({ status: 401 });
    expect(await sender.raw({ type: 'url_verification', challenge: 'c' })).toMatchObject({
      status: 200,
      body: { challenge: 'c' },
    });
    expect(slack.violations).toEqual([]);
  });
});

describe('faults of the Web API', () => {
  const send = (slack: SlackEmulator) => call(slack, 'chat.postMessage', { channel: CHANNEL, text: 'text', ...QUIET });

  test('a dropped response leaves its message posted', async () => {
    const slack = await start();
    slack.faults.dropNext('chat.postMessage');
    await expect(send(slack)).rejects.toThrow();
    expect(slack.messages).toHaveLength(1);
    expect(slack.calls).toMatchObject([{ method: 'chat.postMessage', status: 0, ok: false }]);
    expect((await send(slack)).body).toMatchObject({ ok: true });
  });

  test('server errors, rate limits, error codes, garbage and silence post nothing', async () => {
    const slack = await start();
    slack.faults.failNext('chat.postMessage', 503);
    slack.faults.rateLimitNext('chat.postMessage', 7);
    slack.faults.platformError('*', 'fatal_error');
    expect(await send(slack)).toMatchObject({ status: 503 });
    expect(await send(slack)).toMatchObject({ status: 429, retryAfter: '7' });
    expect((await send(slack)).body).toMatchObject({ ok: false, error: 'fatal_error' });
    slack.faults.garbleNext('chat.postMessage');
    await expect(send(slack)).rejects.toThrow();
    slack.faults.hang('chat.postMessage', true);
    const silence = await Promise.race([
      send(slack).catch(() => 'closed'),
      new Promise((resolve) => setTimeout(resolve, 100, 'silent')),
    ]);
    expect(silence).toBe('silent');
    slack.faults.heal();
    expect(slack.messages).toEqual([]);
    expect((await send(slack)).body).toMatchObject({ ok: true });
    expect(slack.calls.map(({ status }) => status)).toEqual([503, 429, 200, 200, 0, 200]);
    expect(slack.violations).toEqual([]);
  });

  test('the code of an installation buys the workspace its token', async () => {
    const slack = await start();
    const { token } = slack.workspace('T2');
    const exchange = (code: string) =>
      call(slack, 'oauth.v2.access', { client_id: '1', client_secret: 's', code }, null);
    expect((await exchange('code-T2')).body).toMatchObject({ ok: true, access_token: token, team: { id: 'T2' } });
    expect((await exchange('code-T3')).body).toMatchObject({ ok: false, error: 'invalid_code' });
    expect((await call(slack, 'auth.test', {}, token)).body).toMatchObject({ ok: true, team_id: 'T2' });
  });

  test('an assistant thread has a status, prompts and a title', async () => {
    const slack = await start();
    const { sender } = await onHttp(slack);
    const started = slack.build.assistantThreadStarted({ context: { channel_id: CHANNEL } });
    await sender.event(started);
    const { channel_id, thread_ts } = (started.event as { assistant_thread: { channel_id: string; thread_ts: string } })
      .assistant_thread;
    const assist = (method: string, more: Json) =>
      call(slack, `assistant.threads.${method}`, { channel_id, thread_ts, ...more });
    const prompt = { title: 'title', message: 'message' };
    expect((await assist('setStatus', { status: 'searching', loading_messages: many(10, String) })).body).toMatchObject(
      { ok: true },
    );
    expect((await assist('setSuggestedPrompts', { prompts: many(4, () => prompt) })).body).toMatchObject({ ok: true });
    expect((await assist('setTitle', { title: 'title' })).body).toMatchObject({ ok: true });
    expect(slack.violations).toEqual([]);
    expect((await assist('setStatus', { status: 's', loading_messages: many(11, String) })).body).toMatchObject({
      ok: false,
    });
    expect((await assist('setSuggestedPrompts', { prompts: many(5, () => prompt) })).body).toMatchObject({ ok: false });
    expect((await assist('setStatus', { status: 's', thread_ts: '1.1' })).body).toMatchObject({ ok: false });
    expect(slack.violations).toHaveLength(3);
  });
});

describe('Socket Mode connections', () => {
  const hello = (socket: WebSocket) =>
    new Promise<Json>((resolve) => socket.once('message', (data) => resolve(JSON.parse(String(data)) as Json)));
  const ticket = async (slack: SlackEmulator, token = APP_TOKEN) =>
    (await call(slack, 'apps.connections.open', {}, token)).body;
  async function dial(slack: SlackEmulator): Promise<{ socket: WebSocket; first: Json; frames: Json[] }> {
    const socket = new WebSocket(String((await ticket(slack)).url));
    ends.push(async () => socket.terminate());
    const first = await hello(socket);
    const frames: Json[] = [];
    socket.on('message', (data) => frames.push(JSON.parse(String(data)) as Json));
    socket.on('error', () => {});
    return { socket, first, frames };
  }

  test('need an app-level token and a fresh ticket each', async () => {
    const slack = await start();
    expect(await ticket(slack, BOT_TOKEN)).toMatchObject({ error: 'not_allowed_token_type' });
    expect(await ticket(slack, 'xapp-invented')).toMatchObject({ error: 'invalid_auth' });
    expect(forgive(slack)).toHaveLength(2);
    const { url } = await ticket(slack);
    const socket = new WebSocket(String(url));
    expect(await hello(socket)).toMatchObject({
      type: 'hello',
      num_connections: 1,
      debug_info: { approximate_connection_time: 18_060 },
    });
    const again = new WebSocket(String(url));
    await expect(new Promise((_, reject) => again.once('error', reject))).rejects.toThrow(/401/);
    expect(slack.violations).toEqual([expect.stringContaining('good for one connection')]);
    socket.terminate();
  });

  test('ten at most', async () => {
    const slack = await start();
    for (let i = 1; i <= 10; i += 1)
      expect((await dial(slack)).first).toMatchObject({ type: 'hello', num_connections: i });
    expect(slack.violations).toEqual([]);
    expect((await dial(slack)).first).toMatchObject({ type: 'disconnect', reason: 'too_many_websockets' });
    expect(slack.sockets.count()).toBe(10);
    expect(slack.violations).toHaveLength(1);
  });

  test('take turns, are pinged, and answer each envelope once', async () => {
    const slack = await start({ pingMs: 20, ackMs: 1_000 });
    const [one, two] = [await dial(slack), await dial(slack)];
    let pings = 0;
    one.socket.on('ping', () => {
      pings += 1;
    });
    const ack = (socket: WebSocket, payload?: Json) => (data: WebSocket.RawData) => {
      const { envelope_id } = JSON.parse(String(data)) as Json;
      socket.send(JSON.stringify({ envelope_id, payload }));
    };
    one.socket.on('message', ack(one.socket, {}));
    two.socket.on('message', ack(two.socket, {}));
    const sender = slack.socket();
    for (let i = 0; i < 4; i += 1) expect(await sender.event(slack.build.appMention())).toMatchObject({ acked: true });
    expect([one.frames.length, two.frames.length]).toEqual([2, 2]);
    expect(one.frames[0]).toMatchObject({ type: 'events_api', accepts_response_payload: false, retry_attempt: 0 });
    expect(slack.sockets.acknowledgements).toHaveLength(4);
    await expect.poll(() => pings).toBeGreaterThan(1);
    expect(slack.violations).toEqual([]);
    one.socket.send(JSON.stringify({ envelope_id: one.frames[0]?.envelope_id }));
    one.socket.send('not json');
    await expect.poll(() => forgive(slack).length).toBe(2);
    two.socket.on('message', ack(two.socket, {}));
    await sender.command(slack.build.command('/ask'));
    await sender.command(slack.build.command('/ask'));
    await expect.poll(() => slack.violations).toEqual([expect.stringMatching(/second or late ack/)]);
  });

  test('an envelope is answered over the connection that it came by', async () => {
    const slack = await start();
    const [one, two] = [await dial(slack), await dial(slack)];
    const echo = (to: WebSocket) => (data: WebSocket.RawData) =>
      to.send(JSON.stringify({ envelope_id: (JSON.parse(String(data)) as Json).envelope_id }));
    one.socket.on('message', echo(two.socket));
    two.socket.on('message', echo(one.socket));
    await slack.socket().command(slack.build.command('/ask'));
    expect(slack.violations).toEqual([expect.stringContaining('over another connection')]);
  });

  test('an event may carry nothing back', async () => {
    const slack = await start();
    const { socket } = await dial(slack);
    socket.on('message', (data) => {
      const { envelope_id } = JSON.parse(String(data)) as Json;
      socket.send(JSON.stringify({ envelope_id, payload: { text: 'an answer' } }));
    });
    await slack.socket().event(slack.build.appMention());
    expect(slack.violations).toEqual([expect.stringContaining('accepts no response payload')]);
  });

  test('end by refresh, without a frame, or frozen; what was on its way is delivered again', async () => {
    const slack = await start({ ackMs: 400, retryDelaysMs: [0, 30, 60] });
    const first = await dial(slack);
    const sender = slack.socket();
    slack.sockets.warning();
    expect(slack.sockets.count()).toBe(1);
    await expect.poll(() => first.frames).toMatchObject([{ type: 'disconnect', reason: 'warning' }]);
    slack.sockets.refresh(0, 20);
    expect(slack.sockets.count()).toBe(0);
    expect(await sender.event(slack.build.appMention())).toMatchObject({ acked: false, reason: 'no_connection' });
    await expect.poll(() => first.socket.readyState).toBe(WebSocket.CLOSED);
    expect(slack.sockets.largestGapMs()).toBeGreaterThan(10);

    const second = await dial(slack);
    const gap = slack.sockets.largestGapMs();
    const lost = sender.event(slack.build.appMention());
    await expect.poll(() => second.frames.length).toBe(1);
    slack.sockets.closeAbruptly();
    expect(await lost).toMatchObject({ acked: false, reason: 'connection_failed' });

    await dial(slack);
    slack.sockets.freeze();
    const frozen = sender.event(slack.build.appMention(), { eventId: 'Ev1', retry: true });
    const third = await dial(slack);
    third.socket.on('message', (data) =>
      third.socket.send(JSON.stringify({ envelope_id: (JSON.parse(String(data)) as Json).envelope_id })),
    );
    expect(await frozen).toMatchObject({ acked: true });
    expect(third.frames[0]).toMatchObject({ payload: { event_id: 'Ev1' }, retry_attempt: expect.any(Number) });
    expect(slack.sockets.largestGapMs()).toBeGreaterThanOrEqual(gap);
    expect(slack.violations).toEqual([]);
  });

  test('are refused while Slack is down, and for good when Socket Mode is switched off', async () => {
    const slack = await start();
    const { socket } = await dial(slack);
    let up: (value?: unknown) => void = () => {};
    slack.sockets.refuse(
      new Promise((resolve) => {
        up = resolve;
      }),
      503,
    );
    expect((await fetch(`${slack.apiUrl}apps.connections.open`, { method: 'POST' })).status).toBe(503);
    up();
    await expect.poll(async () => (await ticket(slack)).ok).toBe(true);
    slack.sockets.refuse(Date.now() + 50);
    await expect(ticket(slack)).rejects.toThrow();
    await expect
      .poll(() =>
        ticket(slack).then(
          ({ ok }) => ok,
          () => false,
        ),
      )
      .toBe(true);
    slack.faults.openFails('invalid_auth', 1);
    expect(await ticket(slack)).toMatchObject({ error: 'invalid_auth' });
    slack.faults.openFails(503, 1);
    expect((await call(slack, 'apps.connections.open', {}, APP_TOKEN)).status).toBe(503);
    slack.sockets.linkDisabled();
    await expect.poll(() => socket.readyState, { timeout: 3_000 }).toBe(WebSocket.CLOSED);
    expect(await ticket(slack)).toMatchObject({ error: 'link_disabled' });
    expect(slack.violations).toEqual([]);
  });

  test('a Bolt app comes back after a refresh, its other connection serves meanwhile', async () => {
    const slack = await start();
    const { app, sender } = await onSocket(slack);
    const more = new SocketModeReceiver({
      appToken: APP_TOKEN,
      logLevel: LogLevel.ERROR,
      clientPingTimeout: 200,
      installerOptions: { clientOptions: { slackApiUrl: slack.apiUrl } },
    });
    more.init(app);
    await more.start();
    ends.push(() => more.stop());
    expect(slack.sockets.count()).toBe(2);
    slack.sockets.refresh(1);
    expect(await sender.event(slack.build.appMention())).toMatchObject({ acked: true });
    await expect.poll(() => slack.sockets.count()).toBe(2);
    expect(slack.sockets.opened()).toBe(3);
    expect(slack.sockets.largestGapMs()).toBe(0);
    await expect.poll(() => slack.messages.length).toBe(1);
    expect(slack.violations).toEqual([]);
  });
});
