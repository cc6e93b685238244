import { FRAMEWORKS, type FrameworkId } from '../recommendation/candidate.ts';
import type { Requirement } from '../recommendation/recommendation.ts';
import { type FoundName, findNames } from './find-names.ts';
import { findRequirements } from './find-requirements.ts';
import { guessForm, guessLanguage } from './form.ts';
import { createMatchingText, type MatchingText } from './matching-text.ts';
import { createPolarity } from './polarity.ts';
import type { Question, QuestionForm } from './question.ts';
import { findStandings, type Standing } from './standing.ts';

/** Understands a message: pure, the same every time, and quick whatever its length (2,000 characters are read). */
export function parseQuestion(message: string): Question {
  const text = createMatchingText(message);
  const found = findNames(text);
  const isDenied = createPolarity(text);
  const form = guessForm(text, found);
  const standings = withoutRivals(text, findStandings(text, found, isDenied), form);
  const requirements = findRequirements(text, found, standings, isDenied);
  const subject = subjectOf(text, found, standings, form);
  return {
    text: message,
    form,
    language: guessLanguage(text),
    names: found.map(({ from: _from, to: _to, ...name }) => name),
    choices: choicesOf(found, form, requirements),
    requirements: subject ? [...requirements, subject] : requirements,
    cut: text.cut,
  };
}

/** The frameworks a choice or comparison is between; a framework that the asker rules out is not among them. */
function choicesOf(
  names: readonly FoundName[],
  form: QuestionForm,
  requirements: readonly Requirement[],
): FrameworkId[] {
  if (form !== 'choice' && form !== 'comparison') return [];
  const ruledOut = new Set(requirements.filter(({ id }) => id.startsWith('avoid:')).map(({ id }) => id.slice(6)));
  const named = FRAMEWORKS.filter(
    (framework) => names.some((name) => name.family === framework && !isRuntime(name)) && !ruledOut.has(framework),
  );
  return named.length > 1 ? named : [];
}

/** ExecuTorch beside LiteRT is a choice of runtime; it says nothing of what to train in. */
function isRuntime({ candidate, family }: FoundName): boolean {
  return candidate !== null && candidate !== family;
}

/** "Load Keras weights into PyTorch": a model on its way, not code to build on. */
const CONVERTS = /\b(?:convert|load|import|transfer|translate)\w*\b.{1,80}\b(?:in)?to\b/;

/**
 * In "is training with A slower than training with B" nobody has A and B: both are hypothetical. Nor does who
 * converts a model from A to B say what the next one should be made in.
 */
function withoutRivals(text: MatchingText, standings: readonly Standing[], form: QuestionForm): readonly Standing[] {
  const families = new Set(standings.filter(({ kind }) => kind === 'has').map(({ name }) => name.family));
  const isRivalry = form === 'comparison' && families.size > 1;
  return isRivalry || CONVERTS.test(text.folded) ? standings.filter(({ kind }) => kind !== 'has') : standings;
}

/** Words that put a framework itself in question: such a message is not asked from inside that framework. */
const IN_QUESTION =
  /\bshould\b|\bbetter\b|\bbest\b|\bworth\b|\bdead\b|\bdying\b|\bobsolete\b|\balternativ|\bwhy (?:use|tensorflow|tf|pytorch|keras|jax)\b|\bwhen (?:to|should|would)\b|\bstill (?:used|relevant|alive|maintained)\b|\breasons?\b|\bdeprecat|\boutdated\b|\babandon|\bfuture\b|\binstead\b|\bmigrat|\bswitch\b|\bplans? to (?:move|switch|migrate|port|drop)\b|\brecommend|\bdead end\b|\bchalleng|\bthink of\b|\bopinion/;

/** A message about one framework only, which does not question it, is asked from inside that framework. */
function subjectOf(
  text: MatchingText,
  names: readonly FoundName[],
  standings: readonly Standing[],
  form: QuestionForm,
): Requirement | null {
  if (form === 'choice' || form === 'comparison' || form === 'chat') return null;
  const [name, ...others] = names.filter(({ family }) => family !== null);
  if (!name || others.some(({ family }) => family !== name.family)) return null;
  if (standings.some(({ kind }) => kind !== 'moves-to') || IN_QUESTION.test(text.folded)) return null;
  return { id: `subject:${name.family}`, trigger: name.words, wanted: true };
}
