import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** Shapes of secrets that must never reach a log, wherever in a message they stand. */
const SECRETS: readonly RegExp[] = [
  /\bxox[abeprs]-[\w-]+/g,
  /\bxapp-[\w-]+/g,
  /https:\/\/hooks\.slack\.com\/[^\s"']+/g,
  /\b(?:Bot|Bearer) [\w.~+/-]{20,}=*/g,
  /(?<![\w-])[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}/g,
  /(\/(?:interactions|webhooks)\/\d+\/)[\w.-]{20,}/g,
];

/** A text with every secret-shaped part replaced. */
export function redact(text: string): string {
  return SECRETS.reduce(
    (safe, pattern) =>
      safe.replace(pattern, (match, kept) => `${typeof kept === 'string' ? kept : ''}[redacted ${match.length}]`),
    text,
  );
}

/** JSON lines on standard error (standard output belongs to the commands' results), redacted as they are written. */
export function createLogger(level: string): Logger {
  return pino({ level, base: null }, { write: (line: string) => void process.stderr.write(redact(line)) });
}
