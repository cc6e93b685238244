import type { FrameworkId } from '../recommendation/candidate.ts';
import type { FoundName } from './find-names.ts';
import type { MatchingText, Token } from './matching-text.ts';
import type { Polarity } from './polarity.ts';

/** How the asker stands to a system that the message names. */
export interface Standing {
  readonly kind: 'has' | 'had' | 'knows' | 'leaves' | 'moves-to' | 'avoids';
  readonly name: FoundName;
  /** False when it is denied: "we never used PyTorch". */
  readonly wanted: boolean;
  /** Token indices of the words that say so, the name included; `to` exclusive. */
  readonly from: number;
  readonly to: number;
}

/** Words on each side of a name that can say how the asker stands to it. */
const WINDOW = 9;
/** Names looked at; a message that names more is a list, not a situation. */
const MAX_NAMES = 16;

const HAS_BEFORE = [
  /\b(?:we|i|team|company|firm|project|library|repo|repository|product|codebase|code|app|system|pipeline|department|lab|group|currently|already|still|now|it|this|everything|colleagues|everyone|people) (?:\w+ )?(?:use|uses|using|run|runs|running|serve with|deploy with|ship with|train with|train in|work in|rely on|relies on|are on|is on|stuck on|stuck with|have to use|has to use|must use|maintain|maintains|am using|are using|is using|been using|based on)(?: \w+){0,2}$/,
  /\b(?:written|built|implemented|coded|trained|developed|made|based|created|exported|saved|standardi[sz]ed)(?: \w+){0,2} (?:in|with|on|using|by|from)(?: \w+)?$/,
  /\b(?:train|training|build|write|develop)(?: \w+){0,3} (?:model|models|network|networks|everything|it|them)(?: \w+)? (?:in|with|using)$/,
  /\b(?:we|i|company|team) (?:already |currently |now |still )?(?:have|has|own|maintain|got)(?: \w+){0,5} (?:in|on|with|a|an|some|many|several|of|existing|our|lots of)$/,
  /\b(?:existing|legacy|old|current|huge|inherited)(?: \w+){0,2}$/,
  /\b(?:stuck with|stuck on|committed to|tied to|invested in|bet on)(?: \w+){0,2}$/,
];
const HAS_AFTER =
  /^(?:\d+ |x )?(?:\w+ )?(?:code|codes|codebase|code base|model|models|pipeline|pipelines|checkpoint|checkpoints|weights|stack|project|projects|application|applications|app|product|shop|infrastructure|deployment|scripts|implementation|implementations|in production|in place)\b(?! zoo| hub| garden)/;
const KNOWS_BEFORE =
  /\b(?:know|knows|knew|familiar with|experience with|experience in|experience using|experience of|experienced in|experienced with|skilled in|skills in|background in|comfortable with|comfortable in|proficient in|proficient with|experts in|expert in|fluent in|come from|coming from|came from|learned|learnt|worked with|worked in|work with|working with|good at|years of|years with|years in|background is)(?: \w+){0,2}$/;
const KNOWS_AFTER =
  /^(?:\d+ )?(?:experience|background|skills|skill|developer|developers|engineer|engineers|expert|experts|expertise|knowledge|user|users|people|programmers|team|guy|guys)\b/;
/** Words that make "TensorFlow engineers" the asker's own people, not some that are to be found. */
const OWN =
  /^(?!.*\b(?:find|hire|hiring|recruit|more|most|many)\b).*\b(?:our|we|i|my|have|has|are|am|team|all|as|mostly|only|a|an)(?: \w+){0,3}$/;
const HAD_BEFORE =
  /\b(?:i|we|team|company|have|has|had|previously|already|always|formerly|never) (?:\w+ )?(?:used|tried|started with|started on|started in|been using|was using|were using|ran)(?: \w+){0,2}$/;
const LEAVES_BEFORE =
  /\b(?:migrat\w*|mov(?:e|ed|es|ing)|switch\w*|port(?:ed|ing)?|transition\w*|chang(?:e|ed|ing)|upgrad\w*|away)(?: \w+){0,6} from(?: \w+)?$|\b(?:leave|leaving|abandon\w*|ditch\w*|drop|dropping|replace|replacing|get rid of|getting rid of|move off|moving off|get off)(?: \w+)?$/;
const MOVES_TO_BEFORE =
  /\b(?:migrat\w*|mov(?:e|ed|es|ing)|switch\w*|port(?:ed|ing)?|transition\w*|upgrad\w*|chang(?:e|ed|ing))(?: \w+){0,6} (?:to|into|onto)(?: \w+)?$|\brewrit\w*(?: \w+){0,5} (?:to|into|in|with)(?: \w+)?$/;
const AVOIDS_BEFORE =
  /\b(?:(?:dont|do not|not|never) (?:really )?(?:want|like|wish)(?: to)?(?: \w+){0,2}|(?:cannot|cant|can not|must not|may not|not allowed to|refuse to|rather not|unable to)(?: \w+)? (?:use|install|run|touch|learn)|(?:hate|avoid|avoiding|other than|apart from|except|except for|anything but|sick of|tired of|free of|without|no))(?: using| any| more)?$/;
