import {
  type APIApplicationCommandAutocompleteInteraction,
  type APIChatInputApplicationCommandInteraction,
  type APIInteraction,
  type APIMessageComponentInteraction,
  InteractionResponseType,
  InteractionType,
  Routes,
} from 'discord.js'
import type { Autocomplete } from '../../src/commands/autocomplete.ts'
import type { Command, Dispatch, Invocation, Reply } from '../../src/commands/command.ts'
import { CRAWL } from '../../src/commands/command-words.ts'
import type { Option } from '../../src/commands/options.ts'
import { COMMANDS } from '../../src/commands/table.ts'
import { Refusal } from '../../src/errors.ts'
import { type Say, sayRefusal } from '../../src/messages/say.ts'
import type { PlatformService } from '../network-platform.ts'
import { type AnswerParts, answer, defer, localeOfAnswer, lostUnless } from './answers.ts'
import { invocationOf, saidIn, subcommandOf } from './invocation.ts'
import { discordWords } from './messages.ts'
import { localeIn, userOf } from './people.ts'

export interface InboundParts extends AnswerParts {
  dispatch: Dispatch
  autocomplete: Autocomplete
  buttons: PlatformService['buttons']
  say: Say
  /** Names of the shops that have a subcommand. */
  shops: ReadonlySet<string>
  /** The bot's user id; empty before the first session. */
  botId(): string
}

/** Answers one interaction. Never throws. */
export async function onInteraction(parts: InboundParts, interaction: APIInteraction): Promise<void> {
  await lostUnless(parts, async () => {
    if (!userIsKnown(interaction)) return
    parts.people.see(interaction)
    if (interaction.type === InteractionType.ApplicationCommandAutocomplete) return complete(parts, interaction)
    if (interaction.type === InteractionType.ApplicationCommand)
      return perform(parts, interaction, () =>
        saidIn(interaction as APIChatInputApplicationCommandInteraction, parts.shops),
      )
    if (interaction.type === InteractionType.MessageComponent)
      return perform(parts, interaction, () => behind(parts, interaction))
  })
}

const userIsKnown = (interaction: APIInteraction): boolean =>
  interaction.member !== undefined || interaction.user !== undefined

type Said = Pick<Invocation, 'text' | 'options'>

/** Buttons say their command; whose it is, is checked where every command is. */
async function behind(parts: InboundParts, interaction: APIMessageComponentInteraction): Promise<Said | Reply> {
  const viewer = { platform: 'discord', externalId: userOf(interaction).id }
  try {
    const text = await parts.ids.commandOf(interaction.data.custom_id, () => parts.buttons.commands(viewer))
    return text === undefined ? ownReply(parts, interaction, 'buttonGone') : { text }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const sentence = sayRefusal(parts.say, localeOfAnswer(parts, interaction), error)
    return { message: { lines: [sentence] }, outcome: error.code }
  }
}

async function perform(
  parts: InboundParts,
  interaction: APIInteraction,
  read: () => Said | Promise<Said | Reply>,
): Promise<void> {
  if (!(await defer(parts, interaction))) return
  if (!(await parts.people.mayUse(userOf(interaction).id, interaction.guild_id)))
    return answer(parts, interaction, ownReply(parts, interaction, 'serverNotAllowed'))
  const said = await read()
  const reply = 'text' in said ? await parts.dispatch(invocationOf(interaction, said, parts.botId())) : said
  if (reply) await answer(parts, interaction, reply) // none for a redelivery: the first one was answered
}

const ownReply = (
  parts: InboundParts,
  interaction: APIInteraction,
  word: 'buttonGone' | 'serverNotAllowed',
): Reply => ({ message: { lines: [discordWords(localeOfAnswer(parts, interaction))[word]] }, outcome: word })

/** Cannot be deferred, and a late answer is dropped by Discord: from memory, tried once. */
async function complete(parts: InboundParts, interaction: APIApplicationCommandAutocompleteInteraction): Promise<void> {
  const { name, options } = subcommandOf(interaction as never)
  const focused = options.find((option) => 'focused' in option && option.focused)
  const kind = focused && optionOf(name, focused.name, parts.shops)?.kind
  if (!focused || !kind || !(await parts.people.mayUse(userOf(interaction).id, interaction.guild_id))) return
  const account = {
    platform: 'discord',
    workspace: '',
    externalId: userOf(interaction).id,
    locale: localeIn(interaction),
  }
  const choices = await parts.autocomplete({ account, kind, value: String(focused.value) })
  await parts.api.raw({
    method: 'POST',
    route: Routes.interactionCallback(interaction.id, interaction.token),
    body: { type: InteractionResponseType.ApplicationCommandAutocompleteResult, data: { choices } },
    isInteraction: true,
  })
}

function optionOf(subcommand: string, option: string, shops: ReadonlySet<string>): Option | undefined {
  const name = shops.has(subcommand) ? CRAWL : subcommand
  const command: Command | undefined = COMMANDS.find((one) => one.name === name)
  return command && Object.hasOwn(command.options, option) ? command.options[option] : undefined
}
