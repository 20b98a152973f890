import type { Job } from '../jobs/job.ts'
import { toTopic } from '../jobs/topic.ts'
import type { Locale } from '../messages/locale.ts'
import { type Say, sayStored, sayWarning } from '../messages/say.ts'
import type { None, SentenceFacts, SentenceKey, Topic } from '../messages/sentences.ts'
import type { Language } from './language.ts'
import type { Line } from './message.ts'
import type { JobView } from './store.ts'

/** What a job's messages are told with: the person's language, the shop's name in it, and the time. */
export interface Scene {
  locale: Locale
  /** A sentence in the person's language. */
  tell<K extends SentenceKey>(
    key: K,
    ...facts: SentenceFacts[K] extends None ? [facts?: SentenceFacts[K]] : [facts: SentenceFacts[K]]
  ): string
  topic: Topic
  owner: { externalId: string; name: string }
  /** When the job's row was read, by the database's clock, as the row's own times. */
  now: number
  /** Why the last attempt failed, as a sentence; undefined when it did not. */
  reason: string | undefined
  warnings: string[]
  /** No process is there that works on jobs. */
  isWorkerless: boolean
  /** Whom people can tell that something is wrong, or null. */
  contact: string | null
}

/** Makes the scene of a job's messages, at the moment when they are sent. */
export type Scenes = (view: Pick<JobView, 'job' | 'owner'>) => Promise<Scene>

export interface SceneParts {
  language: Language
  /** The shop's name as people read it. */
  label(site: string, locale: Locale): string
  say: Say
  isWorkerless(): boolean
  contact: string | null
}

/** Scenes in the language that the person reads now. */
export function createScenes({ language, label, say, isWorkerless, contact }: SceneParts): Scenes {
  return async (view) => {
    const locale = await language(view)
    const { job } = view
    const { account } = view.owner
    return {
      locale,
      tell: (key, ...facts) => say(locale, key, ...facts),
      topic: toTopic(job, label(job.request.site, locale)),
      owner: { externalId: account.externalId, name: account.name },
      now: job.readAt,
      reason: job.code === null ? undefined : sayStored(say, locale, job.code, job.facts),
      warnings: Object.entries(job.warnings).map(([code, count]) => sayWarning(say, locale, code, count)),
      isWorkerless: isWorkerless(),
      contact,
    }
  }
}

/** What was asked for, in one line: shop, words or address, and how much of it. */
export const heading = (job: Job, scene: Scene): Line => ({
  bold: scene.tell('root.title', { ...scene.topic, limit: job.request.limit, format: job.request.format }),
})
