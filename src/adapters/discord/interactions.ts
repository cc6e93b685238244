import {
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type CommandInteractionOption,
  DiscordAPIError,
  type Interaction,
  MessageFlags,
  type RepliableInteraction,
} from 'discord.js';
import { type Command, readCommand } from '../../conversation/commands.ts';
import type { Conversation } from '../../conversation/conversation.ts';
import type { Outlet, Request, Turn } from '../../conversation/message.ts';
import { messageOf } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { actionNamed } from '../../reply/choice-wording.ts';
import { ASPECTS, completions, MESSAGE_COMMAND } from './commands.ts';
import { bodyOf, nonceOf } from './delivery.ts';
import { feedbackForm, readFeedback } from './feedback-form.ts';
import { LIMITS, TOKEN_LIFE } from './limits.ts';
import { placeOf } from './place.ts';
import { renderReply } from './render-message.ts';

export interface InteractionOptions {
  readonly conversation: Conversation;
  readonly labels: () => Readonly<Record<string, string>>;
  readonly logger: Logger;
}

/** Discord's codes: the first response was already given; the interaction is gone. */
const ALREADY_ACKNOWLEDGED = 40060;
const UNKNOWN_INTERACTION = 10062;
/** Discord's codes: the webhook token is invalid; unknown message, webhook or interaction: the token's life is over. */
const EXPIRED = new Set([50027, 10008, 10015, UNKNOWN_INTERACTION]);
/** Buttons whose reply is for everybody; the others answer the one who pressed. */
const PUBLIC_ACTIONS = new Set(['refine', 'compare', 'case-against', 'share']);

/** How an interaction was acknowledged, which decides what its reply replaces. */
interface Acknowledged {
  /** `update`: the message of the button waits for its new content; `reply`: a message of its own does. */
  readonly by: 'update' | 'reply';
  readonly isHidden: boolean;
  /** False when this delivery may not have been the first. */
  readonly isOurs: boolean;
}

/** Answers one interaction: acknowledged before anything else, once, and never with an exception. */
export async function handleInteraction(options: InteractionOptions, interaction: Interaction): Promise<void> {
  const { labels, logger } = options;
  try {
    if (interaction.isAutocomplete()) {
      const { name, value } = interaction.options.getFocused(true);
      await interaction.respond(completions(name, String(value), labels()));
      return;
    }
    if (!interaction.isRepliable()) return;
    if (interaction.isButton() && interaction.customId.startsWith('feedback|')) {
      const [, answer = '', citations = ''] = interaction.customId.split('|');
      await interaction.showModal(feedbackForm(answer, Number(citations)));
      return;
    }
    const acknowledged = await acknowledge(interaction, logger);
    if (acknowledged) await answer(options, interaction, acknowledged);
  } catch (thrown) {
    logger.error({ error: messageOf(thrown) }, 'a Discord interaction was not answered');
  }
}

/** Defers. A lost response to it is ambiguous, so the answer is still tried; only a dead interaction ends here. */
async function acknowledge(interaction: RepliableInteraction, logger: Logger): Promise<Acknowledged | null> {
  const isHidden = isPrivate(interaction);
  const updates = interaction.isButton() && isOwnRefinement(interaction);
  let isOurs = true;
  try {
    if (updates) await interaction.deferUpdate();
    else await interaction.deferReply(isHidden ? { flags: MessageFlags.Ephemeral } : {});
  } catch (thrown) {
    const code = thrown instanceof DiscordAPIError ? thrown.code : null;
    if (code === UNKNOWN_INTERACTION) {
      logger.warn('a Discord interaction came too late to be answered');
      return null;
    }
    if (code !== ALREADY_ACKNOWLEDGED) logger.warn({ error: messageOf(thrown) }, 'no response to a deferral');
    // discord.js refuses to edit what it has not seen deferred.
    interaction.deferred = true;
    isOurs = false;
  }
  return { by: updates ? 'update' : 'reply', isHidden, isOurs };
}

/** The asker refines the answer that was given to them: it changes in place. */
function isOwnRefinement({ customId, message, user }: ButtonInteraction): boolean {
  const asker = message.interactionMetadata?.user.id ?? message.mentions.repliedUser?.id;
  return customId.startsWith('refine|') && asker === user.id;
}

function isPrivate(interaction: RepliableInteraction): boolean {
  if (interaction.isChatInputCommand()) {
    return interaction.commandName === 'index' || (interaction.options.getBoolean('private') ?? false);
  }
  if (interaction.isButton()) return isUnderHidden(interaction) || !PUBLIC_ACTIONS.has(actionOf(interaction));
  return interaction.isModalSubmit();
}

