import {
  type APIModalInteractionResponseCallbackData,
  ComponentType,
  type ModalSubmitInteraction,
  TextInputStyle,
} from 'discord.js';
import type { FeedbackEntry } from '../../conversation/actions.ts';
import { FEEDBACK_FORM, FEEDBACK_KINDS } from '../../reply/feedback-kinds.ts';
import { LIMITS } from './limits.ts';

export const FEEDBACK_FORM_ID = 'feedback';
const WHOLE = 'whole';

/** The form for feedback on an answer: about which quote, of what kind, in free words. */
export function feedbackForm(answer: string, citations: number): APIModalInteractionResponseCallbackData {
  const count = Number.isInteger(citations) ? Math.max(0, Math.min(citations, LIMITS.choices - 1)) : 0;
  const quotes = Array.from({ length: count }, (_, at) => ({
    label: FEEDBACK_FORM.quote(at + 1),
    value: String(at + 1),
  }));
  const select = (id: string, options: readonly { label: string; value: string }[]) => ({
    type: ComponentType.StringSelect as const,
    custom_id: id,
    options: [...options],
    required: true,
  });
  const labelled = <Component>(label: string, component: Component) => ({
    type: ComponentType.Label as const,
    label,
    component,
  });
  return {
    custom_id: `${FEEDBACK_FORM_ID}|${answer}`,
    title: FEEDBACK_FORM.title,
    components: [
      labelled(FEEDBACK_FORM.about, select('about', [{ label: FEEDBACK_FORM.whole, value: WHOLE }, ...quotes])),
      labelled(
        FEEDBACK_FORM.kind,
        select(
          'kind',
          Object.entries(FEEDBACK_KINDS).map(([value, label]) => ({ label, value })),
        ),
      ),
      labelled(FEEDBACK_FORM.text, {
        type: ComponentType.TextInput as const,
        custom_id: 'text',
        style: TextInputStyle.Paragraph,
        required: false,
        max_length: 1000,
      }),
    ],
  };
}

/** What a submitted form says, or null when it is none of ours. */
export function readFeedback({ customId, fields }: ModalSubmitInteraction): FeedbackEntry | null {
  const [name, answer = ''] = customId.split('|');
  if (name !== FEEDBACK_FORM_ID) return null;
  const about = Number(fields.getStringSelectValues('about')[0]);
  const kind = fields.getStringSelectValues('kind')[0] ?? '';
  if (!Object.hasOwn(FEEDBACK_KINDS, kind)) return null;
  const citation = Number.isInteger(about) && about > 0 ? about : null;
  return { answer, citation, kind, text: fields.getTextInputValue('text') };
}
