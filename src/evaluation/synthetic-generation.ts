import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Document, sha256 } from '../knowledge/document.ts';
import { allocateEmbeddingRows } from '../knowledge/embedding-rows.ts';
import { generationName, nextCreation, publish } from '../knowledge/generation.ts';
import { withIndexLock } from '../knowledge/index-lock.ts';
import type { KeywordText } from '../knowledge/keyword-terms.ts';
import { type KnowledgeBase, passageText, type StoredPassage } from '../knowledge/knowledge-base.ts';
import { INDEX_FORMAT } from '../knowledge/manifest.ts';
import type { Model } from '../knowledge/model.ts';
import { createGenerationWriter } from '../knowledge/write-generation.ts';
import { newPassages } from '../knowledge/write-passages.ts';
import { seeded } from './ranking-metrics.ts';

export interface SyntheticOptions {
  /** A real generation: its vectors are the centres of the clusters, its texts give the words; its rules are kept. */
  readonly real: KnowledgeBase;
  readonly model: Model;
  readonly indexDirectory: string;
  readonly passages: number;
  readonly seed: number;
}

const PASSAGES_PER_DOCUMENT = 8;
const SENTENCES = 3;
const WORDS_PER_SENTENCE = 14;
/** Words that no other passage has: a vocabulary grows with its corpus. */
const OWN_WORDS = 1;
/** Length of what is added to a centre of length 1: cosines of about 0.8 within a cluster, as neighbours of real corpora have. */
const SPREAD = 0.75;

/** Publishes a generation of any size, for measurements: vectors clustered around real ones, texts of real words. */
export async function publishSynthetic(options: SyntheticOptions): Promise<string> {
  const { real, model, indexDirectory, passages: count } = options;
  const random = seeded(options.seed);
  const vocabulary = Array.from(
    real.passages,
    (passage) => passageText(real, passage).match(/[\p{L}\p{N}]+/gu) ?? ['word'],
  );
  const documents: Document[] = [];
  const passages: StoredPassage[] = [];
  const rows = allocateEmbeddingRows(model.dimensions, count, count * SENTENCES);
  const texts = new Map<number, KeywordText>();
  for (let at = 0; at < count; at++) {
    const place = at % PASSAGES_PER_DOCUMENT;
    if (place === 0) documents.push(emptyDocument(documents.length));
    const document = documents[documents.length - 1] as Document & { text: string };
    const cluster = Math.floor(random() * real.passages.length);
    const words = vocabulary[cluster] as string[];
    const sentences = Array.from({ length: SENTENCES }, () => sentence(words, at, random));
    const heading = `Part ${place}`;
    document.text += `## ${heading}\n`;
    let offset = document.text.length;
    const spans = sentences.map((text) => {
      const span = { start: offset, end: offset + text.length };
      offset += text.length + 1;
      return span;
    });
    document.text += `${sentences.join(' ')}\n\n`;
    const text = sentences.join(' ');
    const key = sha256(`${options.seed} ${at}`).slice(0, 32);
    const [start, end] = [spans[0]?.start as number, spans.at(-1)?.end as number];
    const { path, title } = document;
    const own = { id: key.slice(0, 16), path, title, heading, start, end, sentences: spans };
    passages.push({ ...own, key, firstSentence: at * SENTENCES });
    texts.set(at, { context: `${title} ${heading}`, text });
    const passage = near(centreAt(real, cluster), SPREAD, random);
    rows.put(at, at * SENTENCES, { passage, sentences: spans.map(() => near(passage, SPREAD / 2, random)) });
  }
  for (const document of documents as { text: string; hash: string }[]) document.hash = sha256(document.text);
  return withIndexLock(indexDirectory, async (lease) => {
    const temporary = join(indexDirectory, `.tmp-${process.pid}`);
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary, { recursive: true });
    const inputs = sha256(`synthetic ${options.seed} ${count}`);
    const created = await nextCreation(indexDirectory);
    const writer = createGenerationWriter(temporary);
    await writer.writeTexts({
      documents,
      plan: { passages: newPassages(passages), texts, earlierTerms: null },
      attachments: real.attachments,
      report: { parser: 0, files: [], skipped: [] },
      stamps: '[]\n',
    });
    const manifest = await writer.finish(rows, null, {
      format: INDEX_FORMAT,
      generation: generationName(created, inputs),
      created: created.toISOString(),
      model: { id: model.id, hash: model.hash },
      inputs,
      corpus: ['synthetic'],
      parent: null,
      skipped: [],
    });
    await publish(indexDirectory, temporary, manifest, lease);
    return manifest.generation;
  });
}

/** Questions for it: vectors near random passages, as far from them as a question is. */
export function syntheticQuestions({ vectors }: KnowledgeBase, count: number, seed: number): Float32Array[] {
  const random = seeded(seed);
  const { data, dimensions } = vectors;
  return Array.from({ length: count }, () => {
    const at = Math.floor(random() * vectors.count);
    return near(data.subarray(at * dimensions, (at + 1) * dimensions), SPREAD, random);
  });
}

function centreAt({ vectors: { data, dimensions } }: KnowledgeBase, position: number): Float32Array {
  return data.subarray(position * dimensions, (position + 1) * dimensions);
}

function emptyDocument(number: number): Document {
  const title = `Synthetic document ${number}`;
  return {
    path: `synthetic/${String(number).padStart(6, '0')}.md`,
    text: `# ${title}\n\n`,
    title,
    frameworks: [],
    topics: [],
    sources: [],
    checked: null,
    stance: null,
    favours: {},
    blocks: [],
    hash: '',
  };
}

function sentence(words: readonly string[], number: number, random: () => number): string {
  const chosen = Array.from({ length: WORDS_PER_SENTENCE }, () => words[Math.floor(random() * words.length)]);
  const own = Array.from({ length: OWN_WORDS }, (_, at) => `w${number}x${at}`);
  return `${[...chosen, ...own].join(' ')}.`;
}

/** A unit vector at some distance from a centre of length 1. */
function near(centre: Float32Array, spread: number, random: () => number): Float32Array {
  const vector = Float32Array.from(centre, () => random() + random() + random() - 1.5);
  const scale = spread / Math.hypot(...vector);
  for (const [d, value] of centre.entries()) vector[d] = (vector[d] as number) * scale + value;
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
