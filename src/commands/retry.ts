import { Refusal } from '../errors.ts'
import type { JobId } from '../ids.ts'
import { type Asking, command } from './command.ts'
import { jobId } from './options.ts'
import { answer, buttons, tell, topicOf } from './told.ts'

/** `retry [id]`: a failed job once more, in its own thread. */
export const retry = command({
  name: 'retry',
  names: ['재시도', '다시시도'],
  help: 'help.retry',
  options: { id: jobId() },
  examples: ['retry'],
  run: async (asking, { id }) => {
    const job = await asking.desk.jobs.retry(asking.asker, id ?? undefined, asking.place)
    return answer([tell(asking, 'reply.retried', topicOf(asking, job))], [buttons.cancel(asking, job.id)], job.id)
  },
})

/** `again [id]`: the same request as a new job, here. */
export const again = command({
  name: 'again',
  names: ['다시', '다시실행', '재실행'],
  help: 'help.again',
  options: { id: jobId() },
  examples: ['again'],
  run: async (asking, { id }) => {
    const job = await asking.desk.jobs.again(asking.asker, id ?? (await newest(asking)), asking.place)
    return answer([tell(asking, 'reply.again', topicOf(asking, job))], [buttons.cancel(asking, job.id)], job.id)
  },
})

/** @throws Refusal `job.unknown` when there is no job yet */
async function newest({ desk, asker }: Asking): Promise<JobId> {
  const [job] = (await desk.jobs.history(asker.user.id, 1)).jobs
  if (!job) throw new Refusal('job.unknown', { given: '' })
  return job.id
}
