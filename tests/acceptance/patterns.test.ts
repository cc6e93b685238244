import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseAst } from 'vitest/node';
import { PRODUCT_DIRECTORY } from '../../src/product.ts';
import { composeReply } from '../../src/reply/compose-reply.ts';
import { openRealAdvisor } from '../support/real-advisor.ts';

const FULL = process.env.ACCEPTANCE === 'full';
/** Characters; and milliseconds that a pattern may take for them: more where others use the machine as well. */
const LENGTH = 102_400;
const LIMIT = FULL ? 50 : 250;

/** Where a text is cut before any pattern sees it, and to how many characters. */
const BOUNDED: readonly (readonly [file: RegExp, characters: number])[] = [
  // A question is read up to here: matching-text.ts, scope.ts, query.ts.
  [/^(?:question|retrieval)\//, 2_000],
  [/^answer\/scope/, 2_000],
];

/** What patterns stumble over: runs of what they repeat, and their beginnings without their ends. */
const ATOMS = (
  '0|-|a|A|é|么| |\t|\n|\r\n|.|,|!|?|/|\\|\\\\|[|](|][](|(|)|<|>|"|\'|`|*|_|#|+|=|~|:|;|@|&|{|}|||0-0|0.0|-0.|0-0.0-|<META|<a ' +
  '|<!--|&amp|http://|www.|a@|word |Word-|load |how to |which |is there |not |no |vs |00:|| |a.|a..|a-a.|: |`` |\n\n|\n-|\n#|\n |\t\n|a\n|1.|1) ' +
  "|w's|PyTorch |ignore |weights |$ |£1|\u0301|\u200d|\u{1f525}|\ud800|\\u0000|xoxb-|Bearer |===|---\n|\n===|.. |:: "
).split('|');

interface Pattern {
  readonly file: string;
  readonly source: string;
  readonly flags: string;
}

/** Every regular expression that is written in the sources. */
function patternsOf(directory: string): Pattern[] {
  const patterns = new Map<string, Pattern>();
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => /\.[jt]s$/.test(name));
  for (const file of files.sort()) {
    const walk = (node: unknown): void => {
      if (Array.isArray(node)) node.forEach(walk);
      if (!node || typeof node !== 'object') return;
      const { regex } = node as { regex?: { pattern: string; flags: string } };
      if (regex)
        patterns.set(`${file} ${regex.pattern} ${regex.flags}`, {
          file: file.replaceAll('\\', '/'),
          source: regex.pattern,
          flags: regex.flags,
        });
      else Object.values(node).forEach(walk);
    };
    const text = readFileSync(join(directory, file), 'utf8');
    walk(parseAst(text, { lang: file.endsWith('.ts') ? 'ts' : 'js' }).body);
  }
  return [...patterns.values()];
}

/** Texts of some length made for a pattern: atoms of ours and words of its own, with and without what would end a match. */
function* attacks({ source }: Pattern, length: number): Generator<string> {
  // A shape that only a fuzzer thinks of: many beginnings of a token, each with its middle.
  yield `${'0-0'.repeat(length >> 3)}0.0${'-0-----0-00--00000000-00'.repeat(length >> 6)}\0`.slice(0, length);
  const own = [...new Set(source.match(/[A-Za-z]{3,}/g) ?? [])].slice(0, FULL ? 40 : 6);
  const atoms = [...new Set([...ATOMS.filter(Boolean), ...own.flatMap((word) => [word, `${word} `])])];
  for (const atom of atoms) {
    const run = atom.repeat(Math.ceil(length / atom.length)).slice(0, length - 2);
    yield `${run}\0`;
    yield `a${run}\0\n`;
    yield `${run}\n`;
    yield `0${run}#`;
    yield `${run}a`;
    if (!FULL) continue;
    for (const word of own.slice(0, 12)) yield `${word} ${run}`.slice(0, length);
    for (const other of ['a', ' ', '\n', '-', '0'])
      yield (atom + other).repeat(Math.ceil(length / (atom.length + 1))).slice(0, length);
  }
}

