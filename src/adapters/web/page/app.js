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

function lines({ startLine, endLine, place }) {
  if (place) return place;
  return startLine === endLine ? `line ${startLine}` : `lines ${startLine}-${endLine}`;
}

function quote(block, generation) {
  const span = block.start === undefined ? { quote: block.quote } : { start: block.start, end: block.end };
  const where = new URLSearchParams({ generation, path: block.path, ...span });
  const open = element('a', {
    href: `/document?${where}#quote`,
    text: `Open at ${lines(block)}`,
    'aria-label': `Open quote ${block.n} in ${block.title} at ${lines(block)}`,
  });
  const place = element('p', { class: 'place' }, [
    element('cite', { text: block.heading ? `${block.title} › ${block.heading}` : block.title }),
    ...(block.file ? [` · ${block.file}`] : []),
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
    const summary = element('summary', { text: heading ? `${path} › ${heading}` : path });
    const scores = [score, dense, lexical].map((value) => element('td', { class: 'score', text: value.toFixed(3) }));
    return element('tr', {}, [
      element('td', {}, [element('details', {}, [summary, element('p', { text })])]),
      ...scores,
    ]);
  });
  const caption = element('caption', {
    text: 'Ranked passages: fused score, cosine (meaning), share of attainable BM25 (words)',
  });
  const panel = element('table', {}, [caption, element('thead', {}, [head]), element('tbody', {}, rows)]);
  return element('details', { class: 'retrieval' }, [
    element('summary', { text: 'Show retrieval' }),
    element('div', { class: 'scroll' }, [panel]),
  ]);
}

/** The priorities that can be weighed: [requirement id, label]. */
let priorityNames = [];

async function send(path, body) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answered = await response.json();
  if (!response.ok) throw new Error(answered.error);
  return answered;
}

/** Runs one request with the page's controls held, and says how it went. */
async function during(text, work) {
  button.disabled = true;
  status.textContent = text;
  try {
    await work();
  } catch (error) {
    status.textContent = `No answer: ${error.message}. Your question is still in the box.`;
  } finally {
    button.disabled = false;
  }
}

function ask(asked) {
  return during('Looking through the documents', async () => {
    render(await send('/api/ask', asked), asked);
    status.textContent = 'Answer ready';
    field.value = '';
  });
}

function detail(article, generation, asked, { action, value }) {
  return during('Looking closer', async () => {
    const { reply } = await send('/api/action', { ...asked, action, value });
    article.querySelector('.detail')?.remove();
    const title = element('h3', { text: reply.title, tabindex: '-1' });
    article.append(
      element('section', { class: 'detail', 'aria-label': reply.title }, [
        title,
        ...reply.blocks.map((part) => block(part, generation)),
      ]),
    );
    title.focus();
    status.textContent = 'Ready';
  });
}

/** Buttons for what the reply offers; feedback belongs to the chat platforms. */
function choices(reply, article, generation, asked) {
  const offered = reply.choices.filter(({ action }) =>
    ['refine', 'why', 'case-against', 'compare', 'save'].includes(action),
  );
  const buttons = offered.map((choice) => {
    const made = element('button', { type: 'button', text: choice.label, 'data-action': choice.action });
    made.addEventListener('click', () => {
      if (choice.action === 'refine')
        ask({ ...asked, requirements: [...new Set([...asked.requirements, choice.value])] });
      else detail(article, generation, asked, choice);
    });
    return made;
  });
  return element('div', { class: 'choices' }, buttons);
}

/** A slider per priority: the same question with other weights. */
function weights(asked) {
  const rows = priorityNames.map(([id, label]) => {
    const input = element('input', {
      type: 'range',
      min: '0',
      max: '3',
      step: '0.5',
      value: String(asked.priorities[id] ?? 1),
      id: `weight-${id}-${answers.childElementCount}`,
    });
    input.addEventListener('change', () => {
      const wanted = Number(input.value);
      const requirements =
        wanted > 1 ? [...new Set([...asked.requirements, id])] : asked.requirements.filter((known) => known !== id);
      ask({ ...asked, requirements, priorities: { ...asked.priorities, [id]: wanted } });
    });
    return element('p', { class: 'weight' }, [element('label', { for: input.id, text: label }), input]);
  });
  return element('details', { class: 'weights' }, [element('summary', { text: 'Move the weights' }), ...rows]);
}

function render({ reply, answer }, asked) {
  const title = element('h2', { text: reply.title, tabindex: '-1' });
  const { generation } = answer.index;
  const line = element('p', { class: 'asked', text: `You asked: ${answer.question}` });
  const article = element('article', { class: 'answer', 'aria-label': reply.title }, [
    line,
    title,
    ...reply.blocks.map((part) => block(part, generation)),
  ]);
  article.append(choices(reply, article, generation, asked));
  if (answer.recommendation) article.append(weights(asked));
  article.append(retrieval(answer.retrieved));
  answers.prepend(article);
  title.focus();
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const question = field.value.trim();
  if (question && !button.disabled) ask({ question, requirements: [], priorities: {} });
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
    priorityNames = about.priorities;
    document.getElementById('about').textContent =
      `${about.documents} documents, ${about.passages} passages, index ${about.generation}, ${about.vectorIndex}, model ${about.model}.`;
  })
  .catch(() => {});
