/** Discord's limits on what is sent (docs.discord.com, "Message" and "Component Reference"), in UTF-16 units. */
export const LIMITS = {
  /** Text of all text displays of one message. */
  messageText: 4000,
  /** Components of one message, nested ones counted. */
  components: 40,
  buttonsPerRow: 5,
  buttonLabel: 80,
  customId: 100,
  nonce: 25,
  threadName: 100,
  choices: 25,
  choiceName: 100,
  /** Characters of a question as a command option. */
  question: 2000,
} as const;

/** Milliseconds after which an interaction's token is no longer relied on; Discord ends it at 15 minutes. */
export const TOKEN_LIFE = 14 * 60_000;
