import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createChildParser } from '../../src/ingest/child-parser.ts';
import { readCorpus } from '../../src/knowledge/corpus.ts';
import { seeded } from '../support/hostile-questions.ts';
import { docxOf, pdfOf, zipOf } from '../support/make-files.ts';

const FULL = process.env.ACCEPTANCE === 'full';
const SECRET = 'SECRET-9f2c of another folder';
let folder: string;
let corpus: string;
let outside: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'advisor-inputs-'));
  corpus = join(folder, 'corpus');
  outside = join(folder, 'outside');
  mkdirSync(join(corpus, 'deep/deeper'), { recursive: true });
  mkdirSync(outside);
  writeFileSync(join(corpus, 'good.md'), '# Good\n\nThis one may be read.\n');
  for (const name of ['secret.md', 'golden.jsonl', '.gitignore'])
    writeFileSync(join(outside, name), `# ${SECRET}\n\n${SECRET}\n`);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Everything that was read, as text: nothing of it may be of the other folder. */
async function textsOf(): Promise<string[]> {
  const { files } = await readCorpus([corpus]);
  return files.map(({ path, bytes }) => `${path} ${Buffer.from(bytes).toString('utf8')}`);
}

type Place = (at: string) => void;

/** What may lie in a corpus folder and is not a plain file of it. */
const FILES: Record<string, Place> = {
  'a link to a file': (at) => symlinkSync(join(outside, 'secret.md'), at),
  'a relative link': (at) => symlinkSync('../../../../../../../..'.concat(outside, '/secret.md'), at),
  'a link to a link': (at) => {
    symlinkSync(join(outside, 'secret.md'), join(folder, 'hop'));
    symlinkSync(join(folder, 'hop'), at);
  },
  'a link through /proc': (at) => symlinkSync(`/proc/self/root${outside}/secret.md`, at),
  'a link to the environment': (at) => symlinkSync('/proc/self/environ', at),
  'a link to /dev/zero': (at) => symlinkSync('/dev/zero', at),
  'a link to /dev/stdin': (at) => symlinkSync('/dev/stdin', at),
  'a link to itself': (at) => symlinkSync(at, at),
  'a link to nothing': (at) => symlinkSync(join(outside, 'nothing'), at),
  'a link to a folder': (at) => symlinkSync(outside, at),
  'a pipe': (at) => void execFileSync('mkfifo', [at]),
  'a folder with the name of a file': (at) => mkdirSync(at),
};
const FOLDERS: Record<string, Place> = {
  'a link to a folder': (at) => symlinkSync(outside, at),
  'a relative link to a folder': (at) => symlinkSync('../../../../../../../..'.concat(outside), at),
  'a link to the folder above': (at) => symlinkSync(folder, at),
  'a link to the root': (at) => symlinkSync('/', at),
  'a link to /proc/self': (at) => symlinkSync('/proc/self', at),
  'a link to itself': (at) => symlinkSync('.', at),
};
const NAMES = [
  'x.md',
  'x.txt',
  'x.html',
  'x.ipynb',
  'x.pdf',
  'x.docx',
  'x.zip',
  'x.rst',
  '-rf.md',
  'ä \u{1f525}.md',
  '..x.md',
  'golden.md',
];

