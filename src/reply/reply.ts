/**
 * What a platform shows, without saying how: built once by `compose-reply.ts`, rendered by one pure function per
 * platform. All strings are plain text; renderers escape them. Quotes are exact spans of stored documents.
 */
export type Block =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | QuoteBlock
  | {
      readonly kind: 'table';
      readonly caption: string;
      readonly columns: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: 'note'; readonly text: string };

export interface QuoteBlock {
  readonly kind: 'quote';
  /** The number that the rest of the reply refers to. */
  readonly n: number;
  readonly quote: string;
  readonly title: string;
  readonly heading: string;
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  /** Page or cell, for formats whose lines say nothing; else null. */
  readonly place?: string | null;
  /** The file's name below its corpus folder, where no link leads to a source. */
  readonly file?: string | null;
  /** Character offsets into the stored document, `end` exclusive; absent where only the lines are known. */
  readonly start?: number;
  readonly end?: number;
  readonly url: string | null;
  readonly date: string | null;
}

/** A thing the reader can do next; platforms show it as a button, a select entry or a link. */
export interface Choice {
  readonly label: string;
  readonly action:
    | 'refine'
    | 'case-against'
    | 'compare'
    | 'why'
    | 'retrieval'
    | 'save'
    | 'share'
    | 'notify'
    | 'feedback';
  /** What the action needs: a requirement id, candidates, of feedback the number of citations. Empty when nothing. */
  readonly value: string;
}

export interface Reply {
  readonly kind: 'answer' | 'abstention' | 'help' | 'failure';
  /** Same index, rules, question and requirements give the same id; empty for help and failures. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
  readonly choices: readonly Choice[];
}
