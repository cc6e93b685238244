import {
  AttachmentBuilder,
  type ChatInputCommandInteraction,
  ComponentType,
  DiscordAPIError,
  type Interaction,
  type Message,
  MessageFlags,
  type RepliableInteraction,
  TextInputStyle,
} from 'discord.js';
import { messageOf } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { composeNotice } from '../../reply/compose-notice.ts';
import { ASPECTS, completions, MESSAGE_COMMAND } from './commands.ts';
import type { Desk, DeskReply } from './desk.ts';
import { LIMITS, TOKEN_LIFE } from './limits.ts';
import { type RenderedMessage, renderReply } from './render-message.ts';

export interface HandlerOptions {
  readonly desk: Desk;
  /** True the first time that it is called with a key. */
  readonly claim: (key: string) => boolean;
  readonly isAllowed: (user: string) => boolean;
  readonly logger: Logger;
}

/** Discord's codes: the first response was already given; the interaction is gone. */
const ALREADY_ACKNOWLEDGED = 40060;
const UNKNOWN_INTERACTION = 10062;
/** Buttons whose reply is for everybody; the others answer the one who pressed. */
const PUBLIC_ACTIONS = new Set(['refine', 'compare']);

/** Answers one interaction: acknowledged before anything else, once, and never with an exception. */
export async function handleInteraction(options: HandlerOptions, interaction: Interaction): Promise<void> {
  const { desk, claim, isAllowed, logger } = options;
  try {
    if (!claim(interaction.id)) return;
    if (interaction.isAutocomplete()) {
      const { name, value } = interaction.options.getFocused(true);
      await interaction.respond(completions(name, String(value), desk.labels()));
      return;
    }
    if (!interaction.isRepliable()) return;
    if (interaction.isButton() && interaction.customId.startsWith('feedback|')) {
      await interaction.showModal(feedbackForm(interaction.customId));
      return;
    }
    if (!(await acknowledge(interaction, isPrivate(interaction), logger))) return;
    const made = isAllowed(interaction.user.id)
      ? await answerTo(desk, interaction).catch((thrown: unknown): DeskReply => {
          logger.error({ error: messageOf(thrown) }, 'a Discord interaction failed');
          return { reply: composeNotice('failed') };
        })
      : { reply: composeNotice('busy') };
    await deliver(interaction, made);
  } catch (thrown) {
    logger.error({ error: messageOf(thrown) }, 'a Discord interaction was not answered');
  }
}

/** Answers a message: a reply to it, then the rest of the parts in its channel. */
export async function answerMessage(
  { desk, isAllowed, logger }: HandlerOptions,
  message: Message,
  text: string,
): Promise<void> {
  try {
    if (message.channel.isSendable()) await message.channel.sendTyping().catch(() => {});
    const made = isAllowed(message.author.id)
      ? await desk.ask(text).catch((thrown: unknown): DeskReply => {
          logger.error({ error: messageOf(thrown) }, 'a Discord message failed');
          return { reply: composeNotice('failed') };
        })
      : { reply: composeNotice('busy') };
    for (const [at, part] of renderReply(made.reply).entries()) {
      const body = { ...bodyOf(part), ...nonceOf(message.id, at) };
      if (at === 0) await message.reply({ ...body, failIfNotExists: false });
      else if (message.channel.isSendable()) await message.channel.send(body);
    }
  } catch (thrown) {
    logger.error({ error: messageOf(thrown) }, 'a Discord message was not answered');
  }
}

/** Defers. A lost response to it is ambiguous, so the answer is still tried; only a dead interaction ends here. */
async function acknowledge(interaction: RepliableInteraction, hidden: boolean, logger: Logger): Promise<boolean> {
  try {
    await interaction.deferReply(hidden ? { flags: MessageFlags.Ephemeral } : {});
  } catch (thrown) {
    const code = thrown instanceof DiscordAPIError ? thrown.code : null;
    if (code === UNKNOWN_INTERACTION) {
      logger.warn('a Discord interaction came too late to be answered');
      return false;
    }
    if (code !== ALREADY_ACKNOWLEDGED) logger.warn({ error: messageOf(thrown) }, 'no response to a deferral');
    // discord.js refuses to edit what it has not seen deferred.
    interaction.deferred = true;
  }
  return true;
}

