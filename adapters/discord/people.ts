import { type APIInteraction, type APIUser, Routes } from 'discord.js'
import { ThreadGone } from '../../src/chat/platform.ts'
import type { Clock } from '../../src/clock.ts'
import { type Locale, localeOf } from '../../src/messages/locale.ts'
import { createMemory } from '../memory.ts'
import type { Api } from './api.ts'
import { ATTACHMENT_BYTES, MEMBER_MS, REMEMBERED } from './limits.ts'

/** What interactions have told of people and servers. In memory: the next one tells it again. */
export interface People {
  see(interaction: APIInteraction): void
  locale(userId: string): Locale | undefined
  /** The largest file that may be sent in this server (or, with an empty text, directly). Bytes. */
  attachmentBytes(guildId: string): number
  /** Whether this person may use the bot there (DISCORD_GUILDS). In a direct message: as a member of such a server. */
  mayUse(userId: string, guildId: string | undefined): Promise<boolean>
}

/** The name that people read: the display name, else the account's. */
export const nameOf = (user: APIUser): string => user.global_name ?? user.username

export const userOf = (interaction: APIInteraction): APIUser => (interaction.member?.user ?? interaction.user)!

export function createPeople({ api, guilds, clock }: { api: Api; guilds: readonly string[]; clock: Clock }): People {
  const locales = createMemory<Locale | undefined>(REMEMBERED)
  const sizes = createMemory<number>(REMEMBERED)
  const members = createMemory<{ isMember: boolean; until: number }>(REMEMBERED)

  async function isMember(userId: string): Promise<boolean> {
    const known = members.get(userId)
    if (known && known.until > clock.monotonic()) return known.isMember
    const answers = await Promise.all(guilds.map((guild) => isMemberOf(api, guild, userId)))
    const found = answers.includes(true)
    members.set(userId, { isMember: found, until: clock.monotonic() + MEMBER_MS })
    return found
  }

  return {
    see(interaction) {
      locales.set(userOf(interaction).id, localeIn(interaction))
      const { attachment_size_limit: bytes } = interaction
      if (Number.isInteger(bytes) && bytes > 0) sizes.set(interaction.guild_id ?? '', bytes)
    },
    locale: (userId) => locales.get(userId),
    attachmentBytes: (guildId) => sizes.get(guildId) ?? ATTACHMENT_BYTES,
    async mayUse(userId, guildId) {
      if (guilds.length === 0) return true
      return guildId === undefined ? isMember(userId) : guilds.includes(guildId)
    },
  }
}

/** The person's own language, else the server's. */
export const localeIn = (interaction: APIInteraction): Locale | undefined =>
  localeOf('locale' in interaction ? interaction.locale : undefined) ?? localeOf(interaction.guild_locale)

/** @throws when Discord cannot be asked: then nothing is known, and nobody is let in by mistake */
async function isMemberOf(api: Api, guildId: string, userId: string): Promise<boolean> {
  try {
    await api.call({ method: 'GET', route: Routes.guildMember(guildId, userId) })
    return true
  } catch (error) {
    if (error instanceof ThreadGone) return false
    throw error
  }
}
