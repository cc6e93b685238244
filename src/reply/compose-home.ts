import { CANDIDATE_NAMES, type CandidateId, FRAMEWORKS, RUNTIMES } from '../recommendation/candidate.ts';
import { composeHelp } from './compose-help.ts';
import type { Reply } from './reply.ts';

/** What the bot knows and how it is set, for the page that introduces it. */
export interface HomeFacts {
  readonly documents: number;
  readonly passages: number;
  readonly generation: string;
  /** ISO date and time at which the generation was built. */
  readonly built: string;
  /** ISO date of the document that was checked last, or null when none says. */
  readonly checked: string | null;
  readonly asksPerMinute: number;
  readonly administrators: number;
  /** Whether who looks is one of them. */
  readonly canAdminister: boolean;
}

const named = (ids: readonly CandidateId[]): string => ids.map((id) => CANDIDATE_NAMES[id]).join(', ');

/** The page that introduces the bot: what it knows, as of when, how it is used and set. */
export function composeHome(facts: HomeFacts): Reply {
  const { documents, passages, generation, built, checked, asksPerMinute, administrators, canAdminister } = facts;
  const help = composeHelp(null);
  const knows = [
    `${documents} documents in ${passages} passages`,
    ...(checked ? [`Documents checked until ${checked}`] : []),
    `Frameworks compared: ${named(FRAMEWORKS)}`,
    `Runtimes compared: ${named(RUNTIMES)}`,
    `Index ${generation}, built ${built.slice(0, 16).replace('T', ' ')} UTC`,
  ];
  const set = [
    `Each person may ask ${asksPerMinute} times a minute`,
    administrators === 0 ? 'No administrator is named (ADMIN_USERS)' : `Administrators named: ${administrators}`,
    ...(canAdminister ? ['You are an administrator: /index shows, rebuilds and rolls back what I answer from'] : []),
    'Threads that I answered in are followed without a mention, unless an administrator switched that off in the channel',
  ];
  return {
    ...help,
    title: 'Framework Advisor',
    blocks: [
      ...help.blocks,
      { kind: 'heading', text: 'What I know' },
      { kind: 'list', items: knows },
      { kind: 'heading', text: 'Settings' },
      { kind: 'list', items: set },
    ],
  };
}
