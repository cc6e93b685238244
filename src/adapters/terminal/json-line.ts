import type { Answer } from '../../answer/answer.ts';
import { composeReply } from '../../reply/compose-reply.ts';
import { plainTextOf } from '../../reply/plain-text.ts';

/**
 * An answer as one line of JSON, in the shape of docs/design.md. Characters that a terminal or an editor would act on
 * (control, bidirectional, invisible, line separators) are written as \u escapes: the line is plain and still exact.
 */
export function jsonLine(answer: Answer, id: string | null): string {
  const { question, kind, reason, requirements, recommendation, citations, retrieved, index, timings } = answer;
  const line = {
    id: id ?? answer.id,
    question,
    kind,
    reason,
    text: plainTextOf(composeReply(answer)),
    recommendation,
    requirements,
    citations: citations.map(({ n, title, source, path, heading, startLine, endLine, place, quote, url, date }) => ({
      n,
      title,
      source,
      path,
      heading,
      startLine,
      endLine,
      place: place ?? null,
      quote,
      url,
      date,
    })),
    retrieved,
    index,
    timings,
  };
  return escapeInvisible(JSON.stringify(line));
}

const ACTS_ON_TERMINALS =
  /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

function escapeInvisible(json: string): string {
  return json.replace(ACTS_ON_TERMINALS, (found) =>
    [...Array(found.length).keys()].map((at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
}
