import { describe, expect, it } from 'vitest';
import { sourceOf } from '../../src/answer/source-of.ts';
import type { StoredDocument } from '../../src/knowledge/knowledge-base.ts';
import { termsOf } from '../../src/knowledge/terms.ts';

function documentOf(...sources: readonly (readonly [title: string, url: string])[]): StoredDocument {
  return { sources: sources.map(([title, url]) => ({ title, url, date: '2026-11-01' })) } as unknown as StoredDocument;
}

const chosen = (document: StoredDocument, quote: string) => sourceOf(document, quote, new Set(termsOf(quote)))?.title;

describe('the source that a quote is linked to', () => {
  it('is the one whose title says what the quote says', () => {
    const document = documentOf(
      ['Install guide', 'https://a.example/install'],
      ['Memory of graphics cards', 'https://a.example/memory'],
    );
    expect(chosen(document, 'The memory of graphics cards is limited.')).toBe('Memory of graphics cards');
  });

  it('is of the system that the quote names, rather than of another one with the same words', () => {
    const document = documentOf(
      ['JAX documentation: GPU memory', 'https://docs.jax.dev/memory'],
      ['CUDA semantics', 'https://docs.pytorch.org/docs/stable/notes/cuda.html'],
    );
    expect(chosen(document, 'PyTorch keeps GPU memory in a cache.')).toBe('CUDA semantics');
    expect(chosen(document, 'JAX takes most of the GPU memory at its start.')).toBe('JAX documentation: GPU memory');
  });

  it('is the first, on which the document mainly rests, where nothing tells', () => {
    const document = documentOf(['Report', 'https://a.example/1'], ['Survey', 'https://a.example/2']);
    expect(chosen(document, 'Nothing in common with either.')).toBe('Report');
    expect(sourceOf(documentOf(), 'text', new Set())).toBeUndefined();
  });
});
