/** The most frequent small words of some languages: enough to tell them apart in a paragraph. */
const SMALL_WORDS: Readonly<Record<string, readonly string[]>> = {
  en: ['the', 'and', 'of', 'to', 'is', 'that', 'for', 'with', 'you', 'this'],
  de: ['der', 'die', 'und', 'das', 'ist', 'nicht', 'mit', 'ein', 'eine', 'auf'],
  fr: ['le', 'la', 'les', 'et', 'des', 'est', 'une', 'dans', 'pour', 'que'],
  es: ['el', 'los', 'las', 'y', 'es', 'que', 'una', 'por', 'para', 'con'],
  it: ['il', 'di', 'che', 'e', 'un', 'per', 'sono', 'della', 'con', 'non'],
  pt: ['o', 'os', 'que', 'uma', 'para', 'com', 'não', 'do', 'da', 'em'],
  nl: ['de', 'het', 'een', 'van', 'en', 'niet', 'dat', 'met', 'voor', 'zijn'],
};
const SCRIPTS: readonly (readonly [language: string, script: RegExp])[] = [
  ['ja', /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ['ko', /\p{Script=Hangul}/gu],
  ['zh', /\p{Script=Han}/gu],
  ['ru', /\p{Script=Cyrillic}/gu],
  ['ar', /\p{Script=Arabic}/gu],
  ['el', /\p{Script=Greek}/gu],
  ['he', /\p{Script=Hebrew}/gu],
];
/** Characters looked at. */
const SAMPLE = 20_000;

/** The language of a text by its script or its small words, ISO 639-1; null when neither says. */
export function detectLanguage(text: string): string | null {
  const sample = text.slice(0, SAMPLE).toLowerCase();
  const letters = sample.match(/\p{L}/gu)?.length ?? 0;
  if (letters < 20) return null;
  for (const [language, script] of SCRIPTS) {
    if ((sample.match(script)?.length ?? 0) > letters * (language === 'ja' ? 0.1 : 0.3)) return language;
  }
  const words = sample.match(/\p{L}+/gu) ?? [];
  const ranked = Object.entries(SMALL_WORDS)
    .map(([language, small]) => ({ language, count: words.filter((word) => small.includes(word)).length }))
    .sort((a, b) => b.count - a.count);
  const [best] = ranked;
  return best && best.count >= Math.max(3, words.length * 0.04) ? best.language : null;
}
