import type { Button } from '../chat/message.ts'
import { progressMessage } from '../chat/progress.ts'
import type { Job } from '../jobs/job.ts'
import { type EndedState, isEnded } from '../jobs/states.ts'
import { ago } from '../messages/format.ts'
import { type Answer, type Asking, command } from './command.ts'
import { answer, buttons, linkLine, sceneOf, tell, topicOf } from './told.ts'

/** `status`: the running job as its thread shows it, else the newest one. */
export const status = command({
  name: 'status',
  names: ['상태', '진행', '진행상황'],
  help: 'help.status',
  options: {},
  examples: ['status'],
  run: async (asking) => {
    const job = await asking.desk.jobs.active(asking.asker.user.id)
    return job ? runningAnswer(asking, job) : idleAnswer(asking)
  },
})

async function runningAnswer(asking: Asking, job: Job): Promise<Answer> {
  const message = progressMessage(job, await sceneOf(asking, job))
  const link = await linkLine(asking, job)
  return { message: { ...message, lines: [...message.lines, ...(link ? [link] : [])] }, jobId: job.id }
}

async function idleAnswer(asking: Asking): Promise<Answer> {
  const { desk, asker } = asking
  const [newest] = (await desk.jobs.history(asker.user.id, 1)).jobs
  const idle = tell(asking, 'reply.idle')
  const used = await usageLine(asking)
  if (!newest || !isEnded(newest.state)) return answer([idle, used])
  const line = tell(asking, 'reply.newest', {
    ...topicOf(asking, newest),
    state: newest.state satisfies EndedState,
    products: newest.products,
    ago: ago(asker.locale, newest.finishedAt ?? newest.createdAt, newest.readAt),
  })
  return answer([idle, line, used], nextSteps(asking, newest), newest.id)
}

/** What is used of the quotas; nothing for the console's people, whom none holds. */
async function usageLine({ desk, asker }: Asking): Promise<string | undefined> {
  if (asker.account.platform === 'console') return undefined
  const { jobsDay: crawls, pagesDay: reads, hostsDay: hosts, bytes: kept } = await desk.jobs.usageOf(asker.user.id)
  return desk.say(asker.locale, 'reply.usage', { crawls, reads, hosts, kept })
}

/** What can be done with an ended job; with one whose words are removed, nothing. */
export function nextSteps(asking: Asking, job: Job): (Button | undefined)[] {
  if (job.clearedAt !== null) return []
  return [
    job.state === 'failed' ? buttons.retry(asking, job.id) : buttons.again(asking, job.id),
    job.products > 0 ? buttons.result(asking, job) : undefined,
  ]
}
