/**
 * Slack's limits, in characters unless said otherwise: https://docs.slack.dev/reference/block-kit/blocks. `message` is
 * ours: over all blocks of one message `msg_blocks_too_long` was seen at about 13,200 (slackapi/bolt-js#2509).
 */
export const LIMITS = {
  /** Blocks per message; some are kept for the buttons. */
  blocks: 50,
  blocksOfButtons: 4,
  message: 12_000,
  header: 150,
  contextText: 2_000,
  button: 75,
  buttonValue: 2_000,
  optionText: 75,
  optionValue: 75,
  elementsOfActions: 25,
  buttonsOfQuestion: 5,
  optionsOfSelect: 100,
  modalTitle: 24,
  modalBlocks: 100,
  homeBlocks: 100,
  privateMetadata: 3_000,
  inputLabel: 2_000,
  inputText: 3_000,
} as const;
