// Renders a Reply in the browser. Text goes in through textContent only: nothing from a document is ever markup.

const form = document.getElementById('ask');
const field = document.getElementById('question');
const button = form.querySelector('button');
const status = document.getElementById('status');
const answers = document.getElementById('answers');

/** Makes an element with text and children. */
function element(name, { text, ...attributes } = {}, children = []) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
}

function lines({ startLine, endLine }) {
  return startLine === endLine ? `line ${startLine}` : `lines ${startLine}-${endLine}`;
}

function quote(block, generation) {
  const where = new URLSearchParams({ generation, path: block.path, start: block.start, end: block.end });
  const open = element('a', {
    href: `/document?${where}#quote`,
    text: `Open at ${lines(block)}`,
    'aria-label': `Open quote ${block.n} in ${block.title} at ${lines(block)}`,
  });
  const place = element('p', { class: 'place' }, [
    element('cite', { text: block.heading ? `${block.title} › ${block.heading}` : block.title }),
    ' · ',
    open,
  ]);
  if (block.url)
    place.append(
      ' · ',
      element('a', { href: block.url, rel: 'noreferrer noopener', target: '_blank', text: 'Source' }),
    );
  if (block.date) place.append(` · checked ${block.date}`);
  const words = element('p', {}, [
    element('span', { class: 'number', text: `[${block.n}] ` }),
    `\u201c${block.quote.replace(/\s+/g, ' ')}\u201d`,
  ]);
  return element('blockquote', {}, [words, place]);
}

function table({ caption, columns, rows }) {
  const head = element(
    'tr',
    {},
    columns.map((column) => element('th', { scope: 'col', text: column })),
  );
  const body = rows.map((row) =>
    element(
      'tr',
      {},
      row.map((cell) => element('td', { text: cell })),
    ),
  );
  return element('div', { class: 'scroll' }, [
    element('table', {}, [
      element('caption', { text: caption }),
      element('thead', {}, [head]),
      element('tbody', {}, body),
    ]),
  ]);
}

function block(part, generation) {
  switch (part.kind) {
    case 'heading':
      return element('h3', { text: part.text });
    case 'text':
      return element('p', { text: part.text });
    case 'note':
      return element('p', { class: 'note', text: part.text });
    case 'list':
      return element(
        'ul',
        {},
        part.items.map((item) => element('li', { text: item })),
      );
    case 'quote':
      return quote(part, generation);
    case 'table':
      return table(part);
    default:
      return element('p', { text: JSON.stringify(part) });
  }
}

function retrieval(retrieved) {
  const head = element(
    'tr',
    {},
    ['Passage', 'Score', 'Meaning', 'Words'].map((text) => element('th', { scope: 'col', text })),
  );
  const rows = retrieved.map(({ path, heading, text, score, dense, lexical }) => {
    const excerpt = element('details', {}, [
      element('summary', { text: heading ? `${path} › ${heading}` : path }),
      element('p', { text }),
    ]);
    const scores = [score, dense, lexical].map((value) => element('td', { class: 'score', text: value.toFixed(3) }));
    return element('tr', {}, [element('td', {}, [excerpt]), ...scores]);
  });
  const caption = element('caption', {
    text: 'Ranked passages with fused score, cosine (meaning) and share of attainable BM25 (words)',
  });
  const panel = element('table', {}, [caption, element('thead', {}, [head]), element('tbody', {}, rows)]);
  return element('details', { class: 'retrieval' }, [
    element('summary', { text: 'Show retrieval' }),
    element('div', { class: 'scroll' }, [panel]),
  ]);
}

function render({ reply, answer }) {
  const title = element('h2', { text: reply.title, tabindex: '-1' });
  const parts = reply.blocks.map((part) => block(part, answer.index.generation));
  const asked = element('p', { class: 'asked', text: `You asked: ${answer.question}` });
  const article = element('article', { class: 'answer', 'aria-label': reply.title }, [
    asked,
    title,
    ...parts,
    retrieval(answer.retrieved),
  ]);
  answers.prepend(article);
  title.focus();
}

async function ask(question) {
  button.disabled = true;
  status.textContent = 'Looking through the documents';
  try {
    const response = await fetch('/api/ask', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ question }),
    });
    const body = await response.json();
    if (!response.ok) throw new Error(body.error);
    status.textContent = 'Answer ready';
    render(body);
    field.value = '';
  } catch (error) {
    status.textContent = `No answer: ${error.message}. Your question is still in the box.`;
  } finally {
    button.disabled = false;
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const question = field.value.trim();
  if (question && !button.disabled) void ask(question);
});

field.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});

fetch('/api/about')
  .then((response) => response.json())
  .then((about) => {
    document.getElementById('about').textContent =
      `${about.documents} documents, ${about.passages} passages, index ${about.generation}, ${about.vectorIndex}, model ${about.model}.`;
  })
  .catch(() => {});
