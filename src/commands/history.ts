import type { Line } from '../chat/message.ts'
import type { Job } from '../jobs/job.ts'
import { ago } from '../messages/format.ts'
import { type Asking, command } from './command.ts'
import { HISTORY_ROWS } from './limits.ts'
import { nextSteps } from './status.ts'
import { answer, tell, topicOf } from './told.ts'

/** `history`: the newest jobs, with the ids that `result`, `again` and `retry` take. */
export const history = command({
  name: 'history',
  names: ['기록', '내역', '지난작업'],
  help: 'help.history',
  options: {},
  examples: ['history'],
  run: async (asking) => {
    const { jobs } = await asking.desk.jobs.history(asking.asker.user.id, HISTORY_ROWS)
    if (jobs.length === 0) return answer([tell(asking, 'reply.history_empty')])
    const ended = jobs.find((job) => job.finishedAt !== null && job.clearedAt === null)
    return answer(
      [tell(asking, 'reply.history', { count: jobs.length }), ...jobs.map((job) => row(asking, job))],
      ended ? nextSteps(asking, ended) : [],
    )
  },
})

const row = (asking: Asking, job: Job): Line => [
  { code: job.id },
  ` ${tell(asking, 'reply.history_row', { ...topicOf(asking, job), state: job.state, products: job.products })}`,
  ` · ${ago(asking.asker.locale, job.createdAt, job.readAt)}`,
]
