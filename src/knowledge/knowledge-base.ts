import type { DocumentFacts, Place } from './document.ts';
import type { DotKernel } from './dot-kernel.ts';
import type { KeywordIndex } from './keyword-index.ts';
import type { Manifest } from './manifest.ts';
import type { Passage } from './passage.ts';
import type { PassageList } from './passage-table.ts';
import type { SentenceVectors } from './sentence-vectors.ts';
import type { VectorIndex, Vectors } from './vector-index.ts';

/** A document as a generation keeps it: what a quote is a span of, whatever became of the file since. */
export interface StoredDocument extends DocumentFacts {
  readonly path: string;
  readonly text: string;
  readonly places?: readonly Place[];
  readonly hash: string;
}

/** A passage at its place in a generation. Positions count from 0 and are the ids of both indexes. */
export interface StoredPassage extends Passage {
  /** Hash of everything that went into its embedding: equal keys, equal vectors. */
  readonly key: string;
  /** Row of its first sentence in the sentence vectors; the others follow. */
  readonly firstSentence: number;
}

/** One generation of the index, loaded: immutable, so that an answer sees one generation from start to end. */
export interface KnowledgeBase {
  readonly manifest: Manifest;
  readonly documents: ReadonlyMap<string, StoredDocument>;
  readonly passages: PassageList;
  readonly vectors: Vectors;
  readonly sentenceVectors: SentenceVectors;
  readonly vectorIndex: VectorIndex;
  /** Fast comparison with the rows above; null for a model whose vectors it cannot take. */
  readonly kernel: DotKernel | null;
  readonly keywordIndex: KeywordIndex;
  /** Files that the builder was given to keep beside the index (the resolved rules), by name. */
  readonly attachments: ReadonlyMap<string, string>;
}

/** A passage's text: an exact span of its stored document. */
export function passageText(knowledge: KnowledgeBase, passage: Passage): string {
  return (knowledge.documents.get(passage.path) as StoredDocument).text.slice(passage.start, passage.end);
}
