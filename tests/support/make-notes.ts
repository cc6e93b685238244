import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seeded } from './hostile-questions.ts';

const WORDS =
  `training graph tensor model layer gradient compile export mobile server batch device memory kernel precision loss
  optimizer dataset pipeline cluster worker checkpoint variable function module session runtime library version release
  support browser phone edge cloud research production debugging speed latency throughput accuracy quantization pruning
  attention embedding token image audio speech video text node weight bias activation`.split(/\s+/);

/** Text of a short note: a heading and three to six sentences, and as much again for each further section. */
export function noteText(number: number, random: () => number, sections = 1): string {
  const word = (): string => {
    const base = WORDS[Math.floor(random() * WORDS.length)] as string;
    // Some words are rare, as in real texts.
    return random() < 0.15 ? `${base}${Math.floor(random() * 500)}` : base;
  };
  const section = (heading: string): string => {
    const sentences = Array.from(
      { length: 3 + Math.floor(random() * 4) },
      () =>
        `The ${word()} of the ${word()} ${word()} is kept by ${word()} and ${word()} when the ${word()} needs ${word()}.`,
    );
    return `${heading} on ${word()} ${word()}\n\n${sentences.join(' ')}\n`;
  };
  const headings = Array.from({ length: sections }, (_, at) => (at === 0 ? `# Note ${number}` : `## Part ${at + 1}`));
  return headings.map(section).join('\n');
}

/** A folder with many short notes, in folders of fifty; returns their paths below it. */
export function makeNotes(folder: string, count: number, seed: number, sections = 1): string[] {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, number) => {
    const part = `part-${Math.floor(number / 50)}`;
    if (number % 50 === 0) mkdirSync(join(folder, part), { recursive: true });
    const path = `${part}/note-${number}.md`;
    writeFileSync(join(folder, path), noteText(number, random, sections));
    return path;
  });
}
