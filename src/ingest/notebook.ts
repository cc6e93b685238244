import { z } from 'zod';
import { AdvisorError } from '../errors.ts';
import { markdownBlocks } from '../knowledge/markdown-blocks.ts';
import { createTextBuilder, type ExtractedText } from './extracted-text.ts';

const source = z
  .union([z.string(), z.array(z.string())])
  .transform((lines) => (Array.isArray(lines) ? lines.join('') : lines));
const cell = z.object({
  cell_type: z.string(),
  source: source.default(''),
  outputs: z.array(z.unknown()).default([]),
});
const notebook = z.object({
  cells: z.array(cell).optional(),
  // Notebook format 3.
  worksheets: z.array(z.object({ cells: z.array(z.looseObject({ cell_type: z.string() })) })).optional(),
});

/** Brackets within brackets. Outputs of plotting libraries reach some 30; the parser takes memory for each. */
const MAX_DEPTH = 500;

/** Reads brackets outside strings, before anything that keeps a stack of them does. */
function isDeeperThan(limit: number, json: string): boolean {
  let depth = 0;
  for (const [mark] of json.matchAll(/[[\]{}]|"(?:[^"\\]|\\.)*"?/gs)) {
    if (mark === '[' || mark === '{') depth++;
    else if (mark === ']' || mark === '}') depth--;
    if (depth > limit) return true;
  }
  return false;
}

/** A Jupyter notebook: Markdown cells as Markdown, code cells as code, each place its cell. Outputs are left out, counted. */
export function extractNotebook(json: string): ExtractedText {
  if (isDeeperThan(MAX_DEPTH, json)) {
    throw new AdvisorError('DOCUMENT_INVALID', `it is not a notebook: brackets more than ${MAX_DEPTH} deep`);
  }
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch (cause) {
    throw new AdvisorError('DOCUMENT_INVALID', 'it is not a notebook: its JSON does not parse', { cause });
  }
  const parsed = notebook.safeParse(data);
  const old = parsed.data?.worksheets?.flatMap(({ cells }) =>
    cells.map((one) => ({ ...one, source: one.source ?? one.input ?? '' })),
  );
  const cells = parsed.data?.cells ?? (old && z.array(cell).safeParse(old).data);
  if (!cells) throw new AdvisorError('DOCUMENT_INVALID', 'it is not a notebook: expected a list of cells');
  const builder = createTextBuilder();
  for (const [at, { cell_type: kind, source: text, outputs }] of cells.entries()) {
    builder.at(`cell ${at + 1}`);
    if (kind === 'markdown' || kind === 'heading') builder.addParsed(text, (clean) => markdownBlocks(clean, 0));
    else if (kind === 'code') builder.add('code', text);
    if (outputs.length > 0) builder.removed['cell outputs'] = (builder.removed['cell outputs'] ?? 0) + outputs.length;
  }
  return builder.build({ encoding: 'utf-8' });
}
