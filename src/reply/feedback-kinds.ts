/** What can be wrong with an answer or one of its quotes, as the reader is asked. */
export const FEEDBACK_KINDS = {
  'wrong-passage': 'The quote does not answer the question',
  outdated: 'It is outdated',
  'missing-option': 'An option is missing',
  disagree: 'I disagree with the recommendation',
  'not-my-constraints': 'These are not my constraints',
} as const;

export type FeedbackKind = keyof typeof FEEDBACK_KINDS;

/** The words of the feedback form. */
export const FEEDBACK_FORM = {
  title: 'Feedback',
  about: 'What is it about?',
  whole: 'The whole answer',
  quote: (n: number): string => `Quote ${n}`,
  kind: 'What is wrong?',
  // Platforms say by themselves that a field is optional.
  text: 'In your own words',
  send: 'Send',
  cancel: 'Cancel',
} as const;

/** The words of the recommendation form. */
export const RECOMMEND_FORM = {
  title: 'Recommendation',
  text: 'Anything else that matters',
  hint: 'For instance: the team knows Keras, it must run offline',
  send: 'Recommend',
  cancel: 'Cancel',
} as const;