describe('a corpus folder', () => {
  it('gives nothing from outside, whatever lies in it', async () => {
    let cases = 0;
    const expectNothing = async (what: string): Promise<void> => {
      const texts = await textsOf();
      expect(texts.join('\n'), what).not.toContain(SECRET);
      expect(texts.join('\n'), what).toContain('This one may be read');
      cases++;
    };
    for (const base of ['', 'deep/deeper/']) {
      for (const [what, place] of Object.entries(FILES)) {
        for (const name of FULL ? NAMES.slice(0, 7) : ['x.md']) {
          const at = join(corpus, base, name);
          place(at);
          await expectNothing(`${what} as ${base}${name}`);
          rmSync(at, { recursive: true, force: true });
          rmSync(join(folder, 'hop'), { force: true });
        }
      }
      for (const [what, place] of Object.entries(FOLDERS)) {
        for (const name of FULL ? ['docs', 'x.md', '-', 'a b'] : ['docs']) {
          const at = join(corpus, base, name);
          place(at);
          await expectNothing(`${what} as ${base}${name}`);
          rmSync(at, { recursive: true, force: true });
        }
      }
      const rules = join(corpus, base, '.gitignore');
      symlinkSync(join(outside, '.gitignore'), rules);
      await expectNothing('.gitignore as a link');
      rmSync(rules);
      execFileSync('mkfifo', [rules]);
      await expectNothing('.gitignore as a pipe');
      rmSync(rules);
    }
    const socket = createServer();
    await new Promise<void>((resolve) => socket.listen(join(corpus, 'socket.md'), resolve));
    await expectNothing('a socket');
    socket.close();
    if (process.getuid?.() === 0) {
      execFileSync('mknod', [join(corpus, 'zero.md'), 'c', '1', '5']);
      await expectNothing('a device');
    }
    console.log(`${cases} links, pipes, sockets and devices: 0 bytes from outside the folder`);
  }, 120_000);

  it('gives nothing from outside when folders turn into links while it is read', async () => {
    mkdirSync(join(corpus, 'flip'));
    for (let at = 0; at < 20; at++) writeFileSync(join(corpus, 'flip', `f${at}.md`), 'This is fine.');
    for (let at = 0; at < 20; at++) writeFileSync(join(outside, `f${at}.md`), SECRET);
    const script =
      'const fs = require("fs"); const [flip, real, link] = process.argv.slice(1); process.stdout.write("x");' +
      'for (;;) { try { fs.renameSync(flip, real); fs.symlinkSync(link, flip); fs.unlinkSync(flip); fs.renameSync(real, flip); } catch {} }';
    const args = ['-e', script, join(corpus, 'flip'), join(folder, 'held'), outside];
    const flipper: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const rounds = FULL ? 400 : 30;
    let seen = 0;
    try {
      await new Promise((resolve) => flipper.stdout?.once('data', resolve));
      for (let round = 0; round < rounds; round++) {
        const texts = await textsOf();
        expect(texts.join('\n')).not.toContain(SECRET);
        seen += texts.length - 1;
      }
    } finally {
      flipper.kill('SIGKILL');
      await new Promise((resolve) => flipper.once('exit', resolve));
    }
    console.log(`${rounds} walks beside a process that swaps a folder for a link: ${seen} files read, 0 from outside`);
  }, 120_000);
});

/** An archive whose headers say that its one entry is of another size than it is. */
function lyingZip(size: number, said: number): Buffer {
  const whole = zipOf([{ name: 'lie.md', content: Buffer.alloc(size, 'a') }]);
  for (let at = 0; at + 46 < whole.length; at++) {
    const kind = whole.readUInt32LE(at);
    if (kind === 0x04034b50) whole.writeUInt32LE(said, at + 22);
    if (kind === 0x02014b50) whole.writeUInt32LE(said, at + 24);
  }
  return whole;
}

