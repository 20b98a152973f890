import { join } from 'node:path'
import type { Platform } from '../chat/platform.ts'
import type { Refusal } from '../errors.ts'
import { newId } from '../ids.ts'
import type { Job, JobRequest, Place } from '../jobs/job.ts'
import type { Requester } from '../jobs/service.ts'
import { isEnded } from '../jobs/states.ts'
import { toTopic } from '../jobs/topic.ts'
import { build, createTerminal, type House } from '../main.ts'
import { resultFileName } from '../results/file-name.ts'
import { labelsOf } from '../sites/registry.ts'
import { type CrawlFlags, checkFolder, checkOut, readCrawl } from './crawl-request.ts'
import { DONE, exitCodeOfJob, FAILED, INTERRUPTED, TERMINATED } from './exit-codes.ts'
import { type Succession, succeed } from './ownership.ts'
import type { Program } from './program.ts'
import { isQueueAway } from './queue-away.ts'
import { listenForEnd } from './signals.ts'

/** The console's own account: whoever sits at this machine. */
export const LOCAL = { platform: 'console', workspace: '', externalId: 'local' }
const PLACE: Place = { platform: 'console', workspace: '', channel: 'local', thread: null, isDirect: true }
/** How often the job's row is looked at. */
const LOOK_MS = 100
/** How long the last lines on the terminal may take once the job has ended. */
const LAST_LINES_MS = 3_000

/**
 * `shopcrawl crawl`: one crawl through the job service. Beside a running service it hands the job over and watches it;
 * alone, or once that one has gone, it becomes the owner of the folder for this job only.
 * @throws Refusal for what is refused before a job exists
 */
export async function crawlOnce(program: Program, words: string[], flags: CrawlFlags): Promise<number> {
  const { config, telemetry, locale, say } = program
  const terminal = createTerminal({ input: process.stdin, output: process.stderr, locale, say })
  const house = await build(config, { telemetry, platforms: [onlyShown(terminal)] })
  const end = listenForEnd()
  let succession: Succession | undefined
  let farewell: string | undefined
  try {
    const request = readCrawl(words, flags, house.sites, config.maxProducts)
    await (flags.out === undefined ? checkFolder('out.unwritable') : checkOut(flags.out))
    const who = await house.store.users.resolve(LOCAL, LOCAL.externalId)
    const isOwner = !house.isShared && (await house.takeOwnership({ kind: 'one-shot', waitMs: 0 }))
    const job = await begin(program, house, who, request, isOwner)
    if (await isQueueAway(house, end.signal)) program.tell(say(locale, 'cli.waiting_queue'))
    house.startChat()
    if (isOwner) await house.startRunner(job.id)
    else if (!house.isShared) succession = succeed(house, 'one-shot', () => house.startRunner(job.id))
    const ended = await watch(house, who, job, end.signal)
    if (!ended) {
      farewell = say(locale, isOwner ? 'cli.left' : 'cli.left_running')
      return TERMINATED
    }
    await lastLines(house, job)
    return await deliver(program, house, ended, flags, end.signal.aborted)
  } finally {
    await succession?.stop()
    await house.stop()
    end.release()
    if (farewell !== undefined) program.tell(farewell) // below the last progress line
  }
}

/** A terminal that nobody types into: no button is shown, and the file is written by the command itself. */
const onlyShown = (terminal: Platform): Platform => ({
  ...terminal,
  open: (place, root, options) => terminal.open(place, { ...root, buttons: [] }, options),
  post: (thread, message, send) => terminal.post(thread, { ...message, buttons: [] }, send),
  edit: (thread, id, message, signal) => terminal.edit(thread, id, { ...message, buttons: [] }, signal),
  upload: async () => 'kept',
})

/**
 * The job to watch. A killed crawl leaves an active job behind: the same request goes on with it, another one takes
 * its place. Only the owner may think so: beside a living one the rule holds as for anybody.
 */
