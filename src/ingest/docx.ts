import mammoth from 'mammoth';
import { AdvisorError, messageOf } from '../errors.ts';
import { readArchive } from './archive.ts';
import type { ExtractedText } from './extracted-text.ts';
import { extractHtml } from './html.ts';

/** A Word document through its HTML: headings, lists and tables stay; pictures are left out. */
export async function extractDocx(bytes: Uint8Array): Promise<ExtractedText> {
  // The limits of an archive are checked before the reader, which has none, sees the file.
  await readArchive(bytes, () => false);
  try {
    const { value } = await mammoth.convertToHtml(
      { buffer: Buffer.from(bytes) },
      { convertImage: mammoth.images.imgElement(async () => ({ src: '' })), externalFileAccess: false },
    );
    const { places: _, ...text } = extractHtml(`<html><body>${value}</body></html>`, null);
    return { ...text, places: [] };
  } catch (cause) {
    throw new AdvisorError('DOCUMENT_INVALID', `the Word document cannot be read: ${messageOf(cause)}`, { cause });
  }
}
