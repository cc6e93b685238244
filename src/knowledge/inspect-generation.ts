import { AdvisorError } from '../errors.ts';
import { FILES } from './generation-files.ts';
import { type LoadedAhead, loadFolder } from './load-knowledge-base.ts';
import { type Expected, type LoadedRows, type LoadedTexts, loadRows, loadTexts } from './load-parts.ts';
import type { Model } from './model.ts';
import { sentenceCosine } from './sentence-vectors.ts';
import { topHits } from './top-list.ts';
import { cosineAt, createExactIndex, FOUND, NEAREST } from './vector-index.ts';
import type { Fingerprint } from './verified-file.ts';

/** Known answers asked of a generation. */
const PROBES = 50;
/** Share of the true nearest passages that the graph must find. */
const MIN_RECALL = 0.95;
/** Passages not found by their own vectors: a graph promises nearly all, not each. */
const MAX_LOST = 1;
/** Cosines closer than this are ties: which of them is named is chance. */
const TIE = 1e-4;

export interface Inspection {
  readonly generation: string;
  readonly documents: number;
  readonly passages: number;
  readonly probes: number;
  /** Share of the nearest 10 by exact scan that the vector index names; 1 where it is the exact scan. */
  readonly recall: number;
}

/** What was loaded and looked at while the generation was made. */
export interface InspectedAhead extends LoadedAhead {
  readonly sentences: number;
  readonly probes: readonly Probe[];
}

/** A passage asked for by its own vector. */
interface Probe {
  readonly position: number;
  readonly question: Float32Array;
  /** The true scores of the passages nearest to it, best first. */
  readonly truth: readonly number[];
}

/**
 * What of an inspection need not wait for the graph and the manifest: each file is read when it is said to be written.
 * Throws INDEX_DAMAGED or INDEX_REJECTED.
 */
export async function inspectAhead(directory: string, written: Expected): Promise<InspectedAhead> {
  const files: Record<string, Fingerprint> = {};
  const expected = async (name: string): Promise<Fingerprint | undefined> => {
    const file = await written(name);
    if (file) files[name] = file;
    return file;
  };
  const texts = await loadTexts(directory, expected);
  const sentences = countSentences(texts, 'in the making');
  const passages = texts.passages.length;
  const dimensions = ((await expected(FILES.vectors))?.bytes ?? 0) / 4 / Math.max(1, passages);
  if (!Number.isInteger(dimensions)) reject('in the making', 'its vectors are not of its passages');
  const rows = await loadRows(directory, expected, dimensions, passages, sentences);
  return { files, texts, sentences, rows, probes: probesOf(rows) };
}

/**
 * Loads a generation as a bot would and asks it what it must know: every file's hash and count, each probed passage
 * found by its own vector, spans inside their documents, the graph's recall. Throws INDEX_DAMAGED, INDEX_MISMATCH or
 * INDEX_REJECTED with the reason. `ahead` is what was inspected of it while it was made.
 */
export async function inspectGeneration(
  directory: string,
  generation: string,
  model: Model,
  ahead?: InspectedAhead,
): Promise<Inspection> {
  const knowledge = await loadFolder(directory, generation, model, [], ahead);
  const sentences = ahead?.sentences ?? countSentences(knowledge, generation);
  const { counts } = knowledge.manifest;
  if (sentences !== counts.sentences)
    reject(generation, `it counts ${counts.sentences} sentences and holds ${sentences}`);
  const { passages, vectors, vectorIndex } = knowledge;
  const probes = ahead?.probes ?? probesOf(knowledge);
  let lost = 0;
  let found = 0;
  let wanted = 0;
  for (const [probe, { position, question, truth }] of probes.entries()) {
    const length = Math.hypot(...question);
    if (!(Math.abs(length - 1) < 1e-2))
      reject(generation, `the vector of passage ${position} has length ${length}, expected 1`);
    // Compared with our own vectors: what the graph says of its distances is of the graph's vectors, whosever they are.
    const named = vectorIndex.search(question, NEAREST).ids.map((id) => cosineAt(vectors, question, id));
    if (!(Math.max(...named) > FOUND) && ++lost > MAX_LOST) {
      reject(
        generation,
        `${lost} of ${probe + 1} passages are not found by their own vectors, passage ${position} too`,
      );
    }
    const last = (truth[truth.length - 1] as number) - TIE;
    wanted += truth.length;
    found += Math.min(truth.length, named.filter((score) => score >= last).length);
    const row = passages.at(position)?.firstSentence as number;
    if (Number.isNaN(sentenceCosine(knowledge.sentenceVectors, question, row))) {
      reject(generation, `the sentence vectors of passage ${position} are not numbers`);
    }
  }
  const recall = wanted === 0 ? 1 : found / wanted;
  if (recall < MIN_RECALL) {
    reject(
      generation,
      `its vector graph finds ${(recall * 100).toFixed(1)} % of the nearest passages, expected ${MIN_RECALL * 100} %`,
    );
  }
  return { generation, documents: knowledge.documents.size, passages: passages.length, probes: probes.length, recall };
}

/** Some passages, evenly spread, with what an exact search finds for them. */
function probesOf(rows: LoadedRows): Probe[] {
  const { count, dimensions, data } = rows.vectors;
  const nearest = exactSearch(rows);
  const probes = Math.min(PROBES, count);
  return Array.from({ length: probes }, (_, probe) => {
    const position = Math.floor((probe * count) / probes);
    const question = data.slice(position * dimensions, (position + 1) * dimensions);
    return { position, question, truth: nearest(question) };
  });
}

/** The true scores of the nearest passages: by the fast kernel where the rows allow it. */
function exactSearch({ vectors, kernel }: LoadedRows): (question: Float32Array) => readonly number[] {
  if (!kernel) {
    const exact = createExactIndex(vectors);
    return (question) => exact.search(question, NEAREST).scores;
  }
  const all = Uint32Array.from({ length: vectors.count }, (_, position) => position);
  return (question) => {
    kernel.ask(question);
    return topHits(all, vectors.count, kernel.passages(), NEAREST).scores;
  };
}

/** The sentences of all passages, whose places are looked at on the way. */
function countSentences(
  { documents, passages }: Pick<LoadedTexts, 'documents' | 'passages'>,
  generation: string,
): number {
  let row = 0;
  for (const { id, path, start, end, sentences, firstSentence } of passages) {
    const document = documents.get(path);
    if (!document) return reject(generation, `passage ${id} belongs to ${path}, which is not among its documents`);
    const isInside = start < end && end <= document.text.length;
    if (!isInside || firstSentence !== row) reject(generation, `passage ${id} of ${path} has a place that cannot be`);
    row += sentences.length;
  }
  return row;
}

function reject(generation: string, reason: string): never {
  throw new AdvisorError('INDEX_REJECTED', `generation ${generation} is not fit to serve: ${reason}`);
}
