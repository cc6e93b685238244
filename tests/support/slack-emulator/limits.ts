/**
 * Slack's limits, in UTF-16 units or items. Sources: docs.slack.dev/reference/block-kit and the doc comments of
 * @slack/types 3; `text` per docs.slack.dev/reference/methods/chat.postMessage.
 */
export const LIMITS = {
  text: 40_000,
  /** Above this Slack advises blocks or a file instead of plain text. */
  textAdvised: 4_000,
  messageBlocks: 50,
  viewBlocks: 100,
  textObject: 3_000,
  sectionFields: 10,
  sectionField: 2_000,
  header: 150,
  contextElements: 10,
  actionsElements: 25,
  contextActionsElements: 5,
  id: 255,
  buttonText: 75,
  buttonValue: 2_000,
  url: 3_000,
  accessibilityLabel: 75,
  optionText: 75,
  optionValue: 75,
  optionDescription: 75,
  selectOptions: 100,
  optionGroups: 100,
  choiceOptions: 10,
  overflowOptions: 5,
  placeholder: 150,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  altText: 2_000,
  imageTitle: 2_000,
  inputLabel: 2_000,
  inputHint: 2_000,
  inputLength: 3_000,
  markdown: 12_000,
  tableRows: 100,
  tableCells: 20,
  tableCharacters: 10_000,
  listIndent: 8,
  viewTitle: 24,
  privateMetadata: 3_000,
  callbackId: 255,
  /**
   * All texts of all blocks of a message. Seen, not documented: slackapi/bolt-js issue 2509 was refused just above
   * 13,200 with two to four blocks; issue 2867 was refused at 11,341 with 45 blocks and accepted at 9,597 with 50
   * ("12,000 with a buffer for block containers"). 50 for each block agrees with all of these. Posts to a
   * response_url were seen to pass above it; they are held to it here all the same.
   */
  message: 13_200,
  messagePerBlock: 50,
} as const;