function isPrivate(interaction: RepliableInteraction): boolean {
  if (interaction.isChatInputCommand()) {
    return interaction.commandName === 'index' || (interaction.options.getBoolean('private') ?? false);
  }
  if (interaction.isButton()) return !PUBLIC_ACTIONS.has(interaction.customId.split('|')[0] as string);
  return interaction.isModalSubmit();
}

async function answerTo(desk: Desk, interaction: RepliableInteraction): Promise<DeskReply> {
  if (interaction.isChatInputCommand()) return command(desk, interaction);
  if (interaction.isMessageContextMenuCommand() && interaction.commandName === MESSAGE_COMMAND) {
    return desk.ask(interaction.targetMessage.content.slice(0, LIMITS.question));
  }
  const user = interaction.user.id;
  if (interaction.isButton()) {
    const [action = '', id = '', value = ''] = interaction.customId.split('|');
    return desk.act(action, id, value, user);
  }
  if (interaction.isModalSubmit()) {
    const id = interaction.customId.split('|')[1] ?? '';
    return desk.act('feedback', id, interaction.fields.getTextInputValue('text'), user);
  }
  throw new Error('an interaction of a kind that is not offered');
}

function command(desk: Desk, { commandName, options, guildId, user }: ChatInputCommandInteraction): Promise<DeskReply> {
  switch (commandName) {
    case 'ask':
      return desk.ask(options.getString('question', true));
    case 'recommend':
      return desk.recommend(ASPECTS.flatMap((aspect) => options.getString(aspect) ?? []));
    case 'compare':
      return desk.compare([options.getString('a', true), options.getString('b', true)]);
    case 'index':
      return desk.administer(options.getString('action', true), `${guildId ?? 'direct'}:${user.id}`);
    default:
      throw new Error(`there is no command ${commandName}`);
  }
}

/** Edits the deferred response while the token lives, then posts to the channel. */
async function deliver(interaction: RepliableInteraction, { reply, png }: DeskReply): Promise<void> {
  const { channel } = interaction;
  const isAlive = (): boolean => Date.now() - interaction.createdTimestamp < TOKEN_LIFE;
  const hidden = isPrivate(interaction) ? MessageFlags.Ephemeral : 0;
  for (const [at, part] of renderReply(reply).entries()) {
    const body = bodyOf(part, at === 0 ? png : undefined);
    if (isAlive()) {
      if (at === 0) await interaction.editReply(body);
      else await interaction.followUp({ ...body, flags: part.flags | hidden });
      // What was to be private never goes to the channel.
    } else if (channel?.isSendable() && hidden === 0) await channel.send({ ...body, ...nonceOf(interaction.id, at) });
  }
}

function bodyOf({ flags, components, allowedMentions }: RenderedMessage, png?: Uint8Array) {
  const gallery = {
    type: ComponentType.MediaGallery as const,
    items: [{ media: { url: 'attachment://comparison.png' } }],
  };
  return {
    flags: flags as MessageFlags.IsComponentsV2,
    components: png ? [...components, gallery] : components,
    allowedMentions: { parse: [...allowedMentions.parse], repliedUser: false },
    ...(png && { files: [new AttachmentBuilder(Buffer.from(png), { name: 'comparison.png' })] }),
  };
}

/** The same message sent twice appears once: the last two digits number its parts. */
function nonceOf(id: string, at: number): { nonce: string; enforceNonce: true } {
  return { nonce: `${id}-${at}`.slice(-LIMITS.nonce), enforceNonce: true };
}

function feedbackForm(customId: string) {
  const input = {
    type: ComponentType.TextInput as const,
    custom_id: 'text',
    label: 'What is wrong, and with which quote?',
    style: TextInputStyle.Paragraph,
    required: true,
    max_length: 1000,
  };
  return {
    custom_id: customId,
    title: 'Feedback',
    components: [{ type: ComponentType.ActionRow as const, components: [input] }],
  };
}
