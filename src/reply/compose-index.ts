import type { IndexAdministration, IndexStatus } from '../index-administration.ts';
import type { Block, Reply } from './reply.ts';

type GenerationDiff = Awaited<ReturnType<IndexAdministration['diff']>>;

/** Paths named of each kind of change. */
const SHOWN = 10;

/** The generations that there are, which one serves, and whether one is being built. */
export function composeStatus({ current, generations, builder }: IndexStatus): Reply {
  const rows = generations.map(({ name, created, documents, passages, skipped, problem }) => [
    name,
    name === current ? 'serves' : 'kept',
    created?.slice(0, 16).replace('T', ' ') ?? 'unknown',
    problem ?? `${documents} documents, ${passages} passages, ${skipped} files skipped`,
  ]);
  const building = builder === null ? 'No build is running.' : `A build is running (process ${builder}).`;
  return indexReply('Index status', [
    rows.length === 0
      ? { kind: 'text', text: 'There is no generation yet.' }
      : {
          kind: 'table',
          caption: 'Generations, newest first',
          columns: ['Generation', 'State', 'Built', 'Content'],
          rows,
        },
    { kind: 'text', text: building },
  ]);
}

/** What changed between two generations. */
export function composeDiff({ from, to, documents, passages }: GenerationDiff): Reply {
  const blocks: Block[] = [
    { kind: 'text', text: `From ${from} to ${to}.` },
    {
      kind: 'text',
      text: `Passages: ${passages.added} added, ${passages.removed} removed, ${passages.kept} kept.`,
    },
  ];
  for (const what of ['added', 'removed', 'changed'] as const) {
    const paths = documents[what];
    if (paths.length === 0) continue;
    blocks.push({ kind: 'heading', text: `Documents ${what}: ${paths.length}` });
    const rest = paths.length > SHOWN ? [`and ${paths.length - SHOWN} more`] : [];
    blocks.push({ kind: 'list', items: [...paths.slice(0, SHOWN), ...rest] });
  }
  if (blocks.length === 2) blocks.push({ kind: 'text', text: 'No document changed.' });
  return indexReply('What changed', blocks);
}

/** That a build or a rollback is done, in the words of the one who did it. */
export function composeIndexDone(what: 'rebuilt' | 'rolled back', detail: string): Reply {
  const text = what === 'rebuilt' ? 'The new generation serves within seconds.' : `Generation ${detail} serves now.`;
  const blocks: Block[] = [{ kind: 'text', text }];
  if (what === 'rebuilt' && detail !== '') blocks.unshift({ kind: 'text', text: detail });
  return indexReply(what === 'rebuilt' ? 'Index rebuilt' : 'Rolled back', blocks);
}

/** That an index action failed: the reason and the assurance that nothing was lost. */
export function composeIndexFailed(action: string, reason: string): Reply {
  return {
    ...indexReply(`The ${action} failed`, [
      { kind: 'text', text: reason },
      { kind: 'text', text: 'The index that served before serves on.' },
    ]),
    kind: 'failure',
  };
}

function indexReply(title: string, blocks: readonly Block[]): Reply {
  return { kind: 'help', id: '', title, blocks, choices: [] };
}
