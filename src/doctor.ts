import { access, constants, mkdir, statfs } from 'node:fs/promises';
import { slackMode } from './adapters/slack/settings.ts';
import type { Settings } from './config.ts';
import { messageOf } from './errors.ts';
import { createIndexAdministration } from './index-administration.ts';
import { loadHnswlib } from './knowledge/hnsw-index.ts';
import { readModel } from './knowledge/model.ts';
import { verifyModel } from './knowledge/verify-model.ts';

/** One thing looked at: fine, worth knowing, or broken with what to do. */
export interface Finding {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'failure';
  readonly detail: string;
  readonly remedy: string | null;
}

/** Bytes: an index of 100,000 passages, twice. */
const DISK_WANTED = 2 * 1024 ** 3;

/** Looks at everything the bot needs, in the order in which it needs it. Never throws. */
export async function examine(settings: Settings, version = process.versions.node): Promise<Finding[]> {
  const ok = (name: string, detail: string): Finding => ({ name, state: 'ok', detail, remedy: null });
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const findings: Finding[] = [
    major > 20 || (major === 20 && minor >= 19)
      ? ok('node', version)
      : { name: 'node', state: 'failure', detail: version, remedy: 'install Node 20.19 or later' },
  ];
  const look = async (
    name: string,
    remedy: string,
    check: () => Promise<string>,
    state: Finding['state'] = 'failure',
  ) => {
    findings.push(
      await check().then(
        (detail) => ok(name, detail),
        (thrown: unknown): Finding => ({ name, state, detail: messageOf(thrown), remedy }),
      ),
    );
  };
  await look('model', 'restore models/ from the repository, or set MODEL_DIR', async () => {
    const model = await readModel(settings.MODEL_DIR);
    await verifyModel(model);
    return `${model.id}, ${Object.keys(model.files).length} files with the right hashes`;
  });
  await look(
    'native module',
    'npm rebuild hnswlib-node (needs python3, make and g++); an exact scan serves meanwhile',
    async () => {
      if (!(await loadHnswlib())) throw new Error('hnswlib-node does not load');
      return 'hnswlib-node loads';
    },
    'warning',
  );
  await look('index', 'npm run build:index, or npm run index -- rollback', async () => {
    const { generation, passages, recall } = await createIndexAdministration(settings).verify();
    return `${generation}: ${passages} passages, recall ${recall.toFixed(3)}`;
  });
  await look(
    'disk space',
    'free some space: a build writes a whole new index beside the old one',
    async () => {
      await mkdir(settings.INDEX_DIR, { recursive: true });
      const { bavail, bsize } = await statfs(settings.INDEX_DIR);
      if (bavail * bsize < DISK_WANTED)
        throw new Error(`${Math.round((bavail * bsize) / 1e6)} MB are free in ${settings.INDEX_DIR}`);
      return `${Math.round((bavail * bsize) / 1e9)} GB free`;
    },
    'warning',
  );
  await look('folders', 'make the folder writable for the user that runs the bot', async () => {
    for (const folder of [settings.INDEX_DIR, settings.STATE_DIR]) {
      await mkdir(folder, { recursive: true });
      await access(folder, constants.R_OK | constants.W_OK);
    }
    return `${settings.INDEX_DIR} and ${settings.STATE_DIR} can be written`;
  });
  findings.push(slackFinding(settings), discordFinding(settings));
  return findings;
}

/** The settings' own shape is checked by readConfig; here, what belongs together. */
function slackFinding(settings: Settings): Finding {
  const name = 'Slack';
  try {
    const mode = slackMode(settings);
    if (!mode) return { name, state: 'ok', detail: 'not connected (no token)', remedy: null };
    const way = mode.http ? 'HTTP' : 'Socket Mode';
    return { name, state: 'ok', detail: `${way}; the tokens have the right shape`, remedy: null };
  } catch (thrown) {
    const [, ...problems] = messageOf(thrown).split('\n  ');
    return {
      name,
      state: 'failure',
      detail: 'settings that belong together are missing',
      remedy: problems.join('; '),
    };
  }
}

function discordFinding({ DISCORD_TOKEN, DISCORD_APPLICATION_ID }: Settings): Finding {
  const name = 'Discord';
  if (!DISCORD_TOKEN) return { name, state: 'ok', detail: 'not connected (no token)', remedy: null };
  if (!/^[\w-]{20,}\.[\w-]{5,}\.[\w-]{20,}$/.test(DISCORD_TOKEN)) {
    return {
      name,
      state: 'failure',
      detail: 'DISCORD_TOKEN has not the shape of a bot token',
      remedy: 'copy it again: Developer Portal, Bot, Reset Token',
    };
  }
  return DISCORD_APPLICATION_ID
    ? { name, state: 'ok', detail: 'the token has the right shape', remedy: null }
    : {
        name,
        state: 'warning',
        detail: 'DISCORD_APPLICATION_ID is not set',
        remedy: 'set it: npm run deploy:discord needs it',
      };
}
