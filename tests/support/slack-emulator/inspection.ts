import type { Link, Ping } from './text-rules.ts';

export interface Finding {
  /** The code that Slack answers; null for a rule of the house, which Slack itself would let pass. */
  readonly error: string | null;
  readonly pointer: string;
  readonly message: string;
}

/** Collects what is wrong with one payload, and what in it would ping or link. */
export interface Inspection {
  readonly findings: readonly Finding[];
  readonly pings: readonly Ping[];
  readonly links: readonly Link[];
  /** Characters of all texts in all blocks so far. */
  characters: number;
  markdownCharacters: number;
  focused: number;
  tables: number;
  /** Slack refuses the payload: the surface's own code (`invalid_blocks`, `invalid_arguments`). */
  invalid(pointer: string, message: string): void;
  /** Slack refuses the payload with a code of its own. */
  refused(error: string, pointer: string, message: string): void;
  /** Slack lets it pass, users see the damage. */
  broken(pointer: string, message: string): void;
  ping(token: string, where: string): void;
  link(url: string, label: string | null, where: string, automatic: boolean): void;
  /** Records an id that must occur once. */
  unique(kind: 'block_id' | 'action_id', id: string, pointer: string): void;
}

/** Starts an inspection whose schema failures answer with `code`. */
export function createInspection(code: 'invalid_blocks' | 'invalid_arguments'): Inspection {
  const findings: Finding[] = [];
  const pings: Ping[] = [];
  const links: Link[] = [];
  const ids = new Set<string>();
  const inspection: Inspection = {
    findings,
    pings,
    links,
    characters: 0,
    markdownCharacters: 0,
    focused: 0,
    tables: 0,
    invalid: (pointer, message) => findings.push({ error: code, pointer, message }),
    refused: (error, pointer, message) => findings.push({ error, pointer, message }),
    broken(pointer, message) {
      if (!findings.some((one) => one.pointer === pointer && one.message === message))
        findings.push({ error: null, pointer, message });
    },
    ping: (token, where) => pings.push({ token, where }),
    link(url, label, where, automatic) {
      links.push({ url, label, where, automatic });
      if (!/^(?:https?:|mailto:|tel:|slack:|www\.)/i.test(url))
        inspection.broken(where, `links to ${url.slice(0, 40)}`);
    },
    unique(kind, id, pointer) {
      if (ids.has(`${kind} ${id}`)) inspection.invalid(pointer, `${kind} "${id}" already exists in the payload`);
      ids.add(`${kind} ${id}`);
    },
  };
  return inspection;
}
