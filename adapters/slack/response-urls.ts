import type { Clock } from '../../src/clock.ts'
import { createMemory } from '../memory.ts'
import { RESPONSE_URL_MS, RESPONSE_URLS_MAX } from './limits.ts'

/** The newest response URL of a person in a channel: the one way to tell them something where the bot is not. */
export interface ResponseUrls {
  keep(channel: string, user: string, url: string): void
  /** While it is good. */
  of(channel: string, user: string): string | undefined
}

export function createResponseUrls(clock: Clock): ResponseUrls {
  const kept = createMemory<{ url: string; until: number }>(RESPONSE_URLS_MAX)
  const key = (channel: string, user: string) => `${channel}/${user}`
  return {
    keep: (channel, user, url) => kept.set(key(channel, user), { url, until: clock.monotonic() + RESPONSE_URL_MS }),
    of(channel, user) {
      const found = kept.get(key(channel, user))
      return found && found.until > clock.monotonic() ? found.url : undefined
    },
  }
}
