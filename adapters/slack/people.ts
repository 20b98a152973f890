import type { Clock } from '../../src/clock.ts'
import { type Locale, localeOf } from '../../src/messages/locale.ts'
import { createMemory } from '../memory.ts'
import { ANSWER_TIMEOUT_MS, PEOPLE_MAX, PERSON_KEEP_MS, PERSON_RETRY_MS } from './limits.ts'
import type { SlackApi } from './web-api.ts'

/** What Slack tells of a person. */
export interface SlackPerson {
  name: string | undefined
  locale: Locale | undefined
}

/** Names, languages and direct channels of people, asked once an hour. */
export interface People {
  /** Never throws: what Slack does not tell is undefined. */
  person(id: string): Promise<SlackPerson>
  /** The channel of the direct message with this person. @throws as SlackApi.call */
  direct(id: string, signal: AbortSignal): Promise<string>
}

interface Kept {
  answer: Promise<SlackPerson>
  until: number
}

export function createPeople({ api, clock }: { api: SlackApi; clock: Clock }): People {
  const known = createMemory<Kept>(PEOPLE_MAX)
  const directs = createMemory<string>(PEOPLE_MAX)

  async function ask(id: string, kept: Kept): Promise<SlackPerson> {
    try {
      // without include_locale Slack tells no language
      const { user } = await api.call(AbortSignal.timeout(ANSWER_TIMEOUT_MS), (client) =>
        client.users.info({ user: id, include_locale: true }),
      )
      const name = user?.profile?.display_name || user?.real_name || user?.name
      return { name: name || undefined, locale: localeOf(user?.locale) }
    } catch {
      kept.until = clock.monotonic() + PERSON_RETRY_MS
      return { name: undefined, locale: undefined }
    }
  }

  return {
    person(id) {
      const former = known.get(id)
      if (former && former.until > clock.monotonic()) return former.answer
      const kept: Kept = { answer: Promise.resolve({ name: undefined, locale: undefined }), until: 0 }
      kept.until = clock.monotonic() + PERSON_KEEP_MS
      kept.answer = ask(id, kept)
      known.set(id, kept)
      return kept.answer
    },
    async direct(id, signal) {
      const kept = directs.get(id)
      if (kept !== undefined) return kept
      const { channel } = await api.call(signal, (client) => client.conversations.open({ users: id }))
      directs.set(id, channel!.id!)
      return channel!.id!
    },
  }
}
