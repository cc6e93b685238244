import type { Document } from '../knowledge/document.ts';
import { splitIntoPassages } from '../knowledge/passage.ts';
import { balanceOf } from './check-corpus.ts';

/** The corpus in figures, as Markdown: documents, passages, topics with their balance, age, stance, sources. */
export function corpusReport(documents: readonly Document[]): string {
  const passages = documents.map((document) => splitIntoPassages(document).length);
  const total = passages.reduce((sum, count) => sum + count, 0);
  const sources = documents.flatMap((document) => document.sources);
  const dated = sources
    .filter(({ undated }) => !undated)
    .map(({ date }) => date)
    .sort();
  const count = (stance: string): number => documents.filter((document) => document.stance === stance).length;
  const topics = balanceOf(documents).map(({ topic, passages: held, sides }) => {
    const shown = Object.entries(sides)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([side, number]) => `${side} ${number}`)
      .join(', ');
    const about = documents.filter((document) => document.topics.includes(topic)).length;
    return `| ${topic} | ${about} | ${held} | ${shown || 'none'} |`;
  });
  const rows = documents.map(
    ({ path, title, topics: named, sources: own, checked, stance }, at) =>
      `| [${title}](../${path}) | ${named[0] ?? ''} | ${passages[at]} | ${own.length} | ${stance ?? ''} | ${checked ?? ''} |`,
  );
  return `# The corpus in figures

Made by \`npm run check:corpus -- --write\`; a test fails when it is out of date.

${documents.length} documents, ${total} passages, ${sources.length} source entries at ${new Set(sources.map(({ url }) => url)).size} addresses. Dated sources run from ${dated[0] ?? 'none'}
to ${dated.at(-1) ?? 'none'}; ${sources.length - dated.length} print no date and carry the day they were read. Stance: ${count('independent')} independent, ${count('vendor')} vendor, ${count('community')} community.

## Topics and balance

Passages are counted under their document's first topic. A side is counted where a section argues for it; all others are
neutral.

| topic | documents | passages | passages that argue for a side |
|---|---|---|---|
${topics.join('\n')}

## Documents

| document | first topic | passages | sources | stance | checked |
|---|---|---|---|---|---|
${rows.join('\n')}
`;
}
