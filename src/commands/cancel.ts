import { command } from './command.ts'
import { jobId } from './options.ts'
import { answer, buttons, tell, topicOf } from './told.ts'

/** `cancel [id]`: ends the running job; what it has collected comes as a file. */
export const cancel = command({
  name: 'cancel',
  names: ['취소', '중지', '그만', 'stop'],
  help: 'help.cancel',
  options: { id: jobId() },
  examples: ['cancel'],
  run: async (asking, { id }) => {
    const job = await asking.desk.jobs.cancel(asking.asker.user.id, id ?? undefined)
    const line = tell(asking, 'reply.cancelled', { ...topicOf(asking, job), products: job.products })
    return answer([line], [buttons.again(asking, job.id)], job.id)
  },
})
