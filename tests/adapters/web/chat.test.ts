import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWebServer, type WebServer } from '../../../src/adapters/web/server.ts';
import { PRODUCT_DIRECTORY } from '../../../src/product.ts';
import { CHROMIUM, launchBrowser } from '../../support/browser.ts';
import { openRealAdvisor, type RealAdvisor } from '../../support/real-advisor.ts';

let advisor: RealAdvisor;
let web: WebServer;
const decisions = mkdtempSync(join(tmpdir(), 'advisor-decisions-'));

beforeAll(async () => {
  advisor = await openRealAdvisor();
  web = await startWebServer({
    port: 0,
    pageDirectory: join(PRODUCT_DIRECTORY, 'src/adapters/web/page'),
    answerQuestion: advisor.answerQuestion,
    library: () => advisor.library,
    decisionsDirectory: decisions,
    logger: pino({ level: 'silent' }),
  });
});

afterAll(async () => {
  await web?.close();
  await advisor?.close();
  rmSync(decisions, { recursive: true, force: true });
});

if (!CHROMIUM)
  console.log('skipped: the web chat in a browser, for lack of a Chromium (install Debian\'s "chromium" to run it)');

describe.skipIf(!CHROMIUM)('the web chat in a browser', () => {
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await launchBrowser(CHROMIUM as string);
    page = await browser.newPage({ viewport: { width: 375, height: 740 } });
    page.on('console', (message) => {
      if (message.type() === 'error' || /Content Security Policy/.test(message.text())) complaints.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(web.url)) complaints.push(`asked for ${request.url()}`);
    });
  });
  afterAll(() => browser?.close());

  it('is usable by keyboard alone: ask, read, open a quote at its span', async () => {
    await page.goto(web.url);
    // Skip link, then the question.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    const focused = await page.evaluate('document.activeElement.id || document.activeElement.tagName');
    if (focused !== 'question') await page.focus('#question');
    await page.keyboard.type('Should I use PyTorch or TensorFlow for a research prototype?');
    await page.keyboard.press('Enter');
    await page.waitForSelector('article h2');
    expect(await page.textContent('article h2')).toContain('PyTorch');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H2');
    expect(await page.locator('article blockquote').count()).toBeGreaterThanOrEqual(2);
    expect(await page.textContent('#status')).toBe('Answer ready');

    const quote = ((await page.textContent('article blockquote p')) ?? '').replace(/^\[1\] /, '').slice(1, -1);
    let name = '';
    for (let presses = 0; presses < 10 && !name.startsWith('Open quote'); presses++) {
      await page.keyboard.press('Tab');
      name = String(await page.evaluate('document.activeElement.getAttribute("aria-label") ?? ""'));
    }
    expect(name).toMatch(/^Open quote 1 in .+ at lines? \d+/);
    await page.keyboard.press('Enter');
    await page.waitForSelector('mark#quote');
    const marked = (await page.locator('mark').allTextContents()).join(' ');
    expect(marked.replace(/\s+/g, ' ')).toBe(quote);
    expect(await page.locator('mark#quote').isVisible()).toBe(true);
  });

  it('fits a phone and shows the retrieval scores', async () => {
    await page.goto(web.url);
    await page.fill('#question', 'Can I run a PyTorch model on a phone?');
    await page.click('button[type=submit]');
    await page.waitForSelector('article');
    await page.click('details.retrieval > summary');
    expect(await page.locator('details.retrieval tbody tr').count()).toBeGreaterThan(3);
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(overflow).toBeLessThanOrEqual(0);
  });

  it('answers its own question back, tells why, and compares', async () => {
    await page.goto(web.url);
    await page.fill('#question', 'PyTorch or TensorFlow?');
    await page.click('button[type=submit]');
    await page.waitForSelector('article .choices button[data-action=refine]');
    const first = await page.textContent('article h2');
    await page.click('article .choices button[data-action=refine] >> text=/microcontroller/i');
    await page.locator('article').nth(1).waitFor();
    const refined = page.locator('article').first();
    expect(await refined.textContent()).toContain('microcontroller');
    expect(await refined.locator('h2').textContent()).not.toBe(first);
    await refined.locator('button[data-action=why]').click();
    await refined.locator('.detail blockquote').first().waitFor();
    expect(await refined.locator('.detail').textContent()).toContain('(rule ');
    await refined.locator('button[data-action=compare]').click();
    await refined.locator('.detail table').waitFor();
    expect(await refined.locator('.detail tbody tr').count()).toBeGreaterThan(8);
  });

  it('asks again when a weight is moved', async () => {
    await page.goto(web.url);
    await page.fill('#question', 'PyTorch or TensorFlow for production?');
    await page.click('button[type=submit]');
    await page.waitForSelector('article details.weights');
    await page.click('article details.weights > summary');
    await page.locator('article details.weights input').first().fill('3');
    await page.locator('article').nth(1).waitFor();
    expect(await page.locator('article').first().locator('h2').textContent()).toContain('Recommendation');
  });

  it('shows markup of the question as text', async () => {
    await page.goto(web.url);
    await page.fill('#question', '<img src=x onerror="document.title=1"> PyTorch or TensorFlow?');
    await page.click('button[type=submit]');
    await page.waitForSelector('article');
    expect(await page.locator('article img').count()).toBe(0);
    expect(await page.title()).toBe('Framework Advisor');
  });

  it('asked nobody else for anything and broke no policy', () => {
    expect(complaints).toEqual([]);
  });
});

