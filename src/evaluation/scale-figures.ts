import { join } from 'node:path';
import { loadHnswlib } from '../knowledge/hnsw-index.ts';
import { type KnowledgeBase, passageText } from '../knowledge/knowledge-base.ts';
import { FILES } from '../knowledge/load-knowledge-base.ts';
import { createExactIndex } from '../knowledge/vector-index.ts';
import { searchDense } from '../retrieval/dense-search.ts';
import { createQuery, retrieve } from '../retrieval/retriever.ts';

export interface SearchFigures {
  readonly name: string;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Share of the ten nearest by exact search that are among the ten found; null where more than nearness ranks. */
  readonly recall: number | null;
}

const NEAREST = 10;
/** What the retriever asks of the vectors. */
const WANTED = 60;
/** Positions of the exact search; a tie may be named either way. */
const TIE = 1e-6;
const WARM_UP = 50;

/**
 * Times and recall of one question after the other: our vector search, exact search, the bare library with the same
 * graph, and the whole retrieval. All in one run, on the same questions.
 */
export async function measureSearch(
  knowledge: KnowledgeBase,
  directory: string,
  questions: readonly Float32Array[],
): Promise<SearchFigures[]> {
  const exact = createExactIndex(knowledge.vectors);
  const truth = new Map(questions.map((question) => [question, exact.search(question, NEAREST)]));
  const measure = (name: string, search: (question: Float32Array) => readonly number[]): SearchFigures => {
    const times: number[] = [];
    let found = 0;
    let wanted = 0;
    for (const question of questions.slice(0, WARM_UP)) search(question);
    for (const question of questions) {
      const started = performance.now();
      const ids = search(question);
      times.push(performance.now() - started);
      const { ids: nearest, scores } = truth.get(question) as { ids: readonly number[]; scores: readonly number[] };
      const least = (scores.at(-1) as number) - TIE;
      wanted += nearest.length;
      for (const id of ids.slice(0, NEAREST)) found += cosine(knowledge, question, id) >= least ? 1 : 0;
    }
    times.sort((a, b) => a - b);
    const at = (share: number): number => times[Math.floor(times.length * share)] as number;
    return { name, p50: at(0.5), p99: at(0.99), recall: Math.min(1, found / wanted) };
  };
  const rows = [
    measure('vector search, 60 nearest', (question) => searchDense(knowledge, question, WANTED).nearest.ids),
    measure('exact search, 10 nearest', (question) => exact.search(question, NEAREST).ids),
  ];
  const hnswlib = await loadHnswlib();
  if (knowledge.kernel) {
    const scanned: KnowledgeBase = { ...knowledge, vectorIndex: exact };
    rows.push(measure('SIMD scan, 60 nearest', (question) => searchDense(scanned, question, WANTED).nearest.ids));
  }
  if (hnswlib && FILES.graph in knowledge.manifest.files) {
    const graph = new hnswlib.HierarchicalNSW('ip', knowledge.vectors.dimensions);
    await graph.readIndex(join(directory, FILES.graph));
    const bare = (ef: number, nearest: number): void => {
      graph.setEf(ef);
      const search = (question: Float32Array): number[] => graph.searchKnn([...question], nearest).neighbors;
      rows.push(measure(`bare hnswlib-node, ef ${ef}, ${nearest} nearest`, search));
    };
    bare(NEAREST, NEAREST);
    bare(64, NEAREST);
    bare(64, WANTED);
    bare(128, NEAREST);
  }
  const words = new Map(
    questions.map((question) => [question, wordsNear(knowledge, truth.get(question)?.ids[0] ?? 0)]),
  );
  const whole = measure('whole retrieval, 10 passages', (question) => {
    const query = createQuery(knowledge, [{ text: words.get(question) as string, weight: 1 }], question);
    return retrieve(knowledge, query, NEAREST).map(({ position }) => position);
  });
  return [...rows, { ...whole, recall: null }];
}

function cosine({ vectors: { data, dimensions } }: KnowledgeBase, question: Float32Array, position: number): number {
  let sum = 0;
  for (let d = 0; d < dimensions; d++) sum += (question[d] as number) * (data[position * dimensions + d] as number);
  return sum;
}

/** A question's words: some of a passage that it is about. */
function wordsNear(knowledge: KnowledgeBase, position: number): string {
  const passage = knowledge.passages.at(position);
  return passage ? passageText(knowledge, passage).split(' ').slice(0, 12).join(' ') : 'nothing';
}
