import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { buildKnowledgeBase } from '../knowledge/build-knowledge-base.ts';
import { sha256 } from '../knowledge/document.ts';
import type { Embedder } from '../knowledge/embedder.ts';
import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import { loadKnowledgeBase } from '../knowledge/load-knowledge-base.ts';
import type { Model } from '../knowledge/model.ts';
import type { Hits } from '../knowledge/top-list.ts';
import { parseQuestion } from '../question/parse-question.ts';
import { expandQuestion } from '../retrieval/expansion.ts';
import { createQuery, retrieve } from '../retrieval/retriever.ts';
import type { LabelledSet } from './labelled-set.ts';
import { confidenceInterval, type Interval, mean, ndcg, recall } from './ranking-metrics.ts';

/** The three rankings that are compared. `fused` is what the product uses. */
export const RANKINGS = ['keywords', 'vectors', 'fused'] as const;
export type Ranking = (typeof RANKINGS)[number];

export interface RankingFigures {
  readonly ndcg10: number;
  readonly ndcg10Interval: Interval;
  readonly recall100: number;
}

export interface SetFigures {
  readonly set: string;
  readonly queries: number;
  readonly documents: number;
  readonly passages: number;
  readonly figures: Readonly<Record<Ranking, RankingFigures>>;
  /** Fused less the other, nDCG@10, query by query: mean and interval. */
  readonly fusedAgainst: Readonly<
    Record<'keywords' | 'vectors', { readonly difference: number; readonly interval: Interval }>
  >;
}

export interface EvaluationOptions {
  readonly name: string;
  readonly set: LabelledSet;
  readonly model: Model;
  /** Where the set's index is kept between runs. */
  readonly cacheDirectory: string;
  readonly openEmbedder: () => Promise<Embedder>;
  readonly lanes: number;
  readonly onProgress: (done: number, total: number) => void;
  /** Keeps only some queries, for instance one split; all when absent. */
  readonly only?: (query: string) => boolean;
}

/** Passages looked at for one query: enough that their documents fill 100 ranks. */
const DEPTH = 500;

/**
 * Runs a labelled set through the product's own build and retrieval and scores documents by their best passage. The
 * set's documents become plain-text files (title, blank line, text), as an operator's own would be.
 */
export async function evaluateSet(options: EvaluationOptions): Promise<SetFigures> {
  const { set, only } = options;
  const { knowledge, idOf } = await openSet(options);
  const embedder = await options.openEmbedder();
  const queries = set.queries.filter(({ text }) => only?.(text) ?? true);
  const values: Record<Ranking, { ndcg: number[]; recall: number[] }> = {
    keywords: { ndcg: [], recall: [] },
    vectors: { ndcg: [], recall: [] },
    fused: { ndcg: [], recall: [] },
  };
  try {
    for (const { id, text } of queries) {
      const parts = expandQuestion(parseQuestion(text));
      const query = createQuery(knowledge, parts, await embedder.embedQuestion(parts));
      const grades = set.grades.get(id) as ReadonlyMap<string, number>;
      const rankings: Record<Ranking, readonly number[]> = {
        keywords: knowledge.keywordIndex.search(query.terms, DEPTH).ids,
        vectors: knowledge.vectorIndex.search(query.vector, DEPTH).ids,
        fused: retrieve(knowledge, query, DEPTH).map(({ position }) => position),
      };
      for (const ranking of RANKINGS) {
        const documents = documentsOf(knowledge, rankings[ranking], idOf);
        values[ranking].ndcg.push(ndcg(documents, grades, 10));
        values[ranking].recall.push(recall(documents, grades, 100));
      }
    }
  } finally {
    await embedder.close();
  }
  const figures = (ranking: Ranking): RankingFigures => ({
    ndcg10: mean(values[ranking].ndcg),
    ndcg10Interval: confidenceInterval(values[ranking].ndcg),
    recall100: mean(values[ranking].recall),
  });
  const against = (ranking: 'keywords' | 'vectors'): { difference: number; interval: Interval } => {
    const differences = values.fused.ndcg.map((value, at) => value - (values[ranking].ndcg[at] as number));
    return { difference: mean(differences), interval: confidenceInterval(differences) };
  };
  return {
    set: options.name,
    queries: queries.length,
    documents: knowledge.documents.size,
    passages: knowledge.passages.length,
    figures: { keywords: figures('keywords'), vectors: figures('vectors'), fused: figures('fused') },
    fusedAgainst: { keywords: against('keywords'), vectors: against('vectors') },
  };
}

/** Documents in the order of their best passages. */
function documentsOf(knowledge: KnowledgeBase, positions: Hits['ids'], idOf: (path: string) => string): string[] {
  const ids = new Set<string>();
  for (const position of positions) ids.add(idOf(knowledge.passages.at(position)?.path ?? ''));
  return [...ids];
}

async function openSet(
  options: EvaluationOptions,
): Promise<{ knowledge: KnowledgeBase; idOf: (path: string) => string }> {
  const { set, model } = options;
  const name = sha256(JSON.stringify(set.documents)).slice(0, 16);
  const corpus = join(options.cacheDirectory, name, 'corpus');
  const indexDirectory = join(options.cacheDirectory, name, 'index');
  if (!existsSync(join(options.cacheDirectory, name, 'complete'))) {
    await rm(corpus, { recursive: true, force: true });
    await mkdir(corpus, { recursive: true });
    for (const [at, { title, text }] of set.documents.entries()) {
      if (title.trim() !== '' || text.trim() !== '')
        await writeFile(join(corpus, fileName(at)), `${title}\n\n${text}\n`);
    }
    await writeFile(join(options.cacheDirectory, name, 'complete'), '');
  }
  const attachments = { version: '', make: async () => new Map<string, string>() };
  await buildKnowledgeBase({ corpus: [corpus], indexDirectory, model, attachments, ...pick(options) });
  const { knowledge } = await loadKnowledgeBase(indexDirectory, model);
  return { knowledge, idOf: (path) => set.documents[Number.parseInt(basename(path), 10)]?.id ?? '' };
}

function pick({
  openEmbedder,
  lanes,
  onProgress,
}: EvaluationOptions): Pick<EvaluationOptions, 'openEmbedder' | 'lanes' | 'onProgress'> {
  return { openEmbedder, lanes, onProgress };
}

function fileName(at: number): string {
  return `${String(at).padStart(7, '0')}.txt`;
}
