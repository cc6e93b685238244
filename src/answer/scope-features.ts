import { withoutEmphasis } from '../question/matching-text.ts';
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
  'asksForSetting',
  'asksForFile',
  'asksForVersion',
  'isOrder',
  'namesOtherStack',
  'isTroubled',
  'money',
  'hardwareToBuy',
  'aboutProject',
  'namesNetworkAlone',
  'speaksDeepLearning',
  'deepLearningWords',
  'statesNeed',
  'asksForPart',
  'namesNothing',
  'length',
  'topic',
] as const;

/** Asking for a decision between tools, or how they stand. */
const DECISION =
  /\b(?:framework|library|libraries|toolkit|runtime|backend|ecosystem|migrat\w*|switch(?:ing)?|moving|port(?:s|ed|ing)?|deploy\w*|production|serving|compar\w*|versus|vs\.?|pros|cons|alternatives?|instead|better|faster|slower|easier|popular|adopt\w*|support(?:s|ed)?|future|dead|maintained|deprecated|convert\w*|beginner|learn(?:ing)?)\b/i;
/** Asking that code be written, or that one command or setting be explained. */
const CODE =
  /\b(?:write|give me|show me|send me|generate|implement|translate)\b.{0,40}\b(?:code|script|function|class|loop|example|model|snippet|stopping|layer)\b|\bhow (?:do|can|to|should) (?:i |we |you )?(?:install|fix|set|change|freeze|load|save|print|reshape|initiali[sz]e|download|import|access|get the|count|clip|resume|plot|add|visuali[sz]e the)\b|\w\(.*\)|=\s*\w+\./i;
/** Settings of one's training. */
const SETTING =
  /\blearning rate\b|\bhyper-?param\w*\b|\bloss\b|\bdropout\b|\bbatch ?size\b|\bepochs?\b|\baugmentation\b|\bover-?fit\w*\b|\b(?:accuracy|map|predictions?|network|model)\b.{0,30}\b(?:low|stays?|stuck|improve|drop\w*|always|all the same|empty)\b|\b(?:adam|sgd)\b|\bhow many (?:epochs|layers|parameters|samples|images|neurons|gpus)\b|\bnumber of classes\b/i;
/** Asking for somebody's weights, data or releases. */
const FILE =
  /\b(?:weights?|checkpoints?|(?:pre-?)?trained models?|model (?:file|zoo)|data ?sets?|annotations?|training code|models)\b.{0,60}\b(?:available|publish\w*|releas\w*|download|share|upload|where|when|provide|broken|dead|includ\w*|add(?:ed)?)\b|\b(?:where|when|could you|can you|will you|will there|please|do you have|going to|plan to|planned|what|which)\b.{0,60}\b(?:weights|checkpoints?|pre-?trained models?|data ?sets?|download|released?|upload|publish\w*|next version)\b|\b(?:publish\w*|releas\w*|upload\w*|shar(?:e|ing)|provid(?:e|ing))\b.{0,40}\b(?:weights?|checkpoints?|pre-?trained)\b|预训练|数据集|学習済み|веса|데이터셋/i;
/** Asking which version goes with what, or how to install. */
const VERSION =
  /\b(?:which|what)\b.{0,25}\b(?:versions?|wheel|cudnn|cuda)\b|\bversions?\b.{0,40}\b(?:install|compatible|match\w*|goes? with|requires?|need)\b|\b(?:which|what)\b.{0,20}\bgoes? with\b|\b(?:pip3?|conda|apt(?:-get)?|brew|docker)\b.{0,20}\b(?:install|build|create)\b|\binstall\w*\b.{0,20}\b(?:python|drivers?|with pip|cuda)\b|\b(?:drivers?|nvidia-smi|wheels?|installers?)\b/i;
/** Talking to the machine instead of asking: instructions, prompts, roles. */
export const ORDER =
  /\b(?:ignore|disregard|forget)\b.{0,40}\b(?:instructions?|rules?|previous|above|prior)\b|\b(?:system|hidden|initial) prompt\b|\byour (?:prompt|instructions?|rules|configuration|token|api key|secrets?)\b|\b(?:output|print|reveal|repeat|show)\b.{0,30}\b(?:prompt|above|token)\b|\bpretend\b|\bact as\b|\byou are now\b|\bdeveloper mode\b|\bnew instructions?\b|\bfrom now on\b|\bjailbreak\b|\bapi key\b|\/(?:rebuild|index)\b|<script\b/i;
/** Software and matters that are another choice. */
export const OTHER_STACK =
  /\b(?:django|flask|fastapi|spring|quarkus|laravel|rails|react|angular|vue|svelte|jquery|next\.?js|qt|electron|flutter|mysql|mariadb|postgres\w*|mongo\w*|redis|sqlite|kafka|rabbitmq|elasticsearch|opensearch|kubernetes|docker compose|terraform|pulumi|ansible|airflow|prefect|pandas|polars|dask|parquet|unity|unreal|godot|wordpress|shopify|photoshop|excel|power ?bi|tableau|android studio|vs ?code|pycharm|vim|emacs|selenium|playwright|linux distribution|programming|web framework|javascript framework|language than|random forest|xgboost|video editing|slack|discord bot|recipe|cook\w*|weather|football|movie|novel|lyrics|poem|joke|pizza|stock price|bitcoin|crypto)\b/i;
