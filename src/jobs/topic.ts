import type { Topic } from '../messages/sentences.ts'
import type { Job } from './job.ts'

/** What a job is about, for sentences. @param site the shop's name as the reader knows it */
export const toTopic = ({ request, clearedAt }: Pick<Job, 'request' | 'clearedAt'>, site: string): Topic => ({
  site,
  words: request.words,
  url: request.url,
  isRemoved: clearedAt !== null,
})
