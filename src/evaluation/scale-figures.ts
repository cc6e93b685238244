import { join } from 'node:path';
import MiniSearch from 'minisearch';
import { FILES } from '../knowledge/generation-files.ts';
import { loadHnswlib } from '../knowledge/hnsw-index.ts';
import { type KnowledgeBase, passageText } from '../knowledge/knowledge-base.ts';
import { readLabels } from '../knowledge/load-knowledge-base.ts';
import { createExactIndex } from '../knowledge/vector-index.ts';
import { searchDense } from '../retrieval/dense-search.ts';
import { correctTerms, weighTerms } from '../retrieval/query.ts';
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
/** Questions of a library that takes a tenth of a second for each. */
const FEW = 40;

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
  const measure = (
    name: string,
    search: (question: Float32Array) => readonly number[],
    asked = questions,
  ): SearchFigures => {
    const times: number[] = [];
    let found = 0;
    let wanted = 0;
    for (const question of asked.slice(0, WARM_UP)) search(question);
    for (const question of asked) {
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
    const labels = await readLabels(join(directory, FILES.labels), knowledge.vectors.count);
    const bare = (ef: number, nearest: number): void => {
      graph.setEf(ef);
      const search = (question: Float32Array): number[] =>
        graph.searchKnn([...question], nearest).neighbors.map((label) => labels[label] as number);
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
  const alone = measure('our keywords alone, 10 passages', (question) => {
    const terms = weighTerms([{ text: words.get(question) as string, weight: 1 }]);
    return [...knowledge.keywordIndex.search(terms, NEAREST).ids];
  });
  // Every question with slips of its own: nothing is found among those looked up before.
  let typed = 0;
  const slips = measure('our keywords, each word mistyped or cut', (question) => {
    typed++;
    const terms = weighTerms([{ text: mistyped(words.get(question) as string, typed), weight: 1 }]);
    return [...knowledge.keywordIndex.search(correctTerms(terms, knowledge.keywordIndex), NEAREST).ids];
  });
  const mini = miniSearchOf(knowledge);
  const search = (options: object) => (question: Float32Array) =>
    mini
      .search(words.get(question) as string, options)
      .slice(0, NEAREST)
      .map(({ id }) => Number(id));
  const few = questions.slice(0, FEW);
  const others = [
    measure('MiniSearch alone', search({}), few),
    measure('MiniSearch, fuzzy 0.2 and prefix', search({ fuzzy: 0.2, prefix: true }), few),
  ];
  return [...rows, ...[whole, alone, slips, ...others].map((row) => ({ ...row, recall: null }))];
}

/** The well-known library over the same passages, as its documentation sets it up. */
function miniSearchOf(knowledge: KnowledgeBase): MiniSearch {
  const mini = new MiniSearch({ fields: ['text'] });
  Array.from(knowledge.passages, (passage, id) => mini.add({ id, text: passageText(knowledge, passage) }));
  return mini;
}

/** The words with their second and third letters swapped or their last two cut, and a letter that no other call has. */
function mistyped(text: string, call: number): string {
  return text.replace(/[a-z]{5,}/gi, (word, at: number) => {
    if ((at + call) % 3 === 0) return word.slice(0, -2);
    if ((at + call) % 3 === 1) return `${word[0]}${word[2]}${word[1]}${word.slice(3)}`;
    const place = 1 + ((at + call) % (word.length - 1));
    return `${word.slice(0, place)}${String.fromCharCode(97 + (call % 26))}${word.slice(place)}`;
  });
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
