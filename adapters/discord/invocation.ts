import {
  type APIApplicationCommandInteraction,
  type APIApplicationCommandInteractionDataBasicOption,
  type APIInteraction,
  ApplicationCommandOptionType,
  ChannelType,
} from 'discord.js'
import type { Invocation } from '../../src/commands/command.ts'
import type { Place } from '../../src/jobs/job.ts'
import { localeIn, nameOf, userOf } from './people.ts'
import { URL_COMMAND } from './register.ts'

type BasicOption = APIApplicationCommandInteractionDataBasicOption

/** Channel types that are threads. */
const THREADS: number[] = [ChannelType.PublicThread, ChannelType.PrivateThread, ChannelType.AnnouncementThread]
const isThread = (type: number | undefined): boolean => type !== undefined && THREADS.includes(type)

/** A channel as an event tells it. A thread stands in the channel above it. */
export interface SeenChannel {
  id: string
  type?: number
  parent_id?: string | null
  owner_id?: string
}

/**
 * Where something was typed. The public thread of one job is no place for another: that one gets its own, in the
 * channel above. In people's threads, and in private ones, the job stays where it was asked for.
 */
export function placeOf(channel: SeenChannel, guildId: string | undefined, botId: string): Place {
  const parent = isThread(channel.type) ? channel.parent_id : undefined
  const isOwn = channel.type === ChannelType.PublicThread && channel.owner_id === botId
  return {
    platform: 'discord',
    workspace: guildId ?? '',
    channel: parent ?? channel.id,
    thread: parent && !isOwn ? channel.id : null,
    isDirect: guildId === undefined,
  }
}

/** A command or button as the one entrance of all platforms takes it. */
export function invocationOf(
  interaction: APIInteraction,
  said: Pick<Invocation, 'text' | 'options'>,
  botId: string,
): Invocation {
  const user = userOf(interaction)
  const channel: SeenChannel = (interaction.channel as SeenChannel | undefined) ?? { id: interaction.channel_id ?? '' }
  return {
    eventId: interaction.id,
    account: {
      platform: 'discord',
      workspace: '',
      externalId: user.id,
      name: nameOf(user),
      locale: localeIn(interaction),
    },
    place: placeOf(channel, interaction.guild_id, botId),
    ...said,
  }
}

/** The subcommand and its typed options. A shop's subcommand means the shop; `url` an address. */
export function saidIn(
  interaction: APIApplicationCommandInteraction,
  shops: ReadonlySet<string>,
): Pick<Invocation, 'text' | 'options'> {
  const { name, options } = subcommandOf(interaction)
  const typed = Object.fromEntries(options.map((option) => [option.name, option.value as string | number | boolean]))
  if (shops.has(name)) return { text: '', options: { site: name, ...typed } }
  return { text: name === URL_COMMAND ? '' : name, options: typed }
}

/** The subcommand of `/crawl`, and what was typed into it. */
export function subcommandOf(interaction: Pick<APIApplicationCommandInteraction, 'data'>): {
  name: string
  options: BasicOption[]
} {
  const { options = [] } = interaction.data as { options?: { type: number; name: string; options?: BasicOption[] }[] }
  const [sub] = options
  if (sub?.type !== ApplicationCommandOptionType.Subcommand) return { name: '', options: [] }
  return { name: sub.name, options: sub.options ?? [] }
}