/** "Should we use", "can I run": a question about a plan, not a statement of what is. */
const PLAN =
  /\b(?:should|shall|can|could|would|may|might|(?<!have )(?<!has )(?<!had )to|when|why|how|do|does|did|if you|whether|reason|reasons)(?: (?:we|i|you|one|my team|our team|they|people|not))? (?:not )?(?:\w+ )?(?:use|run|know|learn|move|switch|migrate|have|avoid)(?: \w+){0,3}$/;

/** "Is there a Keras implementation?" asks for what is not there. */
const WISH = /\b(?:is there|are there|any|provide|share|release|looking for|port to)(?: (?:a|an|the|any))?$/;

/** What follows a past use when its time is over. */
const NOW_WANTS =
  /\b(?:now|today|nowadays|these days)\b.{0,20}\b(?:want|wants|looking|need|consider|considering|would like|plan|planning|start|starting)\b/;

/** Whose leaving is news and no plan of the asker. */
const OTHERS =
  /\b(?:google|meta|facebook|hugging|industry|everyone|everybody|people|companies|researchers|why|they|did)\b/;

/** How the asker stands to each named system that belongs to a framework. */
export function findStandings(text: MatchingText, names: readonly FoundName[], isDenied: Polarity): Standing[] {
  const standings: Standing[] = [];
  for (const name of names.slice(0, MAX_NAMES)) {
    if (name.family === null && name.candidate === null && !LEGACY.has(name.id)) continue;
    const found = standingOf(text.tokens, name, isDenied);
    // "We used TF1, now we want ...": past use with a wish for something else is a leaving.
    const leaves = found?.kind === 'had' && found.wanted && NOW_WANTS.test(text.folded);
    if (found) standings.push(leaves ? { ...found, kind: 'leaves' } : found);
  }
  return standings;
}

/** Systems that are no candidate and that a team may still sit on. */
const LEGACY: ReadonlySet<string> = new Set([
  'mxnet',
  'caffe',
  'theano',
  'chainer',
  'cntk',
  'lua-torch',
  'paddlepaddle',
  'mindspore',
  'dl4j',
]);

function standingOf(tokens: readonly Token[], name: FoundName, isDenied: Polarity): Standing | null {
  const clause = tokens[name.from]?.clause;
  const near = (at: number): boolean => tokens[at]?.clause === clause;
  let first = name.from;
  while (first > 0 && name.from - first < WINDOW && near(first - 1)) first--;
  let last = name.to;
  while (last < tokens.length && last - name.to < WINDOW && near(last)) last++;
  const before = join(tokens, first, name.from);
  const after = join(tokens, name.to, last);

  const make = (kind: Standing['kind'], match: RegExpExecArray | null, wanted?: boolean): Standing => {
    const from = match ? first + words(before.slice(0, match.index)) : name.from;
    return { kind, name, wanted: wanted ?? !isDenied(from, name.to), from, to: name.to };
  };
  const leaves = LEAVES_BEFORE.exec(before);
  if (leaves && !OTHERS.test(before)) return make('leaves', leaves, true);
  const moves = MOVES_TO_BEFORE.exec(before);
  if (moves) return make('moves-to', moves, true);
  const avoids = AVOIDS_BEFORE.exec(before);
  if (avoids && !/\b(?:why|reason|reasons|dont know|not know)\b/.test(before)) return make('avoids', avoids, true);
  const isPlan = PLAN.test(before) || WISH.test(before);
  const knows = KNOWS_BEFORE.exec(before);
  if (
    knows &&
    !/\b(?:want|need|like|love|how|to) to know\b|\bknow (?:if|whether|what|which|how|when|why)\b/.test(before)
  )
    return { ...make('knows', knows), wanted: !deniedInside(before) };
  const had = HAD_BEFORE.exec(before);
  if (had) return { ...make('had', had), wanted: !deniedInside(before) };
  if (!isPlan) {
    for (const pattern of HAS_BEFORE) {
      const has = pattern.exec(before);
      if (has && tokens[first + words(before.slice(0, has.index))])
        return { ...make('has', has), wanted: !deniedInside(before) };
    }
  }
  if (KNOWS_AFTER.test(after) && OWN.test(before)) return { ...make('knows', null), wanted: !deniedInside(before) };
  if (!isPlan && HAS_AFTER.test(after)) return { ...make('has', null), wanted: !deniedInside(before) };
  return null;
}

function deniedInside(before: string): boolean {
  return /\b(?:not|no|never|dont|doesnt|havent|hasnt|didnt|without|nobody|none|cant|cannot|arent|isnt|neither|nor|wont|lack)\b(?! only| sure| just)(?: \w+){0,5}$/.test(
    before,
  );
}

function join(tokens: readonly Token[], from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at++)
    text += at === from ? (tokens[at] as Token).text : ` ${(tokens[at] as Token).text}`;
  return text;
}

function words(text: string): number {
  return text.split(' ').filter(Boolean).length;
}

/** The `existing:` value of a system that the asker has. */
export function existingValue({ id, family, version }: FoundName): string {
  if (id === 'litert') return 'tflite';
  if (id === 'tfx' || id === 'tfserving' || id === 'tfjs') return id;
  if (LEGACY.has(id)) return 'legacy';
  if (family === 'tensorflow') return version === 1 ? 'tensorflow1' : 'tensorflow2';
  return (family satisfies FrameworkId | null) ?? id;
}
