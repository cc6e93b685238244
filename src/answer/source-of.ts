import type { Source } from '../knowledge/document.ts';
import type { StoredDocument } from '../knowledge/knowledge-base.ts';
import { termsOf } from '../knowledge/terms.ts';

/** Systems as titles and addresses of their projects spell them. */
const SYSTEM = /pytorch|torch|tensorflow|keras|jax|litert|executorch|onnx|tfjs|tensorrt|vllm|triton|openvino|mlx/g;

/** Terms that the right system is worth: a page of another system shares its subject's words. */
const SYSTEM_COUNTS = 2;

interface Prepared {
  readonly terms: ReadonlySet<string>;
  readonly systems: ReadonlySet<string>;
}

/** What each source's title and address say, made once per document and generation. */
const prepared = new WeakMap<StoredDocument, readonly Prepared[]>();

/**
 * The source that a quote is linked to: the one whose title shares most terms with it, where a source of a system that
 * the quote names gains, and a source of other systems only loses. Among equals the first, which the document mainly
 * rests on.
 */
export function sourceOf(document: StoredDocument, quote: string, terms: ReadonlySet<string>): Source | undefined {
  let sources = prepared.get(document);
  if (!sources) {
    sources = document.sources.map(({ title, url }) => ({
      terms: new Set(termsOf(title)),
      systems: systemsIn(`${title} ${url ?? ''}`),
    }));
    prepared.set(document, sources);
  }
  const named = systemsIn(quote);
  let best = 0;
  let most = Number.NEGATIVE_INFINITY;
  sources.forEach((source, at) => {
    let score = 0;
    for (const term of source.terms) if (terms.has(term)) score++;
    if (named.size > 0 && source.systems.size > 0)
      score += [...named].some((name) => source.systems.has(name)) ? SYSTEM_COUNTS : -SYSTEM_COUNTS;
    if (score > most) {
      most = score;
      best = at;
    }
  });
  return document.sources[best];
}

function systemsIn(text: string): Set<string> {
  return new Set(Array.from(text.toLowerCase().matchAll(SYSTEM), ([name]) => (name === 'torch' ? 'pytorch' : name)));
}
