import type { Question } from '../question/question.ts';
import type { RankedPassage } from '../retrieval/retriever.ts';

/** What tells whether a message is a framework question that the corpus answers; each feature is near 0-1. */
export const SCOPE_FEATURES = [
  'dense',
  'sentence',
  'lexical',
  'agreement',
  'names',
  'frameworks',
  'choices',
  'requirements',
  'choice',
  'comparison',
  'fact',
  'howTo',
  'error',
  'chat',
  'foreign',
  'asksDecision',
  'asksForCode',
  'asksForFile',
  'isOrder',
  'namesOtherStack',
  'isTroubled',
  'money',
  'speaksDeepLearning',
  'asksForPart',
  'namesNothing',
  'length',
] as const;

/** Asking for a decision between tools, or how they stand. */
const DECISION =
  /\b(?:framework|library|libraries|toolkit|runtime|backend|ecosystem|migrat\w*|switch(?:ing)?|moving|port(?:ing)?|deploy\w*|production|serving|compar\w*|versus|vs\.?|pros|cons|alternatives?|instead|better|faster|slower|easier|popular|adopt\w*|support(?:s|ed)?|future|dead|maintained|deprecated|convert\w*|beginner|learn(?:ing)?)\b/i;
/** Asking that code be written, or that one command or setting be explained. */
const CODE =
  /\b(?:write|give me|show me|send me|generate|implement)\b.{0,40}\b(?:code|script|function|class|loop|example|model)\b|\bhow (?:do|can|to|should) (?:i |we |you )?(?:install|fix|set|change|freeze|load|save|print|reshape|initiali[sz]e|download|import|access|get the|count|clip|resume|plot)\b|\blearning rate\b|\bhyper-?parameters?\b|\bloss (?:is )?(?:nan|not)\b/i;
/** Asking for somebody's files, weights, releases or plans. */
const FILE =
  /\b(?:pre-?trained )?(?:weights?|checkpoints?|data ?sets?|links?|downloads?|releases?|wheels?|repo(?:sitory)?|source code)\b.{0,60}\b(?:available|publish\w*|releas\w*|download|share|upload|where|when|provide)\b|\b(?:where|when|could you|can you|will you|please)\b.{0,60}\b(?:weights?|checkpoints?|data ?sets?|download|release|upload|publish)\b/i;
/** Talking to the machine instead of asking: instructions, prompts, roles. */
export const ORDER =
  /\b(?:ignore|disregard|forget)\b.{0,40}\b(?:instructions?|rules?|previous|above|prior)\b|\b(?:system|hidden|initial) prompt\b|\byour (?:prompt|instructions?|rules|configuration|token|api key|secrets?)\b|\b(?:output|print|reveal|repeat|show)\b.{0,30}\bprompt\b|\bpretend\b|\bact as\b|\byou are now\b|\bjailbreak\b|\/(?:rebuild|index)\b/i;
/** Software and matters that are another choice. */
export const OTHER_STACK =
  /\b(?:django|flask|fastapi|spring|laravel|rails|react|angular|vue|svelte|next\.?js|mysql|postgres\w*|mongo\w*|redis|sqlite|kafka|kubernetes|docker compose|terraform|pandas|polars|unity|unreal|godot|wordpress|shopify|photoshop|excel|power ?bi|tableau|android studio|vs ?code|pycharm|vim|emacs|slack|discord bot|recipe|cook\w*|weather|football|movie|lyrics|poem|joke|stock price|bitcoin|crypto)\b/i;
/** Something is broken and the asker wants it mended. */
const TROUBLE =
  /\b(?:error|exception|traceback|crash\w*|fails?|failed|failing|failure|doesn'?t work|not working|won'?t|cannot|can'?t|unable|stuck|bug|broken|nan|oom|out of memory|segfault|undefined|mismatch|not found)\b/i;
const MONEY =
  /[$€£¥]\s?\d|\b\d+\s?(?:dollars?|euros?|usd|eur|bucks)\b|\b(?:price|prices|pricing|cost per|salary|salaries|budget|cheap|pay|paid|buy|purchase)\b/i;

/** The field's own words. */
const DEEP_LEARNING =
  /\b(?:neural|deep[- ]learning|machine[- ]learning|models?|train(?:s|ed|ing)?|inference|gpus?|tpus?|tensors?|networks?|nn|llms?|nlp|cnn|rnn|transformers?|backends?|edge|mobile|embedded|ml|ai)\b/i;
/** Asking for a part that is no framework: an architecture, a setting, a data set, hardware, a version. */
const PART =
  /\b(?:wh?ich|what|best|better|buy)\b.{0,40}\b(?:architectures?|backbones?|optimi[sz]ers?|learning rate|batch size|data ?sets?|epochs?|loss|cards?|gpu|laptop|camera|cuda|wheel|ide|llm|activation|layers?|hyper-?parameters?)\b|\bhow many (?:epochs|layers|parameters|samples|images)\b/i;

/** The features in the order of SCOPE_FEATURES. */
export function scopeFeatures(question: Question, ranked: readonly RankedPassage[]): number[] {
  const { form, names, requirements, choices, language } = question;
  const text = question.text.slice(0, 2000);
  const [best] = ranked;
  const flag = (value: boolean): number => (value ? 1 : 0);
  const frameworks = new Set(names.map(({ family }) => family).filter((family) => family !== null)).size;
  return [
    best?.dense ?? 0,
    Math.max(0, ...ranked.slice(0, 5).map(({ sentence }) => sentence)),
    Math.min(1, 2 * Math.max(0, ...ranked.slice(0, 5).map(({ lexical }) => lexical))),
    // How near the fifth passage still is: a topic of the corpus has many.
    ranked[4]?.dense ?? 0,
    Math.min(1, names.length / 3),
    Math.min(1, frameworks / 2),
    flag(choices.length > 1),
    Math.min(1, requirements.length / 3),
    flag(form === 'choice'),
    flag(form === 'comparison'),
    flag(form === 'fact'),
    flag(form === 'how-to'),
    flag(form === 'error'),
    flag(form === 'chat'),
    flag(language !== 'en'),
    flag(DECISION.test(text)),
    flag(CODE.test(text)),
    flag(FILE.test(text)),
    flag(ORDER.test(text)),
    flag(OTHER_STACK.test(text)),
    flag(TROUBLE.test(text)),
    flag(MONEY.test(text)),
    flag(DEEP_LEARNING.test(text)),
    flag(PART.test(text)),
    flag(names.length === 0 && !DEEP_LEARNING.test(text) && language === 'en'),
    Math.min(1, text.length / 600),
  ];
}