describe('a file that is meant to do harm', () => {
  it('is refused or cut, in a process that stays small, and the bot does not notice', async () => {
    const many = FULL ? 100_000 : 5_000;
    const zeros = Buffer.alloc(19 * 1024 * 1024);
    const nest = (depth: number): Buffer =>
      depth === 0
        ? zipOf([{ name: 'a.md', content: zeros }])
        : zipOf(
            Array.from({ length: 10 }, (_, at) => ({
              name: `${at}.zip`,
              content: nest(depth - 1).subarray(0, 50_000),
            })),
          );
    const random = seeded(20261129);
    const page = (): [number, string][] =>
      Array.from({ length: 12 }, () => [11, `Line ${random()} of a long manual about ${random()}.`]);
    const cases: Record<string, [string, Buffer]> = {
      'a zip of ratio 1,000': ['a.zip', zipOf([{ name: 'a.md', content: zeros }])],
      'twenty of them in one': [
        'b.zip',
        zipOf(Array.from({ length: 20 }, (_, at) => ({ name: `${at}.md`, content: zeros }))),
      ],
      [`a zip of ${many} entries`]: [
        'c.zip',
        zipOf(Array.from({ length: many }, (_, at) => ({ name: `${at}.md`, content: 'Text.' }))),
      ],
      'zips in zips': ['d.zip', nest(2)],
      'a zip that says less than it holds': ['e.zip', lyingZip(15_000_000, 10)],
      'a zip that says more than it holds': ['f.zip', lyingZip(10, 15_000_000)],
      'a zip with ways out': [
        'g.zip',
        zipOf(
          ['../x.md', '/etc/x.md', 'a/../../x.md', 'C:\\x.md', '..\\x.md'].map((name) => ({ name, content: SECRET })),
        ),
      ],
      'a zip with a link': ['h.zip', zipOf([{ name: 'l.md', content: '/etc/passwd', mode: 0o120777 }])],
      'a Word document of ratio 1,000': ['a.docx', zipOf([{ name: 'word/document.xml', content: zeros }])],
      'a Word document of one long paragraph': ['b.docx', docxOf([['', 'word '.repeat(200_000)]])],
      'a page of elements within elements': ['a.html', Buffer.from('<div><p>a'.repeat(FULL ? 1_000_000 : 100_000))],
      'a page of one tag': ['b.html', Buffer.from(`<a ${'b="c" '.repeat(FULL ? 1_000_000 : 100_000)}>`)],
      'a notebook of deep brackets': ['a.ipynb', Buffer.from('['.repeat(5_000_000))],
      'a text of one line': ['a.md', Buffer.from('x'.repeat(20_000_000))],
      'a text of brackets': ['b.md', Buffer.from('['.repeat(100_000))],
      'a text of quotes within quotes': ['c.md', Buffer.from('> '.repeat(FULL ? 50_000 : 5_000))],
      'a text of tables': ['d.md', Buffer.from('|a|b|\n|-|-|\n'.repeat(FULL ? 100_000 : 5_000))],
      'a text of stacked marks': ['e.txt', Buffer.from('e\u0301'.repeat(1_000_000))],
      [`a PDF of ${FULL ? 10_000 : 300} pages`]: ['a.pdf', pdfOf(Array.from({ length: FULL ? 10_000 : 300 }, page))],
    };
    const parser = createChildParser();
    const delay = monitorEventLoopDelay({ resolution: 5 });
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, largestParserMb());
    }, 50);
    const lines: string[] = [];
    let slowest = 0;
    delay.enable();
    try {
      for (const [what, [path, bytes]] of Object.entries(cases)) {
        const started = performance.now();
        const { documents, skipped, removed } = await parser.parse(path, bytes);
        const seconds = (performance.now() - started) / 1000;
        slowest = Math.max(slowest, seconds);
        most = Math.max(most, largestParserMb());
        const outcome = skipped[0]?.reason ?? `${documents.length} documents ${JSON.stringify(removed)}`;
        lines.push(
          `  ${what}: ${outcome.slice(0, 110)} (${seconds.toFixed(1)} s, ${largestParserMb().toFixed(0)} MiB)`,
        );
        expect(documents.length + skipped.length, what).toBeGreaterThan(0);
        expect(documents.map(({ text }) => text).join(), what).not.toContain(SECRET);
        expect(documents.map(({ text }) => text).join(), what).not.toContain('root:');
      }
    } finally {
      clearInterval(watch);
      delay.disable();
      await parser.close();
    }
    const held = delay.percentile(99) / 1e6;
    console.log(
      `${lines.length} harmful files:\n${lines.join('\n')}\n  slowest ${slowest.toFixed(1)} s, parser at most ${most.toFixed(0)} MiB, event loop of the bot p99 ${held.toFixed(0)} ms`,
    );
    expect(slowest).toBeLessThan(32);
    expect(most).toBeLessThan(512);
    expect(held).toBeLessThan(FULL ? 50 : 500);
  }, 600_000);

  it('of a gigabyte is not even read', async () => {
    for (const name of ['huge.md', 'huge.pdf', 'huge.zip', 'huge.html']) {
      const file = openSync(join(corpus, name), 'w');
      ftruncateSync(file, 1024 ** 3);
      closeSync(file);
    }
    const before = process.memoryUsage.rss();
    const started = performance.now();
    const { files, skipped } = await readCorpus([corpus]);
    const milliseconds = performance.now() - started;
    const grown = (process.memoryUsage.rss() - before) / 1e6;
    console.log(`4 files of 1 GB: passed over in ${milliseconds.toFixed(0)} ms, ${grown.toFixed(0)} MB of memory`);
    expect(files.map(({ path }) => path)).toEqual([`${corpus}/good.md`]);
    expect(skipped.map(({ reason }) => reason).join()).toContain('at most');
    expect(skipped).toHaveLength(4);
    expect(milliseconds).toBeLessThan(1_000);
    expect(grown).toBeLessThan(50);
  });

  it('that changes its size or vanishes while it is read is passed over or read as it was', async () => {
    const random = seeded(20261128);
    const file = join(corpus, 'changing.md');
    for (let turn = 0; turn < (FULL ? 300 : 30); turn++) {
      writeFileSync(file, 'Text that stays. '.repeat(2_000));
      const reading = readCorpus([corpus]);
      await new Promise((resolve) => setTimeout(resolve, random() * 3));
      const act = Math.floor(random() * 3);
      if (act === 0) rmSync(file);
      else if (act === 1) writeFileSync(file, '');
      else {
        writeFileSync(join(folder, 'other'), 'Other text.');
        renameSync(join(folder, 'other'), file);
      }
      expect((await reading).files.map(({ path }) => path)).toContain(`${corpus}/good.md`);
    }
  });
});

/** The most resident memory that a parser process of ours ever had, in MiB. */
function largestParserMb(): number {
  let largest = 0;
  const children = `/proc/${process.pid}/task`;
  if (!existsSync(children)) return 0;
  for (const thread of readdirSync(children)) {
    try {
      for (const pid of readFileSync(`${children}/${thread}/children`, 'utf8').trim().split(' ').filter(Boolean)) {
        if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('parser-worker')) continue;
        const high = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        largest = Math.max(largest, Number(high ?? 0) / 1024);
      }
    } catch {
      // It ended between two looks.
    }
  }
  return largest;
}