async function begin(
  program: Program,
  house: House,
  who: Requester,
  request: JobRequest,
  isOwner: boolean,
): Promise<Job> {
  const { locale, say, tell } = program
  const labelOf = ({ request: { site } }: Job) => labelsOf(house.sites)(site, locale)
  const left = isOwner ? await house.jobs.active(who.user.id) : undefined
  if (left && isSame(left.request, request)) {
    tell(say(locale, 'cli.continued', toTopic(left, labelOf(left))))
    return left
  }
  if (left) {
    await house.jobs.cancel(who.user.id, left.id)
    await house.store.outbox.settle('console', left.id)
    tell(say(locale, 'cli.dropped', toTopic(left, labelOf(left))))
  }
  const job = await submit(house, who, request)
  const holder = isOwner ? undefined : await house.store.owner.read()
  if (holder) tell(say(locale, 'cli.submitted', { holder: String(holder.pid) }))
  return job
}

async function submit(house: House, who: Requester, request: JobRequest): Promise<Job> {
  const note = {
    requestId: newId<string>(Date.now()),
    userId: who.user.id,
    accountId: who.account.id,
    command: 'crawl',
  }
  try {
    const job = await house.jobs.submit(who, request, PLACE)
    await house.store.commands.log({ ...note, outcome: 'ok', jobId: job.id })
    return job
  } catch (error) {
    const outcome = (error as Partial<Refusal>).code ?? 'internal'
    await house.store.commands.log({ ...note, outcome, jobId: null })
    throw error
  }
}

const isSame = (a: JobRequest, b: JobRequest): boolean =>
  a.site === b.site && a.words === b.words && a.url === b.url && a.limit === b.limit && a.format === b.format

/** Looks at the job's row until it has ended. Ctrl-C cancels it; SIGTERM leaves it for the next start (undefined). */
async function watch(house: House, who: Requester, job: Job, asked: AbortSignal): Promise<Job | undefined> {
  for (;;) {
    const now = await house.jobs.job(who.user.id, job.id)
    if (isEnded(now.state)) return now
    if (asked.aborted && asked.reason === 'SIGTERM') return undefined
    if (asked.aborted)
      await house.jobs.cancel(who.user.id, job.id).catch(() => undefined) // it ended just now
    else await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}

/** Waits for the last word on the terminal; whatever does not come in time is settled, so that nobody says it later. */
async function lastLines(house: House, job: Job): Promise<void> {
  const deadline = performance.now() + LAST_LINES_MS
  while (performance.now() < deadline && (await house.store.outbox.nextDueInMs(['console'])) !== undefined) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  await house.store.outbox.settle('console', job.id)
}

/** Writes the file and says where it is, on standard output. The terminal has told the rest already. */
async function deliver(
  program: Program,
  house: House,
  job: Job,
  flags: CrawlFlags,
  isInterrupted: boolean,
): Promise<number> {
  const code = exitCodeFor(job, isInterrupted)
  if (job.products === 0 && job.state !== 'succeeded') return code
  const { format } = job.request
  const facts = await house.store.results.facts(job.userId, job.id, program.locale)
  if (!facts) throw new Error(`job ${job.id} has ended, and its facts are missing`)
  const { results } = house
  const to = { format, locale: program.locale }
  if (flags.out !== undefined) await results.exportTo(job.userId, job.id, { ...to, path: flags.out })
  const named = join(process.cwd(), resultFileName(facts, format, program.config.timeZone))
  const path = flags.out ?? (await results.exportNew(job.userId, job.id, { ...to, path: named }))?.path
  process.stdout.write(`${path}\n`)
  return code
}

function exitCodeFor(job: Job, isInterrupted: boolean): number {
  if (job.state === 'succeeded') return DONE
  if (job.state === 'cancelled') return isInterrupted ? INTERRUPTED : FAILED
  return job.code === null ? FAILED : exitCodeOfJob(job.code, job.facts, job.request.url)
}
