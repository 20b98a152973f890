import { Refusal } from '../errors.ts'
import type { Place } from './job.ts'
import { BACKLOG_MAX } from './limits.ts'
import type { OwnerJobs } from './store.ts'

/**
 * Refuses a job where chat is so far behind that its words would only make it worse. The console has nothing to wait
 * for: whoever sits at the machine reads the job's row.
 * @throws Refusal `chat.backlog`
 */
export async function checkBacklog(store: Pick<OwnerJobs, 'isBehind'>, place: Place): Promise<void> {
  if (place.platform === 'console') return
  if (await store.isBehind(place, BACKLOG_MAX)) throw new Refusal('chat.backlog', { platform: place.platform })
}
