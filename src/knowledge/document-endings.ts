/** File name endings that can be read as documents. */
export const DOCUMENT_ENDINGS = ['.md', '.markdown', '.txt'] as const;
