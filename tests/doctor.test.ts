import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../src/config.ts';
import { examine, type Finding } from '../src/doctor.ts';
import { contactedHosts } from '../src/egress.ts';
import { currentGeneration } from '../src/knowledge/generation.ts';
import { PRODUCT_DIRECTORY } from '../src/product.ts';
import { SHARED_INDEX } from './support/build-shared-index.ts';
import { runScript } from './support/run.ts';

const MODEL = join(PRODUCT_DIRECTORY, 'models/all-MiniLM-L6-v2');
let folder: string;
let good: Record<string, string>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'advisor-doctor-'));
  good = { INDEX_DIR: SHARED_INDEX, MODEL_DIR: MODEL, STATE_DIR: join(folder, 'state') };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function finding(name: string, changed: Record<string, string>, version?: string): Promise<Finding> {
  const findings = await examine(readConfig({ ...good, ...changed }), version);
  return findings.find((found) => found.name === name) as Finding;
}

describe('the doctor', () => {
  it('finds nothing wrong where nothing is', async () => {
    const findings = await examine(readConfig(good));
    expect(findings.filter(({ state }) => state === 'failure')).toEqual([]);
    expect(findings.map(({ name }) => name)).toEqual([
      'node',
      'model',
      'native module',
      'index',
      'disk space',
      'folders',
      'Slack',
      'Discord',
    ]);
  });

  it('names an old Node', async () => {
    for (const version of ['18.20.1', '20.18.3']) {
      expect(await finding('node', {}, version)).toMatchObject({
        state: 'failure',
        remedy: expect.stringContaining('20.19'),
      });
    }
    for (const version of ['20.19.0', '22.1.0', '24.0.0'])
      expect(await finding('node', {}, version)).toMatchObject({ state: 'ok' });
  });

  it('names a model that is missing or changed, down to the file', async () => {
    expect(await finding('model', { MODEL_DIR: folder })).toMatchObject({
      state: 'failure',
      detail: expect.stringContaining('model.json'),
      remedy: expect.stringContaining('MODEL_DIR'),
    });
    const copy = join(folder, 'model');
    cpSync(MODEL, copy, { recursive: true });
    const file = join(copy, 'tokenizer.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"', "'"));
    expect(await finding('model', { MODEL_DIR: copy })).toMatchObject({
      state: 'failure',
      detail: expect.stringContaining('tokenizer.json'),
    });
  });

  it('names an index that is missing or damaged, down to the file', async () => {
    const remedy = expect.stringContaining('build:index');
    expect(await finding('index', { INDEX_DIR: join(folder, 'none') })).toMatchObject({ state: 'failure', remedy });
    const index = join(folder, 'index');
    cpSync(SHARED_INDEX, index, { recursive: true });
    truncateSync(join(index, (await currentGeneration(index)) as string, 'vectors.f32'), 1_000);
    expect(await finding('index', { INDEX_DIR: index })).toMatchObject({
      state: 'failure',
      detail: expect.stringContaining('vectors.f32'),
      remedy,
    });
  });

  it('names folders that cannot be written', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(await finding('folders', { STATE_DIR: join(folder, 'file/state') })).toMatchObject({
      state: 'failure',
      remedy: expect.stringContaining('writable'),
    });
  });

  it('warns of a disk that is nearly full', async () => {
    const small = join(folder, 'small');
    mkdirSync(small);
    const command = `mount -t tmpfs -o size=8m small "${small}" && "${process.execPath}" --import tsx scripts/doctor.ts --json`;
    const { stdout, status } = spawnSync('unshare', ['-rm', 'sh', '-c', command], {
      cwd: PRODUCT_DIRECTORY,
      env: { PATH: process.env.PATH ?? '', ...good, INDEX_DIR: small },
      encoding: 'utf8',
    });
    // Not every system lets its users mount.
    if (stdout === '' || status === null) return;
    const found = (JSON.parse(stdout) as Finding[]).find(({ name }) => name === 'disk space');
    expect(found).toMatchObject({
      state: 'warning',
      detail: expect.stringContaining('8 MB are free'),
      remedy: expect.any(String),
    });
  }, 60_000);

  it('warns when the native module is missing', async () => {
    vi.doMock('hnswlib-node', () => {
      throw new Error('not installed');
    });
    vi.resetModules();
    const { examine: examineAgain } = await import('../src/doctor.ts');
    const found = (await examineAgain(readConfig(good))).find(({ name }) => name === 'native module');
    vi.doUnmock('hnswlib-node');
    vi.resetModules();
    expect(found).toMatchObject({ state: 'warning', remedy: expect.stringContaining('npm rebuild hnswlib-node') });
  });

  it.each([
    ['Slack', { SLACK_BOT_TOKEN: 'xoxb-1' }, 'failure', 'SLACK_APP_TOKEN'],
    ['Slack', { SLACK_APP_TOKEN: 'xapp-1' }, 'failure', 'SLACK_BOT_TOKEN'],
    ['Slack', { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_HTTP_PORT: '3001' }, 'failure', 'SLACK_SIGNING_SECRET'],
    ['Slack', { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' }, 'ok', ''],
    ['Slack', {}, 'ok', ''],
    ['Discord', { DISCORD_TOKEN: 'not a token of discord at all' }, 'failure', 'Developer Portal'],
    ['Discord', { DISCORD_TOKEN: `${'a'.repeat(24)}.${'b'.repeat(6)}.${'c'.repeat(30)}` }, 'warning', 'deploy:discord'],
    ['Discord', {}, 'ok', ''],
  ] as [string, Record<string, string>, string, string][])(
    'judges the tokens of %s: %j',
    async (name, settings, state, remedy) => {
      const found = await finding(name, settings);
      expect(found).toMatchObject({ state });
      expect(found.remedy ?? '').toContain(remedy);
      expect(JSON.stringify(found)).not.toContain(Object.values(settings)[0] ?? 'nothing to hide');
    },
  );

  it('says so on the terminal, and ends with 1 where something is broken', async () => {
    const fine = await runScript('scripts/doctor.ts', [], good);
    expect(fine.stdout).toMatch(/^ok {6}node/m);
    expect(fine.code).toBe(0);
    const broken = await runScript('scripts/doctor.ts', [], { ...good, MODEL_DIR: folder });
    expect(broken.stdout).toMatch(/^failure model.*\n +what to do: restore/m);
    expect(broken.code).toBe(1);
  }, 60_000);
});

