/**
 * Slack's limits, in UTF-16 units unless said otherwise. Blocks, elements and objects:
 * https://docs.slack.dev/reference/block-kit, views: https://docs.slack.dev/reference/views.
 */
export const LIMITS = {
  /** Blocks per message. */
  blocks: 50,
  /**
   * All texts of all blocks of a message. Documented nowhere: `msg_blocks_too_long` was seen at 13,172 with one
   * divider among the blocks (slackapi/bolt-js#2509) and at 11,341 in 45 blocks (#2867).
   */
  message: 12_000,
  /** What a block counts besides its texts; a divider was seen to count 125 (slackapi/bolt-js#2509). */
  perBlock: 125,
  /** The top-level `text` of chat.postMessage is cut behind this. */
  text: 40_000,
  /**
   * Bytes of the top-level `text`, escaped, to which messages are filled: chat.update refuses more than 4,000, and
   * answers are updated in place (https://docs.slack.dev/reference/methods/chat.update, `msg_too_long`).
   */
  textBytes: 3_800,
  header: 150,
  /** Documented are 3,000 for any text object. */
  contextText: 2_000,
  contextElements: 10,
  button: 75,
  buttonValue: 2_000,
  accessibilityLabel: 75,
  optionText: 75,
  optionValue: 75,
  elementsOfActions: 25,
  /** Ours: more options than this are a select. */
  buttonsOfQuestion: 5,
  /** Ours: as many as leave room for the buttons in one message. Slack takes 100. */
  optionsOfQuestion: 40,
  optionsOfSelect: 100,
  optionsOfRadio: 10,
  modalTitle: 24,
  modalBlocks: 100,
  homeBlocks: 100,
  privateMetadata: 3_000,
  inputLabel: 2_000,
  inputText: 3_000,
} as const;
