import {
  ApplicationCommandOptionType as Option,
  type RESTPutAPIApplicationCommandsJSONBody,
  ApplicationCommandType as Type,
} from 'discord.js';
import { INDEX_ACTIONS, type IndexAction } from '../../conversation/commands.ts';
import { CANDIDATE_NAMES } from '../../recommendation/candidate.ts';
import { LIMITS } from './limits.ts';

const PRIVATE = { type: Option.Boolean, name: 'private', description: 'Show the answer to you alone' } as const;
const RECOMMEND_OPTIONS = {
  goal: 'What you want to do: research, learning, production',
  domain: 'The field: vision, language, speech, tabular',
  target: 'Where it will run: phone, browser, server',
  hardware: 'What it will run on: one GPU, TPU, CPU',
  team: 'What your team knows',
  priority: 'What matters most',
} as const;

/** The aspects of `/recommend`, which are the options' names and the first part of requirement ids. */
export const ASPECTS = Object.keys(RECOMMEND_OPTIONS);
export const MESSAGE_COMMAND = 'Ask about this';

const INDEX_WORDING: Readonly<Record<IndexAction, string>> = {
  status: 'Which generation serves, and what is in it',
  rebuild: 'Build a new generation from the documents',
  rollback: 'Go back to the generation before',
  diff: 'What the serving generation changed against the one before',
  'follow-ups': "Whether this channel's threads are followed without a mention",
};
const ON_OR_OFF = {
  type: Option.String,
  name: 'state',
  description: 'On or off',
  required: true,
  choices: ['on', 'off'].map((name) => ({ name, value: name })),
} as const;

/** The commands as data: what `npm run deploy:discord` registers. */
export const COMMANDS = [
  {
    type: Type.ChatInput,
    name: 'ask',
    description: 'Ask which deep-learning framework fits; answered with word-for-word quotes',
    options: [
      {
        type: Option.String,
        name: 'question',
        description: 'Your question',
        required: true,
        max_length: LIMITS.question,
      },
      PRIVATE,
    ],
  },
  {
    type: Type.ChatInput,
    name: 'recommend',
    description: 'A recommendation by what you need, with the rules and quotes behind it',
    options: [
      ...Object.entries(RECOMMEND_OPTIONS).map(([name, description]) => ({
        type: Option.String as const,
        name,
        description,
        autocomplete: true as const,
      })),
      PRIVATE,
    ],
  },
  {
    type: Type.ChatInput,
    name: 'compare',
    description: 'Two frameworks or runtimes beside each other, every cell with its quote',
    options: [
      { type: Option.String, name: 'a', description: 'The first one', required: true, autocomplete: true },
      { type: Option.String, name: 'b', description: 'The second one', required: true, autocomplete: true },
      PRIVATE,
    ],
  },
  {
    type: Type.ChatInput,
    name: 'index',
    description: 'For administrators: the index that answers come from',
    // Hidden from members by default. That is display: the right is checked where the command is carried out.
    default_member_permissions: '0',
    options: INDEX_ACTIONS.map((name) => ({
      type: Option.Subcommand as const,
      name,
      description: INDEX_WORDING[name],
      options: name === 'follow-ups' ? [ON_OR_OFF] : [],
    })),
  },
  { type: Type.Message, name: MESSAGE_COMMAND },
] satisfies RESTPutAPIApplicationCommandsJSONBody;

/**
 * Choices of an option that contain what was typed, 25 at most, from memory alone: Discord gives an autocomplete
 * three seconds and it cannot be deferred.
 */
export function completions(
  option: string,
  typed: string,
  labels: Readonly<Record<string, string>>,
): { name: string; value: string }[] {
  const all =
    option === 'a' || option === 'b'
      ? Object.entries(CANDIDATE_NAMES).map(([value, name]) => ({ name, value }))
      : Object.entries(labels)
          .filter(([id]) => id.startsWith(`${option}:`))
          .map(([value, name]) => ({ name, value }));
  const sought = typed.trim().toLowerCase();
  return all
    .filter(({ name, value }) => name.toLowerCase().includes(sought) || value.includes(sought))
    .filter(({ name, value }) => name.length <= LIMITS.choiceName && value.length <= LIMITS.choiceName)
    .slice(0, LIMITS.choices);
}
