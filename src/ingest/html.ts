import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { createTextBuilder, type ExtractedText, type TextBuilder } from './extracted-text.ts';

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

/** Elements that hold no prose of the page. */
const DROPPED = new Set(
  'script style template noscript svg math canvas iframe object embed form button select input textarea dialog head nav footer aside audio video'.split(
    ' ',
  ),
);
/** Roles and class names that site generators give to what surrounds the page's text. */
const SURROUNDING_ROLES = new Set(['navigation', 'banner', 'contentinfo', 'search', 'complementary', 'menu', 'dialog']);
const SURROUNDING_NAME =
  /(?:^|[\s_-])(?:nav|navbar|navigation|sidebar|breadcrumbs?|toc|headerlink|cookie|cookies|banner|advert|footer|menu|skip-link|sphinxsidebar|related|edit-page|prev-next)(?:$|[\s_-])/i;
const INLINE_BREAKS = new Set(['br', 'wbr']);
const BLOCKS = new Set(
  'p div section article main li dt dd blockquote figure figcaption details summary header ul ol dl td th caption address center body html tr tbody thead table pre h1 h2 h3 h4 h5 h6 hr'.split(
    ' ',
  ),
);
const SIGNS = [...'0123456789+-=()n'];
const SUPERSCRIPTS = new Map([...'⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ'].map((raised, at) => [SIGNS[at] as string, raised]));
const SUBSCRIPTS = new Map([...'₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙ'].map((lowered, at) => [SIGNS[at] as string, lowered]));
/** Elements within elements; deeper trees are attacks on recursion. */
const MAX_DEPTH = 400;

/** A text in the making; where its links lead is told after the block that they stand in, so that its words stay whole. */
interface Page extends TextBuilder {
  readonly targets: Set<string>;
}

function createPage(): Page {
  const builder = createTextBuilder();
  const targets = new Set<string>();
  return {
    ...builder,
    targets,
    add(kind, text, depth) {
      builder.add(kind, text, depth);
      // A picture that leads somewhere has no words.
      if (targets.size > 0 && text.trim() !== '') builder.add('item', [...targets].join(' '));
      targets.clear();
    },
  };
}

/** The prose of a page: navigation, scripts, forms and hidden parts are dropped and counted; link targets stay as text. */
export function extractHtml(html: string, encoding: string | null): ExtractedText {
  const tree = parse(html, { sourceCodeLocationInfo: true, scriptingEnabled: false });
  const page = createPage();
  const root = elements(tree).find(({ tagName }) => tagName === 'html');
  const body = root && elements(root).find(({ tagName }) => tagName === 'body');
  const head = root && elements(root).find(({ tagName }) => tagName === 'head');
  const title = head && elements(head).find(({ tagName }) => tagName === 'title');
  const main = body && (findMain(body, 0) ?? body);
  if (main) walk(main, page, 0, 'paragraph');
  return page.build({
    title: title ? inlineText(title, page, 0) : null,
    language: (root && attribute(root, 'lang')?.slice(0, 2).toLowerCase()) || null,
    encoding,
  });
}

function elements(node: Node): Element[] {
  return 'childNodes' in node ? node.childNodes.filter((child): child is Element => 'tagName' in child) : [];
}

function attribute({ attrs }: Element, name: string): string | undefined {
  return attrs.find((attr) => attr.name === name)?.value;
}

/** The page's own marking of its text, when there is exactly one. */
function findMain(element: Element, depth: number): Element | null {
  if (element.tagName === 'main' || attribute(element, 'role') === 'main') return element;
  if (depth > 40) return null;
  for (const child of elements(element)) {
    const found = findMain(child, depth + 1);
    if (found) return found;
  }
  return null;
}

function isDropped(element: Element, page: Page): boolean {
  const style = attribute(element, 'style') ?? '';
  const role = attribute(element, 'role') ?? '';
  const name = `${attribute(element, 'class') ?? ''} ${attribute(element, 'id') ?? ''}`;
  const isHidden =
    attribute(element, 'hidden') !== undefined ||
    attribute(element, 'aria-hidden') === 'true' ||
    /display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])|opacity\s*:\s*0(?![.\d]*[1-9])/i.test(
      style,
    );
  const kind = isHidden
    ? 'hidden parts'
    : DROPPED.has(element.tagName)
      ? `<${element.tagName}> elements`
      : SURROUNDING_ROLES.has(role) ||
          (SURROUNDING_NAME.test(name) && element.tagName !== 'body' && element.tagName !== 'main')
        ? 'navigation parts'
        : null;
  if (kind) page.removed[kind] = (page.removed[kind] ?? 0) + 1;
  return kind !== null;
}