/** Characters at which an attack is tried first, and the milliseconds above which it is tried at full length. */
const FIRST = 3_200;
const SUSPICIOUS = FULL ? 0.15 : 0.4;

/** The slowest attack. What takes no time at 3,200 characters is linear: 32 times as many take no more than 32 times as long. */
function slowest(pattern: Pattern, most: number): { time: number; length: number; attack: string } {
  const expression = new RegExp(pattern.source, pattern.flags);
  const timed = (attack: string): number => {
    // The best of three says more of the pattern and less of the machine.
    let time = Number.POSITIVE_INFINITY;
    for (let turn = 0; turn === 0 || (turn < 3 && time > SUSPICIOUS && time < 4 * LIMIT); turn++) {
      const started = performance.now();
      attack.replace(expression, '');
      time = Math.min(time, performance.now() - started);
    }
    return time;
  };
  let worst = { time: 0, length: 0, attack: '' };
  // Step by step: what is cubic would take hours at full length.
  const lengths = [400, FIRST, 4 * FIRST, LENGTH].map((length) => Math.min(length, most));
  const texts = lengths.map((length) => attacks(pattern, length));
  for (;;) {
    const [attack, ...longer] = texts.map((text) => text.next().value as string | undefined);
    if (attack === undefined) break;
    let [time, length] = [timed(attack), attack.length];
    for (const [step, text] of longer.entries()) {
      const isSuspicious = step === 0 || time > SUSPICIOUS;
      // Eight times as long takes 512 times as long where it is cubic.
      if (time > LIMIT || !isSuspicious || text === undefined || text.length <= length) break;
      [time, length] = [timed(text), text.length];
    }
    if (time > worst.time) worst = { time, length, attack: JSON.stringify(attack.slice(0, 24)) };
    if (worst.time > LIMIT) break;
  }
  return worst;
}

it('every regular expression of the sources stays fast on text made to slow it down', () => {
  const patterns = patternsOf(join(PRODUCT_DIRECTORY, 'src'));
  const slow: string[] = [];
  let bounded = 0;
  let worst = 0;
  for (const pattern of patterns) {
    const bound = BOUNDED.find(([file]) => file.test(pattern.file))?.[1];
    if (bound) bounded++;
    const { time, length, attack } = slowest(pattern, bound ?? LENGTH);
    worst = Math.max(worst, time);
    if (time > LIMIT)
      slow.push(
        `${pattern.file}: /${pattern.source.slice(0, 80)}/ takes ${time.toFixed(0)} ms for ${length} of ${attack}`,
      );
  }
  console.log(
    `${patterns.length} regular expressions (${bounded} of them on text cut to 2,000 characters): slowest ${worst.toFixed(1)} ms, ${slow.length} above ${LIMIT} ms`,
  );
  expect(slow).toEqual([]);
}, 900_000);

it('a question of 10,000 characters gets its answer or its polite refusal at once', async () => {
  const advisor = await openRealAdvisor();
  try {
    const units = [
      'x',
      'PyTorch or TensorFlow? ',
      'a.',
      '(',
      '\u0301',
      'word ',
      '\u7684',
      '\u{1f916}',
      '\u202e',
      '](',
      '\n',
      '"',
    ];
    let worst = 0;
    await advisor.answerQuestion('Which framework is best for beginners?');
    for (const unit of units) {
      const question = unit.repeat(Math.ceil(10_000 / unit.length)).slice(0, 10_000);
      const started = performance.now();
      const reply = composeReply(await advisor.answerQuestion(question));
      worst = Math.max(worst, performance.now() - started);
      expect(reply).toBeTruthy();
    }
    console.log(`${units.length} questions of 10,000 characters: slowest ${worst.toFixed(0)} ms`);
    expect(worst).toBeLessThan(FULL ? 100 : 1_000);
  } finally {
    await advisor.close();
  }
}, 60_000);