/** Something is broken and the asker wants it mended. */
const TROUBLE =
  /\b(?:error|exception|traceback|crash\w*|fails?|failed|failing|failure|doesn'?t work|not working|won'?t (?:work|run|start|load|import|compile|train)|(?:cannot|can'?t|unable to) (?:import|load|open|find|run|get|start|connect|reproduce|train|see)|insufficient|missing|stuck|hangs?|dies|blank|wrong results?|bug|broken|nan|oom|out of memory|segfault|undefined|mismatch|not found)\b/i;
const MONEY =
  /[$€£¥]\s?\d|\b\d+(?:\.\d+)?\s?(?:\$|dollars?|euros?|usd|eur|bucks)(?!\w)|\b(?:price|prices|pricing|costs? (?:me|per)|how (?:much|expensive)|salary|salaries|budget|cheap(?:er|est)?|pay|paid|buy|purchase|quota|subscription|worth the money|hiring|coûte|cuesta|kostet|kosten)\b|стоит (?:аренда|tpu|gpu)|多少钱|купить|kaufen|acheter|comprar/i;
/** Hardware that one buys or rents. */
const HARDWARE =
  /\b(?:graphics? cards?|cards?|laptops?|rtx|gtx|a100|h100|[1-5]0[5-9]0|vram|workstation|grafikkarten?|carte graphique|tarjeta gr[aá]fica|cloud gpu)\b|видеокарт|显卡/i;
/** Matters of a project, a paper or a career. */
const PROJECT =
  /\b(?:readme|pull request|pr \d+|unit tests|the (?:build|tests?)|repositor(?:y|ies)|config(?:uration)? file|your (?:script|config|paper|demo|experiments?|model|network|code|results|numbers|data)|(?:did|do) you (?:train|use|get)|did (?:the )?(?:final )?training|was this tested|(?:train|test)(?:ing)? split|the exact|label files?|(?:own|my) (?:images|data ?set)|to reproduce|the paper|equation|figures?|table \d|cite|authors?|contribut\w+|typo|type hints|demo (?:page|server)|licen[cs]e of the|licen[cs]ed for|degree|course|phd)\b/i;
/** Networks and models by name: which of them is no question of frameworks. */
const NETWORK =
  /\b(?:res-?net\w*|efficient-?net\w*|mobile-?net\w*|efficientdet|vgg\w*|yolo\w*|u-?net|mask r-?cnn|faster r-?cnn|ssd|detr|vit|bert|roberta|gpt\S*|claude|llama\S*|gemma|mistral|lstm|gru|transformers? or|embedding model|llms?)\b/i;

/** The field's own words. */
const DEEP_LEARNING =
  /\b(?:neural|deep[- ]learning|machine[- ]learning|models?|train(?:s|ed|ing)?|inference|gpus?|tpus?|\w*tensor\w*|\w*torch\w*|\w*keras\w*|\w*jax\w*|\w*onnx\w*|cuda|deepspeed|megatron\S*|networks?|nn|llms?|nlp|cnn|rnn|transformers?|backends?|edge|mobile|embedded|ml|ai|frameworks?)\b/i;
const DEEP_LEARNING_WORDS = new RegExp(DEEP_LEARNING.source, 'gi');
/** What somebody sets out to do, which asks for advice without a question. */
const NEED =
  /\b(?:needs?|needed|wants?|have to|has to|must|required?|looking (?:for|to)|plan(?:s|ning)? to|would like to|going to|trying to|building|insists?)\b/i;
/** Asking for a part that is no framework: an architecture, a setting, a data set, hardware, a version. */
const PART =
  /\b(?:wh?ich|what|best|better|buy)\b.{0,40}\b(?:architectures?|backbones?|optimi[sz]ers?|learning rate|batch size|data ?sets?|epochs?|loss|cards?|gpu|laptop|camera|cuda|wheel|ide|llm|activation|layers?|hyper-?parameters?|augmentation|embedding model)\b/i;

/** Cosines of the best passage between which it becomes clear that a corpus is about what is asked. */
const NEAR = [0.6, 0.75] as const;

/**
 * How much a message is about what the corpus is about, 0-1: what its embedding says, which was learned on questions of
 * frameworks; and where a passage is very near, that is of the corpus's topic, whatever an operator's documents are on.
 */
export function topicOf(judged: number, dense: number): number {
  return Math.max(judged, Math.min(1, (dense - NEAR[0]) / (NEAR[1] - NEAR[0])));
}

/** The features in the order of SCOPE_FEATURES; `topic` is what a TopicJudge says. */
export function scopeFeatures(question: Question, ranked: readonly RankedPassage[], topic: number): number[] {
  const { form, names, requirements, choices, language } = question;
  const text = withoutEmphasis(question.text.slice(0, 2000));
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
    flag(SETTING.test(text)),
    flag(FILE.test(text)),
    flag(VERSION.test(text)),
    flag(ORDER.test(text)),
    flag(OTHER_STACK.test(text)),
    flag(TROUBLE.test(text)),
    flag(MONEY.test(text)),
    flag(HARDWARE.test(text)),
    flag(PROJECT.test(text)),
    flag(NETWORK.test(text) && frameworks === 0),
    flag(DEEP_LEARNING.test(text)),
    Math.min(1, new Set(text.toLowerCase().match(DEEP_LEARNING_WORDS)).size / 4),
    flag(NEED.test(text) && requirements.length > 0),
    flag(PART.test(text)),
    flag(names.length === 0 && !DEEP_LEARNING.test(text) && language === 'en'),
    Math.min(1, text.length / 600),
    topicOf(topic, best?.dense ?? 0),
  ];
}