/** A shared answer is for everybody although its button stands under a hidden one. */
function isUnderHidden(interaction: ButtonInteraction): boolean {
  return interaction.message.flags.has(MessageFlags.Ephemeral) && actionOf(interaction) !== 'share';
}

const actionOf = ({ customId }: ButtonInteraction): string => customId.split('|')[0] ?? '';

async function answer(
  { conversation, labels, logger }: InteractionOptions,
  interaction: RepliableInteraction,
  acknowledged: Acknowledged,
): Promise<void> {
  let isDelivered = false;
  const outlet: Outlet = {
    deliver: async (turn) => {
      isDelivered = true;
      await deliver(interaction, turn, acknowledged, logger);
    },
  };
  const request = requestOf(interaction);
  if (interaction.isChatInputCommand()) {
    await conversation.command(request, commandOf(interaction, labels()), acknowledged.isHidden, outlet);
  } else if (interaction.isMessageContextMenuCommand() && interaction.commandName === MESSAGE_COMMAND) {
    const text = interaction.targetMessage.content.slice(0, LIMITS.question);
    await conversation.ask(request, text, acknowledged.isHidden, outlet);
  } else if (interaction.isButton()) {
    const [name = '', id = '', value = ''] = interaction.customId.split('|');
    const action = actionNamed(name);
    const isHidden = interaction.message.flags.has(MessageFlags.Ephemeral);
    if (action) await conversation.act(request, { action, answer: id, value }, isHidden, outlet);
  } else if (interaction.isModalSubmit()) {
    const entry = readFeedback(interaction);
    if (entry) await conversation.feedback(request, entry, outlet);
  }
  // Nothing is said to who floods: "is thinking" would stand there for a quarter of an hour.
  if (!isDelivered && acknowledged.isOurs && acknowledged.by === 'reply')
    await interaction.deleteReply().catch(() => {});
}

function requestOf({ id, guildId, channelId, channel, user }: RepliableInteraction): Request {
  return { key: `discord:${id}`, place: placeOf(guildId, channel, channelId ?? user.id), user: user.id };
}

function commandOf(
  { commandName, options }: ChatInputCommandInteraction,
  labels: Readonly<Record<string, string>>,
): Command {
  switch (commandName) {
    case 'ask':
      return readCommand('ask', options.getString('question') ?? '');
    case 'recommend': {
      const given = ASPECTS.flatMap((aspect) => options.getString(aspect) ?? []);
      // What was typed past the completions is read as words.
      const words = given.filter((value) => !Object.hasOwn(labels, value));
      return { name: 'recommend', requirements: given, text: words.join(', ') };
    }
    case 'compare':
      return readCommand('compare', `${options.getString('a') ?? ''} vs ${options.getString('b') ?? ''}`);
    case 'index':
      return readCommand('index', wordsOf(options.data).join(' '));
    default:
      return { name: 'help', about: null };
  }
}

/** A subcommand and what was chosen for it, as one would type them. */
function wordsOf(options: readonly CommandInteractionOption[]): string[] {
  return options.flatMap(({ name, value, options: inner }) =>
    value === undefined ? [name, ...wordsOf(inner ?? [])] : [String(value)],
  );
}

/** Edits the deferred response while the token lives, then posts to the channel. */
async function deliver(
  interaction: RepliableInteraction,
  turn: Turn,
  { by, isHidden }: Acknowledged,
  logger: Logger,
): Promise<void> {
  const { channel } = interaction;
  const png = await turn.png?.();
  const hides = isHidden || turn.audience === 'asker';
  let isAlive = Date.now() - interaction.createdTimestamp < TOKEN_LIFE;
  for (const [at, part] of renderReply(turn.reply).entries()) {
    const body = bodyOf(part, at === 0 ? png : undefined);
    // A button's message is replaced by what replaces it only; a notice to its presser is a message of its own.
    const edits = at === 0 && (by === 'reply' || turn.replaces);
    try {
      if (isAlive && edits) await interaction.editReply(body);
      else if (isAlive)
        await interaction.followUp({ ...body, flags: part.flags | (hides ? MessageFlags.Ephemeral : 0) });
    } catch (thrown) {
      if (!isExpired(thrown)) throw thrown;
      isAlive = false;
    }
    if (isAlive) continue;
    if (hides) {
      // What was to be private never goes to the channel.
      logger.warn('a private Discord answer came after its interaction had ended');
      return;
    }
    if (channel?.isSendable()) await channel.send({ ...body, ...nonceOf(interaction.id, at) });
  }
}

function isExpired(thrown: unknown): boolean {
  return thrown instanceof DiscordAPIError && EXPIRED.has(Number(thrown.code));
}
