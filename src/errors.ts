/** Stable codes, so that logs and scripts can tell failures apart without reading the sentence. */
export type ErrorCode =
  | 'CONFIG_INVALID'
  | 'CORPUS_EMPTY'
  | 'CORPUS_UNREADABLE'
  | 'DOCUMENT_INVALID'
  | 'MODEL_INVALID'
  | 'EMBEDDING_FAILED'
  | 'INDEX_MISSING'
  | 'INDEX_DAMAGED'
  | 'INDEX_MISMATCH'
  | 'INDEX_LOCKED'
  | 'INDEX_REJECTED'
  | 'RULES_INVALID'
  | 'RULE_EVIDENCE_GONE'
  | 'POLICY_INVALID'
  | 'STATE_FAILED'
  | 'PLATFORM_FAILED'
  | 'USAGE';

/**
 * The one error of the product. The message says what was expected, what came, and what to do;
 * `code` is stable; `cause` holds the error below, if any. "No good passage" is not an error but an answer variant.
 */
export class AdvisorError extends Error {
  override readonly name = 'AdvisorError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** The message of anything thrown, for a line that a person reads. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
