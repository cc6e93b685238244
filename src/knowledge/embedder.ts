/** Changes when the same text and model give another vector (pooling, weights): older embeddings are then not reused. */
export const EMBEDDING_SCHEME = 2;

/** What is embedded of one passage. */
export interface PassageInput {
  /** Title and headings: read by the model before the text, so that the passage is understood in its place. */
  readonly context: string;
  /** The passage, as its sentences in order. */
  readonly sentences: readonly string[];
}

/** A stretch of a question with what it counts for; 1 is plain. */
export interface QuestionPart {
  readonly text: string;
  readonly weight: number;
}

/**
 * Unit vectors of one passage from one run of the model: of the whole, and of each sentence as understood in its
 * passage (the mean over the sentence's own token states; "late chunking", arXiv 2409.04701). A sentence past the
 * model's length limit gets the passage's vector.
 */
export interface PassageEmbedding {
  readonly passage: Float32Array;
  readonly sentences: readonly Float32Array[];
}

/** Turns text into unit vectors. Two implementations: in this process, and a pool of child processes. */
export interface Embedder {
  readonly dimensions: number;
  /** The unit vector of a question read as one text, each part's tokens counting by its weight. Throws EMBEDDING_FAILED. */
  embedQuestion(parts: readonly QuestionPart[]): Promise<Float32Array>;
  /** Embeddings in the order of the input. Inputs of like length run fastest together. Throws EMBEDDING_FAILED. */
  embedPassages(passages: readonly PassageInput[]): Promise<PassageEmbedding[]>;
  close(): Promise<void>;
}
