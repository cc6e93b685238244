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

/** A Jupyter notebook: Markdown cells as Markdown, code cells as code, each place its cell. Outputs are left out, counted. */
export function extractNotebook(json: string): ExtractedText {
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
