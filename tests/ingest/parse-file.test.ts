import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createChildParser } from '../../src/ingest/child-parser.ts';
import { cleanText } from '../../src/ingest/clean-text.ts';
import { parseFile } from '../../src/ingest/parse-file.ts';
import { type Document, placeAt } from '../../src/knowledge/document.ts';
import { splitIntoPassages } from '../../src/knowledge/passage.ts';
import { seeded } from '../support/hostile-questions.ts';
import { docxOf, pdfOf, zipOf } from '../support/make-files.ts';

const FULL = process.env.ACCEPTANCE === 'full';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function documentOf(path: string, content: Uint8Array): Promise<Document> {
  const { documents, skipped } = await parseFile(path, content);
  expect(skipped).toEqual([]);
  expectExactSpans(documents[0] as Document);
  return documents[0] as Document;
}

function expectExactSpans({ text, blocks }: Document): void {
  let before = 0;
  for (const { start, end } of blocks) {
    expect(start).toBeGreaterThanOrEqual(before);
    expect(end).toBeGreaterThan(start);
    expect(text.slice(start, end)).toBe(text.slice(start, end).trimEnd() || 'a block without text');
    before = end;
  }
  expect(before).toBeLessThanOrEqual(text.length);
}

const shown = ({ text, blocks }: Document): string[] =>
  blocks.map(({ kind, depth, start, end }) => `${kind}${depth || ''}: ${text.slice(start, end)}`);

const PAGE = `<!doctype html><html lang="en"><head><title>Serving &amp; scaling</title><script>steal()</script></head><body>
<nav><a href="/">Home</a> Menu words</nav><div class="sidebar">Side words</div>
<main><h1>Serving<a class="headerlink" href="#x">¶</a></h1>
<p>From −(2<sup>7</sup>) to 2<sup>n - 1</sup>, H<sub>2</sub>O<sup>note</sup>.</p><p>TorchServe is <b>archived</b>. See <a href="https://example.org/x">the notice</a>.</p>
<ul><li>One item<li>Another item</ul><p style="display:none">hidden words</p><p hidden>more hidden</p>
<table><tr><th>Tool</th><th>State</th></tr><tr><td>TorchServe</td><td>archived</td></tr></table>
<pre><code>pip install torch
python run.py</code></pre></main><footer>Foot words</footer></body></html>`;