describe('the web server', () => {
  it('saves a decision as a record that can be found again', async () => {
    const { listDecisions, searchDecisions } = await import('../../../src/recommendation/decision-record.ts');
    const asked = { question: 'PyTorch or TensorFlow for a research prototype?', action: 'save' };
    const response = await fetch(`${web.url}/api/action`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(asked),
    });
    expect(response.status).toBe(200);
    expect(listDecisions(decisions)).toHaveLength(1);
    expect(searchDecisions(decisions, 'pytorch research')).toHaveLength(1);
  });

  const post = (
    body: string,
    headers: Record<string, string> = { 'content-type': 'application/json' },
  ): Promise<Response> => fetch(`${web.url}/api/ask`, { method: 'POST', body, headers });

  it('sends a strict content security policy with every page', async () => {
    for (const path of ['/', '/app.js', '/document?path=x', '/nowhere']) {
      const policy = (await fetch(web.url + path)).headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain('unsafe');
    }
  });

  it('answers what it cannot read with a reason', async () => {
    expect((await post('not json')).status).toBe(400);
    expect((await post('{"question": 7}')).status).toBe(400);
    expect((await post('null')).status).toBe(400);
    expect((await post(JSON.stringify({ question: 'x'.repeat(70_000) }))).status).toBe(413);
    expect((await post('{}', { 'content-type': 'text/plain' })).status).toBe(405);
    expect((await fetch(`${web.url}/document?path=../../etc/passwd`)).status).toBe(404);
  });

  it('refuses a foreign host name, as DNS rebinding would use', async () => {
    const { request } = await import('node:http');
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const { port } = new URL(web.url);
      request({ host: '127.0.0.1', port, path: '/api/about', headers: { host: 'attacker.example' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .once('error', reject)
        .end();
    });
    expect(status).toBe(421);
  });

  it('never renders markup of a document', async () => {
    const { documentPage } = await import('../../../src/adapters/web/document-page.ts');
    const text = '<script>alert(1)</script>\n<img src=x onerror=alert(2)>\n';
    const facts = {
      title: '<b>t</b>',
      frameworks: [],
      topics: [],
      sources: [],
      checked: null,
      stance: null,
      favours: {},
    };
    const page = documentPage({ ...facts, path: 'a"b.md', text, hash: '' }, 3, 30);
    expect(page).not.toMatch(/<script>|<img|<b>t/);
    expect(page.match(/<mark/g)).toHaveLength(2);
  });
});
