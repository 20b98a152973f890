import { Refusal } from '../errors.ts'
import type { JobId } from '../ids.ts'
import { accountName } from '../messages/format.ts'
import { type Answer, type Asking, command } from './command.ts'
import { jobId, oneOf } from './options.ts'
import { answer, buttons, tell, topicOf } from './told.ts'

/** The word that stands for the button. */
const CONFIRM = 'confirm'

/**
 * `forget` tells what would go; `forget confirm` removes all that is stored about the person, with every account of
 * theirs; `forget <id>` removes the result of one job.
 */
export const forget = command({
  name: 'forget',
  names: ['잊기', '삭제', '지우기', 'delete'],
  help: 'help.forget',
  options: {
    confirm: oneOf([CONFIRM], {
      form: 'word',
      help: 'help.confirm_forget',
      placeholder: 'placeholder.confirm',
      absent: null,
      aliases: ['확인'],
      synonyms: { 확인: CONFIRM },
      mayBeNext: true,
      refuse: (word) => new Refusal('args.unexpected', { word, command: 'forget' }),
    }),
    id: jobId(),
  },
  examples: ['forget'],
  run: async (asking, { confirm, id }) => {
    if (id !== null) return discard(asking, id)
    return confirm === null ? ask(asking) : forgetAll(asking)
  },
})

async function ask(asking: Asking): Promise<Answer> {
  const { desk, asker } = asking
  const { jobs, bytes } = await desk.forgetting.holdings(asker.user.id)
  const accounts = await desk.users.accountsOf(asker.user.id)
  const active = await desk.jobs.active(asker.user.id)
  const line = `forget ${CONFIRM}`
  return answer(
    [
      tell(asking, 'forget.ask', { accounts: accounts.map(accountName).join(', '), jobs, size: bytes }),
      active && tell(asking, 'forget.ask_active', topicOf(asking, active)),
      tell(asking, 'forget.stays'),
      tell(asking, 'forget.ask_words'),
      [{ code: line }],
    ],
    [buttons.forget(asking, line)],
  )
}

async function forgetAll(asking: Asking): Promise<Answer> {
  const { accounts, told, isDone } = await asking.desk.forgetting.forget(asking.asker.account.id, { tellOthers: true })
  const reply = answer([
    isDone
      ? tell(asking, 'forget.done', { accounts: accounts.map(accountName).join(', ') })
      : tell(asking, 'forget.begun'),
    told > 0 ? tell(asking, 'forget.told', { count: told }) : undefined,
    tell(asking, 'forget.stays'),
  ])
  return { ...reply, isForgotten: true }
}

async function discard(asking: Asking, id: JobId): Promise<Answer> {
  const { desk, asker } = asking
  const job = await desk.jobs.job(asker.user.id, id)
  if (!(await desk.forgetting.discard(asker.user.id, id))) {
    if (job.finishedAt === null) throw new Refusal('job.still_active', { jobId: id })
    throw new Refusal('job.cleared', { jobId: id })
  }
  return answer([tell(asking, 'forget.job_done', topicOf(asking, job))], [], id)
}
