import { expect, it } from 'vitest';
import { webAddress } from '../../src/reply/web-address.ts';

it.each([
  ['https://docs.example/a?b=1#c', 'https://docs.example/a?b=1#c'],
  ['HTTP://Docs.Example', 'http://docs.example/'],
  ['https://a.example/x|y<z>', 'https://a.example/x%7Cy%3Cz%3E'],
  ['javascript:alert(1)', null],
  ['data:text/html,x', null],
  ['file:///etc/passwd', null],
  ['//a.example', null],
  ['', null],
  [null, null],
  [`https://a.example/${'ä'.repeat(400)}`, null],
])('makes of %j the link %j', (url, expected) => {
  expect(webAddress(url)).toBe(expected);
});

it('still links addresses with letters of Latin-1 after thousands of them', () => {
  // Long enough for the engine to optimise what is called, which changed the answer of URL.canParse in Node 20.
  for (let at = 0; at < 30_000; at++) {
    if (webAddress('https://exämple.example/ä') === null) expect.fail(`no link after ${at} addresses`);
  }
});
