import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';

/** What a failed call says about the message that it was to post. */
export type Failure =
  /** Slack refused it, with this code: nothing was posted, and the same call would be refused again. */
  | { readonly kind: 'refused'; readonly code: string }
  /** Slack did not take it: nothing was posted; it may be tried again after so many milliseconds. */
  | { readonly kind: 'not-sent'; readonly waitMs: number | null }
  /** The response was lost: it may have been posted. */
  | { readonly kind: 'unknown' };

/** System errors that happen before the first byte is sent. */
const BEFORE_SENDING = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
/** Codes after which Slack itself asks to try again and has done nothing. */
const TRY_AGAIN = new Set(['ratelimited', 'rate_limited', 'message_limit_exceeded']);

export function classify(thrown: unknown): Failure {
  if (thrown instanceof WebAPIRateLimitedError) return { kind: 'not-sent', waitMs: thrown.retryAfter * 1_000 };
  if (thrown instanceof WebAPIPlatformError) {
    const code = thrown.data.error;
    return TRY_AGAIN.has(code) ? { kind: 'not-sent', waitMs: 1_000 } : { kind: 'refused', code };
  }
  if (thrown instanceof WebAPIRequestError) {
    return codesOf(thrown.original).some((code) => BEFORE_SENDING.has(code))
      ? { kind: 'not-sent', waitMs: null }
      : { kind: 'unknown' };
  }
  if (thrown instanceof WebAPIHTTPError) return { kind: 'unknown' };
  return { kind: 'unknown' };
}

/** The system error codes of an error and of those that caused it. */
function codesOf(thrown: unknown): string[] {
  const codes: string[] = [];
  let error: unknown = thrown;
  for (let depth = 0; error instanceof Error && depth < 6; depth++) {
    if ('code' in error && typeof error.code === 'string') codes.push(error.code);
    if (error instanceof AggregateError) codes.push(...error.errors.flatMap(codesOf));
    error = error.cause;
  }
  return codes;
}

/** Codes that mean that the token itself will never work again. */
const DEAD_TOKEN = new Set(['invalid_auth', 'not_authed', 'token_revoked', 'token_expired', 'account_inactive']);

export function isDeadToken(thrown: unknown): boolean {
  return thrown instanceof WebAPIPlatformError && DEAD_TOKEN.has(thrown.data.error);
}