describe('what is no prose', () => {
  const data = (length: number): string => 'iVBORw0KGgo+/'.repeat(length).slice(0, length);

  it('is left out of blocks and counted: encoded data, badges and figures', async () => {
    const markdown = `# <a href="x"><img src="logo.svg"></a> Plots ![](logo.svg)\n\n[![Open in Colab](https://example.org/badge.svg)](https://example.org/notebook)\n
![](plot.png)\n\nBefore it ![plot](data:image/png;base64,${data(5000)}) and after it.\n\n- ![one](data:x,${data(900)})
- Two with [a long link](https://example.org/${'a/'.repeat(150)}).\n\n\`\`\`\nkey = "${data(2000)}"\nuse(key)\n\`\`\`\n`;
    for (const [path, content] of [
      ['plots.md', markdown],
      ['plots.ipynb', JSON.stringify({ cells: [{ cell_type: 'markdown', source: [markdown] }], nbformat: 4 })],
    ] as const) {
      const { documents, removed } = await parseFile(path, bytes(content));
      const document = documents[0] as Document;
      expectExactSpans(document);
      expect(shown(document)).toEqual([
        'heading1: Plots',
        'paragraph: Before it',
        'paragraph: and after it.',
        `item: Two with [a long link](https://example.org/${'a/'.repeat(150)}).`,
        'code: ```\nkey =',
        'code: use(key)\n```',
      ]);
      expect(removed).toEqual({ 'runs of encoded data': 3 });
    }
  });

  it('is never inside a block, wherever it stands', async () => {
    const piece = fc.oneof(
      fc.integer({ min: 380, max: 900 }).map(data),
      fc.constantFrom(
        ' ',
        '\n',
        '\n\n',
        'Some words. ',
        '# ',
        '- ',
        '`',
        '```\n',
        '| a | b |\n|---|---|\n',
        '自然语言'.repeat(200),
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 12 }),
        fc.constantFrom('md', 'txt', 'rst', 'adoc'),
        async (parts, kind) => {
          const { documents } = await parseFile(`page.${kind}`, bytes(`Words first.\n\n${parts.join('')}`));
          for (const document of documents) {
            for (const { start, end } of document.blocks)
              expect(document.text.slice(start, end)).not.toMatch(/[!-~]{400}/);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('what documentation tools write into Markdown', () => {
  it('marks blocks and is no part of their words', async () => {
    const markdown = `(label-of-this)=
# Serving

import Tabs from '@theme/Tabs';
export const version = 3;

import {
  One,
} from './one.js';

export const meta = {
  title: 'Serving',
};

{/* One line
of a comment. */}

:::note Heads up
The runtime was archived.
:::

:::{figure} plot.png
:align: right
:alt: a plot

A caption of words.
:::

> [!WARNING]
> Keep the old index
> until the new one serves.

\`\`\`{tip} Title
:class: dropdown
A tip of **words**.

- One in a list
\`\`\`

\`\`\`{eval-rst}
.. autoclass:: thing.Thing
\`\`\`

\`\`\`{code-block} python
run()
\`\`\`

!!! note "Title"

    Indented words of
    a note.

    And more of them.

!!! tip
    Words at once.

=== "Linux"

    Use the package.

A paragraph:

    really_code()

{{< tabs >}}
{% include x.md %}
:star: Not an option.
`;
    const document = await documentOf('page.md', bytes(markdown));
    expect(shown(document)).toEqual([
      'heading1: Serving',
      'paragraph: The runtime was archived.',
      'paragraph: A caption of words.',
      'paragraph: Keep the old index\n> until the new one serves.',
      'paragraph: A tip of **words**.',
      'item: One in a list',
      'code: ```{code-block} python\nrun()\n```',
      'paragraph: Indented words of\n    a note.',
      'paragraph: And more of them.',
      'paragraph: Words at once.',
      'paragraph: Use the package.',
      'paragraph: A paragraph:',
      'code:     really_code()',
      'paragraph: :star: Not an option.',
    ]);
  });

  it('has raw HTML, whose prose and headings are read without what hides or links', async () => {
    const markdown = `<h1 align="center">Torch <em>Serve</em></h1>

<p align="center">
  <b>Serves a model</b> over HTTP,
  and says so in <a href="/logs">its logs</a>.
  <a href="/a">One</a> <br>
</p>

<!-- A comment of many words here. -->

<details><summary>Why is it archived now?</summary>

Nobody maintained it.

</details>

<div hidden>Words that nobody sees on the page.</div>

<div class="x" style="visibility:hidden">

Nobody sees these words either.

- Nor these.

</div>

<div><p>Seen words stand here too.</p><p style="color:red; display: none">Unseen words stand here too.</p></div>

<td>Three short words</td>

<p><a href="/x">Docs are here to</a> <a href="/y">read as you like</a></p>

<Callout type="warn">
  A callout of MDX has words right below its tag.
</Callout>

- <p>An item of raw words &amp; more.</p>

<script>
var prose = "it is not prose at all";
</script>

<p>Costs are a < b and c > d in words.
`;
    expect(shown(await documentOf('page.mdx', bytes(markdown)))).toEqual([
      'heading1: Torch <em>Serve</em>',
      'paragraph: <b>Serves a model</b> over HTTP,\n  and says so in <a href="/logs">its logs</a>.\n  <a href="/a">One</a>',
      'paragraph: Why is it archived now?',
      'paragraph: Nobody maintained it.',
      'paragraph: A callout of MDX has words right below its tag.',
      'item: An item of raw words &amp; more.',
      'paragraph: Costs are a < b and c > d in words.',
    ]);
  });

  it('never breaks the order of blocks or their spans, however it is mixed', async () => {
    const line = fc.constantFrom(
      ':::note',
      ':::',
      '```{note}',
      '````{tip} x',
      '```',
      '````',
      '!!! note',
      '    indented words',
      '> [!NOTE]',
      '> words',
      ':alt: x',
      '(a)=',
      '=== "T"',
      'Some words.',
      '',
      '- item',
      '# Head',
      '{{< x >}}',
      '| a |',
      '|---|',
      '<p>',
      '</p> words of it <b>',
      '<h2>Head',
      '<!-- a',
      '-->',
      '<a href="x">four words and more</a>',
      '<script>',
      '{/* x',
      'import {',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 30 }), async (lines) => {
        const { documents } = await parseFile('page.md', bytes(`Words first.\n\n${lines.join('\n')}\n`));
        for (const document of documents) {
          let before = 0;
          for (const { start, end } of document.blocks) {
            expect(start).toBeGreaterThanOrEqual(before);
            expect(end).toBeGreaterThan(start);
            before = end;
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('HTML', () => {
  it('keeps the prose with its structure and drops what surrounds it, counted', async () => {
    const { documents, removed, language, encoding } = await parseFile('page.html', bytes(PAGE));
    const document = documents[0] as Document;
    expectExactSpans(document);
    expect(document.title).toBe('Serving & scaling');
    expect(shown(document)).toEqual([
      'heading1: Serving',
      'paragraph: From −(2⁷) to 2ⁿ⁻¹, H₂Onote.',
      'paragraph: TorchServe is archived. See the notice.',
      'item: https://example.org/x',
      'item: One item',
      'item: Another item',
      'table: Tool | State\nTorchServe | archived',
      'code: pip install torch\npython run.py',
    ]);
    expect(document.text).not.toMatch(/Menu|Side|Foot|hidden|steal/);
    expect(removed['hidden parts']).toBe(2);
    expect(placeAt(document.places, document.text.indexOf('TorchServe is'))).toBe("line 4 of the page's source");
    expect({ language, encoding }).toEqual({ language: 'en', encoding: 'utf-8' });
  });

  it('reads the declared encoding, and survives depth and broken markup', async () => {
    const latin = Buffer.from('<meta charset="iso-8859-1"><p>Caf\u00e9 au lait, s\u2019il vous pla\u00eet.', 'latin1');
    expect((await documentOf('a.htm', latin)).text).toContain('Café');
    expect((await parseFile('deep.html', bytes(`${'<div>'.repeat(20_000)}text`))).documents.length).toBeLessThan(2);
    expect((await parseFile('none.html', bytes('<nav>only</nav>'))).skipped[0]?.reason).toContain('no text');
  });
});

describe('other formats', () => {
  it('reads notebooks by cell', async () => {
    const cells = [
      { cell_type: 'markdown', source: ['# Training\n', '\n', 'Keras trains with `fit`.'] },
      { cell_type: 'code', source: 'model.fit(x, y)', outputs: [{ output_type: 'stream' }] },
    ];
    const document = await documentOf('n.ipynb', bytes(JSON.stringify({ cells, nbformat: 4 })));
    expect(shown(document)).toEqual([
      'heading1: Training',
      'paragraph: Keras trains with `fit`.',
      'code: model.fit(x, y)',
    ]);
    expect(placeAt(document.places, document.text.indexOf('model.fit'))).toBe('cell 2');
  });

  it('reads PDF by page, with headings by size and without running heads', async () => {
    const head: [number, string] = [9, 'The manual of frameworks'];
    const page = (title: string, text: string): [number, string][] => [
      head,
      [20, ''],
      [18, title],
      [20, ''],
      [11, text],
      [11, `It goes on about ${title} in the next line of the para-`],
      [11, `graph and ends with ${title} here.`],
    ];
    const document = await documentOf(
      'm.pdf',
      pdfOf([
        page('PyTorch', 'PyTorch runs eagerly.'),
        page('JAX', 'JAX compiles.'),
        page('Keras', 'Keras has backends.'),
      ]),
    );
    expect(shown(document).slice(0, 2)).toEqual([
      'heading1: PyTorch',
      'paragraph: PyTorch runs eagerly. It goes on about PyTorch in the next line of the paragraph and ends with PyTorch here.',
    ]);
    expect(document.text).not.toContain('The manual');
    expect(placeAt(document.places, document.text.indexOf('JAX compiles'))).toBe('page 2');
    expect((await parseFile('x.pdf', bytes('%PDF-1.4 broken'))).skipped[0]?.reason).toContain('PDF');
  });

  it('reads Word documents', async () => {
    const document = await documentOf(
      'w.docx',
      docxOf([
        ['Heading1', 'Choosing'],
        ['', 'ONNX Runtime runs on many devices.'],
      ]),
    );
    expect(shown(document)).toEqual(['heading1: Choosing', 'paragraph: ONNX Runtime runs on many devices.']);
  });

  it('reads reStructuredText and AsciiDoc without touching their text', async () => {
    const rst =
      'Serving\n=======\n\n.. note:: Read this.\n\nTorchServe is archived. Use this::\n\n   pip install x\n\nMore\n----\n\n* one\n* two\n\n.. image:: x.png\n   :alt: no\n';
    const first = await documentOf('a.rst', bytes(rst));
    expect(first.text).toBe(rst);
    expect(shown(first)).toContain('heading1: Serving');
    expect(shown(first)).toContain('heading2: More');
    expect(shown(first)).toContain('item: * one');
    expect(shown(first).join()).not.toContain('alt');
    const adoc =
      '= Serving\n:author: x\n\n// comment\nTorchServe is archived.\n\n== More\n\n* one\n* two\n\n----\npip install x\n----\n';
    const second = await documentOf('a.adoc', bytes(adoc));
    expect(second.text).toBe(adoc);
    expect(shown(second)).toEqual([
      'heading1: Serving',
      'paragraph: TorchServe is archived.',
      'heading2: More',
      'item: * one',
      'item: * two',
      'code: pip install x',
    ]);
  });

  it('reads archives within limits', async () => {
    const { documents, skipped } = await parseFile(
      'z.zip',
      zipOf([
        { name: 'docs/a.md', content: '# A\n\nText of A.' },
        { name: 'b.html', content: '<p>Text of B.' },
        { name: 'in.zip', content: 'PK' },
        { name: 'link.md', content: '/etc/passwd', mode: 0o120777 },
      ]),
    );
    expect(documents.map(({ path }) => path)).toEqual(['z.zip/b.html', 'z.zip/docs/a.md']);
    expect(skipped.map(({ path }) => path)).toEqual(['z.zip/in.zip']);
    const bomb = zipOf([{ name: 'a.md', content: Buffer.alloc(15_000_000, 'a') }]);
    expect((await parseFile('bomb.zip', bomb)).skipped[0]?.reason).toContain('zip bomb');
    const many = zipOf(Array.from({ length: 2_001 }, (_, at) => ({ name: `${at}.md`, content: 'x' })));
    expect((await parseFile('many.zip', many)).skipped[0]?.reason).toContain('entries');
    const outside = zipOf([{ name: '../../outside.md', content: 'x' }]);
    expect((await parseFile('out.zip', outside)).skipped).toHaveLength(1);
  });
});

describe('cleaning', () => {
  it('removes what a reader cannot see, counts it, and leaves words and emoji alone', () => {
    const removed = {};
    expect(cleanText('a\u{E0041}b\u202Ec\u200bd\u0007e', removed)).toBe('abcde');
    expect(removed).toEqual({
      'tag characters': 2,
      'bidirectional controls': 1,
      'zero-width characters': 1,
      'control characters': 1,
    });
    expect(cleanText('👩‍💻 نمی‌خواهم', {})).toBe('👩‍💻 نمی‌خواهم');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => cleanText(cleanText(text, {}), {}) === cleanText(text, {})),
    );
  });
});

describe('the parser in its child process', () => {
  const parser = createChildParser({ timeMs: 4_000, memoryMb: 400, heapMb: 200 });
  afterAll(() => parser.close());

  it('names damaged files and goes on: seeded mutations of every format', async () => {
    const seed = 20261121;
    const random = seeded(seed);
    const seeds: [string, Buffer][] = [
      [
        'a.pdf',
        pdfOf([
          [
            [18, 'Title'],
            [11, 'PyTorch runs eagerly and has many users.'],
          ],
        ]),
      ],
      [
        'a.docx',
        docxOf([
          ['Heading1', 'Title'],
          ['', 'Some text of a document.'],
        ]),
      ],
      ['a.html', Buffer.from(PAGE)],
      ['a.md', Buffer.from('# Title\n\nSome *text* | a | b |\n')],
    ];
    const count = FULL ? 2_000 : 120;
    let named = 0;
    for (let at = 0; at < count; at++) {
      const [path, whole] = seeds[at % seeds.length] as [string, Buffer];
      let mutated = Buffer.from(whole);
      for (let edits = 1 + Math.floor(random() * 6); edits > 0; edits--) {
        mutated[Math.floor(random() * mutated.length)] = Math.floor(random() * 256);
      }
      if (random() < 0.3) mutated = mutated.subarray(0, Math.floor(random() * mutated.length));
      const parsed = await parser.parse(path, mutated);
      for (const document of parsed.documents)
        for (const { end } of splitIntoPassages(document)) expect(end).toBeLessThanOrEqual(document.text.length);
      expect(parsed.documents.length + parsed.skipped.length).toBeGreaterThan(0);
      named += parsed.skipped.length;
    }
    console.log(`${count} mutated files (seed ${seed}): ${named} passed over with a reason, 0 crashes of this process`);
  }, 300_000);

  it('gives up a file that takes too long, and reads the next one', async () => {
    const slow = createChildParser({ timeMs: 1, memoryMb: 400, heapMb: 200 });
    expect((await slow.parse('a.html', bytes('<p>Text.'))).skipped[0]?.reason).toContain('took more than');
    // Markdown that would hold this process for minutes goes to the child, small as it is; what is tame needs none.
    for (const wild of ['> - '.repeat(16_000), 'a\n=\n'.repeat(16_000), '- - - - - - - b\n'.repeat(2_000)])
      expect((await slow.parse('a.md', bytes(wild))).skipped[0]?.reason).toContain('took more than');
    expect((await slow.parse('a.md', bytes('Text.'))).documents).toHaveLength(1);
    await slow.close();
    const small = createChildParser({ timeMs: 20_000, memoryMb: 150, heapMb: 100 });
    const page = `<table>${'<tr><td>cell'.repeat(600_000)}</table>`;
    expect((await small.parse('big.html', bytes(page))).skipped[0]?.reason).toMatch(/memory/);
    await small.close();
    expect((await parser.parse('a.md', bytes('Text.'))).documents).toHaveLength(1);
  }, 60_000);
});
