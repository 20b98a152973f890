import type { Clock } from '../clock.ts'
import type { ErrorCode } from '../errors.ts'
import type { Job } from '../jobs/job.ts'
import { type ChatWords, chatWords } from '../messages/chat.ts'
import type { Locale } from '../messages/locale.ts'
import type { Language } from './language.ts'
import type { Line } from './message.ts'
import type { JobView } from './store.ts'

/** What a job's messages are told with: the person's language, the shop's name in it, and the time. */
export interface Scene {
  words: ChatWords
  locale: Locale
  /** The shop's label. */
  site: string
  owner: { externalId: string; name: string }
  /** Epoch milliseconds. */
  now: number
  timeZone: string
  /** The sentence of a refusal. */
  reason(code: ErrorCode, facts: unknown): string
}

/** What was asked for, in one line: shop, words or address, and how much of it. */
export function heading(job: Job, scene: Scene): Line {
  const { request } = job
  const what = request.words || request.url || scene.words.frontList
  return [{ bold: `${scene.site} · ${what}` }, `  ${scene.words.asked(request.limit, request.format)}`]
}

/** The name of a job's thread, where a platform names threads. */
export const threadTitle = (job: Job, scene: Scene): string =>
  `${scene.site} ${job.request.words || job.request.url || scene.words.frontList}`

/** Makes the scene of a job's messages, at the moment when they are sent. */
export type Scenes = (view: JobView) => Promise<Scene>

export interface SceneParts {
  language: Language
  /** The shop's name as people read it. */
  label(site: string, locale: Locale): string
  /** The sentence of a refusal. */
  say(locale: Locale, code: ErrorCode, facts: unknown): string
  clock: Clock
  timeZone: string
}

/** Scenes from the person's language now. */
export function createScenes(parts: SceneParts): Scenes {
  return async (view) => {
    const locale = await parts.language(view)
    const { account } = view.owner
    return {
      words: chatWords(locale),
      locale,
      site: parts.label(view.job.request.site, locale),
      owner: { externalId: account.externalId, name: account.name },
      now: parts.clock.now(),
      timeZone: parts.timeZone,
      reason: (code, facts) => parts.say(locale, code, facts),
    }
  }
}