describe('egress', () => {
  it('lists every host of the settings, and none without tokens', () => {
    expect(contactedHosts(readConfig({}))).toEqual([]);
    const token = `${'a'.repeat(24)}.${'b'.repeat(6)}.${'c'.repeat(30)}`;
    const hosts = (settings: Record<string, string>): string[] =>
      contactedHosts(readConfig(settings)).map(({ host }) => host);
    expect(hosts({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' })).toEqual([
      'slack.com',
      'wss-primary.slack.com',
      'hooks.slack.com',
    ]);
    expect(hosts({ SLACK_BOT_TOKEN: 'xoxb-1' })).toEqual(['slack.com', 'hooks.slack.com']);
    expect(hosts({ DISCORD_TOKEN: token, DISCORD_API_URL: 'https://proxy.example' })).toEqual(['proxy.example']);
    expect(hosts({ DISCORD_TOKEN: token })).toEqual(['discord.com', 'gateway.discord.gg']);
    expect(hosts({ ALLOW_REMOTE_MODELS: 'true' })).toEqual(['huggingface.co']);
  });

  it('proves that answers reach nothing', async () => {
    const { stdout, code } = await runScript('scripts/doctor.ts', ['--egress'], good);
    expect(stdout).toContain('no host is contacted with these settings');
    expect(stdout).toContain(
      '3 questions were answered with every way out watched and shut: 0 names looked up, 0 connections tried',
    );
    expect(code).toBe(0);
  }, 60_000);

  it('sees and shuts every way out that there is', async () => {
    const script = `
      import { watchContacts } from '${PRODUCT_DIRECTORY}/src/egress.ts';
      const contacts = watchContacts();
      const [dns, dnsPromises, net, tls, http, https, dgram] = await Promise.all(
        ['dns', 'dns/promises', 'net', 'tls', 'http', 'https', 'dgram'].map((name) => import('node:' + name)));
      const quiet = (emitter) => new Promise((resolve) => emitter.once('error', resolve).once('connect', () => resolve('CONNECTED')));
      const outcomes = await Promise.all([
        fetch('https://fetch.invalid/').catch((error) => error.cause ?? error),
        new Promise((resolve) => dns.lookup('lookup.invalid', resolve)),
        new Promise((resolve) => dns.resolve4('resolve.invalid', resolve)),
        dnsPromises.lookup('promise.invalid').catch((error) => error),
        quiet(net.connect(80, 'net.invalid')),
        quiet(net.createConnection({ host: '192.0.2.1', port: 81 })),
        quiet(tls.connect({ host: 'tls.invalid', port: 443 })),
        quiet(http.get('http://http.invalid:8080/')),
        quiet(https.get('https://https.invalid/')),
      ]);
      dgram.createSocket('udp4').send('x', 53, '192.0.2.9');
      const server = net.createServer((socket) => socket.end()).listen(0, '127.0.0.1', async () => {
        const own = await quiet(net.connect(server.address().port, '127.0.0.1'));
        console.log(JSON.stringify({ contacts, own, codes: outcomes.map((error) => error?.code ?? String(error)) }));
        process.exit(0);
      });`;
    const args = ['--import', 'tsx', '--input-type=module', '-e', script];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: PRODUCT_DIRECTORY });
    const { contacts, own, codes } = JSON.parse(stdout) as {
      contacts: { lookups: string[]; connections: string[] };
      own: string;
      codes: string[];
    };
    expect(own).toBe('CONNECTED');
    expect(new Set(codes)).toEqual(new Set(['EACCES']));
    const seen = [...contacts.lookups, ...contacts.connections].join('\n');
    for (const name of [
      'fetch.invalid',
      'lookup.invalid',
      'resolve.invalid',
      'promise.invalid',
      'net.invalid',
      '192.0.2.1:81',
      'tls.invalid',
      'http.invalid:8080',
      'https.invalid',
      '192.0.2.9',
    ])
      expect(seen).toContain(name);
  }, 60_000);
});
