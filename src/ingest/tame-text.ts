/** Bytes. */
const MAX_BYTES = 64 * 1024;
/** Lines, and marks that begin or end something in Markdown: parsing takes time with the square of their number. */
const MAX_LINES = 2_000;
const MAX_MARKS = 1_500;
/** Marks before the first word of a line: quotes and lists within each other, whose depth costs most of all. */
const MAX_LEAD = 8;

const NEWLINE = 10;
const MARKS = new Uint8Array(256);
for (const mark of '<>[]()|`*_=&!\\~') MARKS[mark.charCodeAt(0)] = 1;
/** What may stand before the first word of a line without being one. */
const LEADS = new Uint8Array(256);
for (const lead of '>-*+.)0123456789') LEADS[lead.charCodeAt(0)] = 1;
const SPACE = 32;
const TAB = 9;

/**
 * Whether a plain text or Markdown file is so small and plain that parsing it takes well under a second, whatever it
 * says: 64 KB of nothing but "> - " take two minutes. Looks at each byte once.
 */
export function isTame(bytes: Uint8Array): boolean {
  if (bytes.length > MAX_BYTES) return false;
  let lines = 0;
  let marks = 0;
  let lead = 0;
  for (const byte of bytes) {
    marks += MARKS[byte] as number;
    if (byte === NEWLINE) {
      lines++;
      lead = 0;
    } else if (lead >= 0 && byte !== SPACE && byte !== TAB) {
      const isLead = LEADS[byte] === 1;
      if (isLead) marks++;
      lead = isLead ? lead + 1 : -1;
      // A rule of dashes or a row of digits is no nesting, and yet of no loss here: a careful parser takes it.
      if (lead > MAX_LEAD) return false;
    }
  }
  return lines <= MAX_LINES && marks <= MAX_MARKS;
}
