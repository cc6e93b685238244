import type { Manifest } from './manifest.ts';

/** The files of a generation beside its manifest. Attachments are any others. */
export const FILES = {
  /** Documents: what is known of each, their texts, their structure. A load reads the first two; builds need all. */
  documents: 'documents.jsonl',
  texts: 'texts.utf8',
  structure: 'structure.jsonl',
  passages: 'passages.bin',
  vectors: 'vectors.f32',
  sentences: 'sentences.i8',
  keywords: 'keywords.bin',
  counts: 'keyword-counts.u16',
  graph: 'graph.hnsw',
  labels: 'graph-labels.u32',
  report: 'report.json',
  stamps: 'stamps.json',
} as const;

const OWN = new Set<string>(Object.values(FILES));

export type GenerationFiles = Manifest['files'];

export function attachmentsAmong(files: GenerationFiles): string[] {
  return Object.keys(files).filter((name) => !OWN.has(name));
}
