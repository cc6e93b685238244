import type { FoundName } from './find-names.ts';
import type { MatchingText } from './matching-text.ts';
import type { Language, QuestionForm } from './question.ts';

const ERROR =
  /traceback \(most recent|(?:^|[\s"'`(])[\w.]*(?:error|exception)s?\s*:|\bno module named\b|\bsegmentation fault\b|\bsegfault\b|\bcould not find a version\b|\bno matching distribution\b|\bundefined symbol\b|\bexit code\b|\bhas no att?rr?ib\w*|\bcore dumped\b|\bfailed to (?:build|load|import|install|compile)\b|\bimporterror\b|\bstack ?trace\b.{0,40}\bat\b|\bcannot import name\b|\bdll load failed\b|\bcould not load\b/;
const CHAT =
  /^(?:hi|hello|hey|hallo|hola|bonjour|yo|good (?:morning|evening|afternoon|day)|thanks?|thank you|thx|cheers|ok|okay|bye|goodbye|how are you|who are you|what are you|what can you do|help|test|ping|lol|nice|cool|great|你好|谢谢|こんにちは|ありがとう|안녕하세요|안녕|감사합니다|привет|спасибо|gracias|merci|danke|obrigado)(?:[\s,!.?:)]|there|bot|everyone|all|so much|a lot|you|today|$)*$/u;
const CHOICE =
  /\bshould (?:i|we|you|one|my|our|they|a)\b|\bwh?ich\b(?! (?:is|are|was) (?:a|an|used|based)\b)|\bbetter\b|\bbeter\b|\bbest\b|\brecommend|\bchoos|\bchoice\b|\bchose\b|\bpick\b|\bsuggest|\bworth\b|\bprefer|\bright (?:framework|tool|library|choice)\b|\bwhat (?:should|would|do you|framework|library|to use)\b|\badvi[cs]e\b|\bgo (?:with|for)\b|\bdecide\b|\bwhat about\b|\balternatives?\b|\bor (?:stick|stay|move|switch)\b|\b(?:sensible|reasonable|unreasonable|wise|unwise|madness|makes? sense|(?:good|bad) idea)\b|\bwhere to go\b|\bwhat (?:to )?use\b|\breasons? (?:not )?to (?:use|learn)\b|哪个|哪一个|还是|应该|选择|推荐|好用|どっち|どちら|おすすめ|選|무엇|뭐가|어떤|추천|좋을까|나을까|선택|лучше|выбрать|выбор|какой|стоит ли|посоветуйте|mejor|elegir|cual|recomiend|deberia|meilleur|choisir|quel\b|devrais|besser|welche|soll(?:te)? ich|sollten wir|empfehl|wahl|melhor|escolher|qual\b|devo\b/u;
const COMPARISON =
  /\bvs\b|\bversus\b|\bcompar|\bdifferen|\bpros\b|\bcons\b|\badvantages?\b|\bdisadvantages?\b|\bdrawbacks?\b|\btrade ?-?offs?\b|\b(?:slower|faster|easier|harder|worse|more \w+|less \w+) than\b|\binstead of\b|\brather than\b|\bover (?:pytorch|tensorflow|tf|keras|jax|torch)\b|区别|对比|比较|比較|違い|차이|비교|сравн|разниц|отлич|diferenc|difference|unterschied|vergleich/u;
const HOW_TO =
  /^(?:\W*(?:so|and|but|hi|hello|hey|please|pls|guys|everyone|all)\W+){0,3}(?:how|steps|guide|tutorial|show me|explain how|is there (?:a|any) (?:\w+ )?way|can (?:someone|anyone|you|who)|any idea|install\b|convert\b)|\bhow (?:do|can|could|should|would|to|may|use|did|does|is it possible)\b|\bhelp me (?:with|to|install|fix|write)\b|\bguidance\b|如何|怎么|怎样|どうやって|方法|어떻게|как (?:сделать|установить|запустить|использовать)|como (?:puedo|hago|fazer|usar)|comment (?:faire|utiliser|puis)|wie (?:kann|mache|installiere)/u;
const FACT =
  /\?|\uff1f|^(?:is|are|was|were|do|does|did|can|could|will|would|has|have|what|why|who|when|where|which|may|any)\b|\bi (?:was )?wonder|\bwould like to know\b|\btell me about\b|吗|呢|ですか|ますか|까요|나요/u;

/** First guess of what kind of message it is, from surface cues; the most telling first. */
export function guessForm(text: MatchingText, names: readonly FoundName[]): QuestionForm {
  const folded = text.folded.trim();
  if (folded === '' || CHAT.test(folded.slice(0, 200))) return 'chat';
  if (ERROR.test(folded)) return isDecisionBeside(folded) ? 'choice' : 'error';
  const families = new Set(names.map(({ family, id }) => family ?? id)).size;
  // "X or Y?" between two names is a choice without any other cue.
  if (CHOICE.test(folded) || (families > 1 && /\bor\b|\bou\b|\boder\b|или/u.test(folded) && folded.length < 160))
    return 'choice';
  if (COMPARISON.test(folded)) return 'comparison';
  if (HOW_TO.test(folded)) return 'how-to';
  return FACT.test(folded) ? 'fact' : 'other';
}

/** What is decided between, or whether to leave: "can I use TF 1 or 2?", "should we move to torch?" */
const DECISION =
  /\b(?:should|shall|would|can|could|is it (?:time|better)|do)\b.{0,60}\b(?:or|move|switch|migrate|instead|replace\w*|drop)\b.{0,60}\?/;

/** Whether a message with an error in it asks, in a sentence without the error, which system to use. */
function isDecisionBeside(folded: string): boolean {
  return folded.split(/(?<=[.!?])\s|\n|\s-+\s/).some((part) => !ERROR.test(part) && DECISION.test(part));
}

const LATIN_LANGUAGES: readonly (readonly [Language, ReadonlySet<string>])[] = [
  [
    'en',
    new Set(
      'the is are to for and or of in on with should i we which what how do does can use better my our it not'.split(
        ' ',
      ),
    ),
  ],
  [
    'es',
    new Set(
      'el la los las para que es una un con en por como cual mejor usar quiero necesito debo aprender y o del muy mas'.split(
        ' ',
      ),
    ),
  ],
  [
    'fr',
    new Set(
      'le la les pour est une un avec dans quel quelle je nous mieux utiliser faut il des et ou du sur plus apprendre'.split(
        ' ',
      ),
    ),
  ],
  [
    'de',
    new Set(
      'der die das fur ist eine ein mit und oder welche welches ich wir besser nutzen soll sollte auf zu den dem lernen nicht'.split(
        ' ',
      ),
    ),
  ],
  [
    'pt',
    new Set(
      'o a os as para que e uma um com em por como qual melhor usar quero preciso devo aprender ou do da no na mais voce'.split(
        ' ',
      ),
    ),
  ],
];

/** Guesses the language: by script where that tells, else by the commonest words; English when nothing does. */
export function guessLanguage(text: MatchingText): Language {
  const { folded, tokens } = text;
  if (/[\u3040-\u30ff]/.test(folded)) return 'ja';
  if (/[\uac00-\ud7a3\u1100-\u11ff]/.test(folded)) return 'ko';
  if (/\p{Script=Han}/u.test(folded)) return 'zh';
  if (/\p{Script=Cyrillic}/u.test(folded)) return 'ru';
  if (/[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Devanagari}\p{Script=Thai}\p{Script=Greek}]/u.test(folded))
    return 'other';
  let best: Language = 'en';
  let most = 0;
  for (const [language, words] of LATIN_LANGUAGES) {
    const count = tokens.reduce((sum, token) => sum + (words.has(token.text) ? 1 : 0), 0);
    if (count > most) {
      best = language;
      most = count;
    }
  }
  return best;
}