function walk(element: Element, page: Page, depth: number, prose: 'paragraph' | 'item'): void {
  if (depth > MAX_DEPTH) return;
  let run = '';
  let line = element.sourceCodeLocation?.startLine;
  const flush = (): void => {
    if (run.trim() !== '') {
      if (line) page.at(`line ${line} of the page's source`);
      page.add(prose, run);
    }
    run = '';
  };
  for (const child of element.childNodes) {
    if (!('tagName' in child) || !hasBlocks(child, 0)) {
      if (run.trim() === '') line = child.sourceCodeLocation?.startLine ?? line;
      run += inlineText(child, page, depth + 1);
      continue;
    }
    if (isDropped(child, page)) continue;
    flush();
    const { tagName } = child;
    const heading = /^h([1-6])$/.exec(tagName);
    const start = child.sourceCodeLocation?.startLine;
    if (start && (heading || tagName === 'pre' || tagName === 'table')) page.at(`line ${start} of the page's source`);
    if (heading) page.add('heading', inlineText(child, page, depth + 1), Number(heading[1]));
    else if (tagName === 'pre') page.add('code', inlineText(child, page, depth + 1));
    else if (tagName === 'table' && !elements(child).some((part) => containsTag(part, 'table', 0))) {
      page.add('table', rows(child, page, depth + 1).join('\n'));
    } else walk(child, page, depth + 1, tagName === 'li' || tagName === 'dd' || tagName === 'dt' ? 'item' : prose);
  }
  flush();
}

function hasBlocks(element: Element, depth: number): boolean {
  return BLOCKS.has(element.tagName) || (depth < 60 && elements(element).some((child) => hasBlocks(child, depth + 1)));
}

function containsTag(element: Element, tag: string, depth: number): boolean {
  return (
    depth < 60 && (element.tagName === tag || elements(element).some((child) => containsTag(child, tag, depth + 1)))
  );
}

function rows(element: Element, page: Page, depth: number): string[] {
  if (element.tagName !== 'tr') {
    return depth > MAX_DEPTH || isDropped(element, page)
      ? []
      : elements(element).flatMap((child) => rows(child, page, depth + 1));
  }
  const cells = elements(element).map((cell) =>
    inlineText(cell, page, depth + 1)
      .replace(/\s+/g, ' ')
      .trim(),
  );
  return cells.some(Boolean) ? [cells.join(' | ')] : [];
}

/** Text of inline content; the target of a link is kept for the end of the block, when it says more than its words. */
function inlineText(node: Node, page: Page, depth: number): string {
  if (node.nodeName === '#text' && 'value' in node) return node.value;
  if (!('tagName' in node) || depth > MAX_DEPTH || isDropped(node, page)) return '';
  if (INLINE_BREAKS.has(node.tagName)) return '\n';
  const text = node.childNodes.map((child) => inlineText(child, page, depth + 1)).join('');
  const target = node.tagName === 'a' ? attribute(node, 'href') : undefined;
  if (node.tagName === 'sup') return inSigns(text, SUPERSCRIPTS);
  if (node.tagName === 'sub') return inSigns(text, SUBSCRIPTS);
  const isPilcrow = /^[\s#\u00b6\uf0c1]*$/.test(text);
  if (node.tagName === 'a' && isPilcrow) return '';
  if (target && /^https?:\/\//i.test(target) && !text.includes(target)) page.targets.add(target);
  return text;
}

/** "2⁷" is not "27". What has no such sign stays as it is: a note's mark, a word. */
function inSigns(text: string, signs: ReadonlyMap<string, string>): string {
  const plain = [...text.replace(/\s/g, '').replaceAll('\u2212', '-')];
  return plain.every((sign) => signs.has(sign)) ? plain.map((sign) => signs.get(sign)).join('') : text;
}
