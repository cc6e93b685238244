/** One question of the recommendation form: an aspect of what is needed, with the answers that the rules know. */
export interface RequirementGroup {
  readonly aspect: string;
  /** As shown above the control. */
  readonly label: string;
  readonly options: readonly { readonly id: string; readonly label: string }[];
}

/** The aspects that a form asks for, in its order. The first part of a requirement id is its aspect. */
export const ASPECTS = {
  goal: 'What you want to do',
  domain: 'The field',
  target: 'Where the model will run',
  hardware: 'What it is trained on',
  team: 'What your team knows',
  priority: 'What matters most',
} as const;

/** The form's questions with the options that the rules have labels for. */
export function requirementGroups(labels: Readonly<Record<string, string>>): RequirementGroup[] {
  return Object.entries(ASPECTS).map(([aspect, label]) => ({
    aspect,
    label,
    options: Object.entries(labels)
      .filter(([id]) => id.startsWith(`${aspect}:`))
      .map(([id, text]) => ({ id, label: text })),
  }));
}
