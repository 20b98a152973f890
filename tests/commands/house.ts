import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../../db/index.ts'
import { createLastButtons } from '../../src/chat/last-buttons.ts'
import type { Line, Message } from '../../src/chat/message.ts'
import { systemClock } from '../../src/clock.ts'
import type { Dispatch, Invocation, Reply } from '../../src/commands/command.ts'
import { createDispatch, type DispatchOptions, type DispatchParts } from '../../src/commands/dispatch.ts'
import type { Lease } from '../../src/crawl/store.ts'
import type { JobId, UserId } from '../../src/ids.ts'
import { createJobs, type JobsParts } from '../../src/jobs/create-jobs.ts'
import type { Place, Thread } from '../../src/jobs/job.ts'
import type { Ending } from '../../src/jobs/store.ts'
import { createCpuPool } from '../../src/pool.ts'
import { createInProcessQueue } from '../../src/queue/in-process.ts'
import { createResults } from '../../src/results/files.ts'
import { removeResultFiles } from '../../src/results/folder.ts'
import { createStats } from '../../src/stats/stats.ts'
import type { Store } from '../../src/storage.ts'
import type { Emit, EventName, Events } from '../../src/telemetry/events.ts'
import { createForgetting, type Forgetting } from '../../src/upkeep/forget.ts'
import { createLinking } from '../../src/users/linking.ts'
import { isAdministrator } from '../../src/users/roles.ts'
import { product } from '../results/products.ts'
import { requestFor } from '../support/parsing.ts'
import { registry } from './test-sites.ts'

export const place: Place = { platform: 'slack', workspace: 'T1', channel: 'C1', thread: null, isDirect: false }

/** A person of a chat: who they are there. */
export const person = (externalId: string, more: Partial<Invocation['account']> = {}): Invocation['account'] => ({
  platform: 'slack',
  workspace: 'T1',
  externalId,
  name: externalId,
  locale: 'ko',
  ...more,
})
export const minji = person('U1', { name: '민지' })
export const junho = person('U2', { name: '준호' })

export interface House {
  store: Store
  dataDir: string
  dispatch: Dispatch
  forgetting: Forgetting
  events: { name: EventName; facts: unknown }[]
  /** Sends a line as a person; an answer is expected. */
  send(text: string, who?: Invocation['account'], more?: Partial<Invocation>): Promise<Reply>
  user(who: Invocation['account']): Promise<UserId>
  /** Opens the job's thread, as the outbox would. */
  openThread(jobId: string): Promise<Thread>
  /** Takes the job as a worker does, stores products on one page, and ends it where an ending is given. */
  work(jobId: string, products: number, ending?: Ending): Promise<Lease>
  close(): Promise<void>
}

/** The real storage, job service and result files behind a dispatch; no worker runs but the test's own hand. */
export async function openHouse(
  changed: {
    options?: Partial<DispatchOptions>
    jobs?: Partial<JobsParts>
    parts?: Partial<DispatchParts>
    administrators?: string[]
    /** In the place of removing a person's folder. */
    removeFolder?: (remove: (user: UserId) => Promise<void>, user: UserId) => Promise<void>
  } = {},
): Promise<House> {
  const dataDir = mkdtempSync(join(tmpdir(), 'shopcrawl-commands-'))
  const events: House['events'] = []
  const emit: Emit = <E extends EventName>(name: E, facts: Events[E]) => void events.push({ name, facts })
  const clock = systemClock
  const store = await openStore({ dataDir, clock, emit, locale: 'ko' })
  const pool = createCpuPool({ threads: 1 })
  const queue = createInProcessQueue({ clock, emit })
  const linkOf = async (thread: Thread) => `https://chat.example/${thread.root}`
  const jobs = createJobs({
    store: store.ownerJobs,
    queue,
    emit,
    quota: {
      ...{ jobsPerHour: 100, jobsPerDay: 100, pagesPerDay: 20_000, pagesPerHostDay: 5_000, hostsPerDay: 20 },
      ...{ bytesPerUser: 500_000_000, retentionDays: 90 },
    },
    contact: null,
    admit: async () => {},
    linkOf,
    changed: () => {},
    ...changed.jobs,
  })
  const results = createResults({ store: store.results, dir: dataDir, pool, clock, emit, timeZone: 'Asia/Seoul' })
  const { removeFolder = (remove, owner) => remove(owner) } = changed
  const forgetting = createForgetting({
    ...{ store: store.forget, queue, emit, faultId: () => 'fault' },
    removeFolder: (owner) => removeFolder(results.removeAll, owner),
    removeFiles: (files) => removeResultFiles(dataDir, files),
    noticed: () => {},
  })
  const dispatch = createDispatch({
    users: store.users,
    linking: createLinking({ ...store, store: store.linking, emit, tidy: results.tidy, noticed: () => {} }),
    forgetting,
    commands: store.commands,
    jobs,
    results,
    sites: registry(),
    stats: createStats({ store: store.stats, clock, timeZone: 'Asia/Seoul' }),
    isAdministrator: (account) => isAdministrator(changed.administrators ?? [], account),
    isWorkerless: () => false,
    robotsKnown: async () => undefined,
    clock,
    emit,
    linkOf,
    lastButtons: createLastButtons(store.buttons),
    options: {
      locale: 'ko',
      timeZone: 'Asia/Seoul',
      maxProducts: 10_000,
      isPrivate: false,
      commandsPerMinute: 1_000,
      contact: null,
      ...changed.options,
    },
    ...changed.parts,
  })
  const user = async (who: Invocation['account']) => (await store.users.resolve(who, who.name)).user.id
  return {
    store,
    dataDir,
    dispatch,
    forgetting,
    events,
    user,
    send: async (text, who = minji, more = {}) =>
      (await dispatch({ eventId: null, account: who, place: { ...place, platform: who.platform }, text, ...more }))!,
    openThread: (jobId) => openThread(store, jobId),
    work: (jobId, products, ending) => work(store, jobId as JobId, products, ending),
    close: async () => {
      await queue.stop()
      await store.close()
      await pool.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function openThread(store: Store, jobId: string): Promise<Thread> {
  const entries = await store.outbox.claim(['slack'], 'test', 100, 60_000)
  const entry = entries.find((one) => one.jobId === jobId && one.kind === 'open')!
  const thread: Thread = { platform: 'slack', workspace: 'T1', channel: 'C1', thread: '1.5', root: `1.5-${jobId}` }
  await store.outbox.opened(entry, thread)
  return thread
}

async function work(store: Store, jobId: JobId, products: number, ending?: Ending): Promise<Lease> {
  const claimed = await store.workerJobs.claim(jobId, 'test', 60_000)
  const { lease, job } = claimed!
  const key = `page-of-${jobId}`
  await store.frontier.seed(lease, [{ key, request: requestFor(`https://www.ssg.com/${jobId}`) }])
  const rows = Array.from({ length: products }, (_, at) => product(at + 1, { site: job.request.site }))
  await store.frontier.checkpoint(lease, {
    key,
    outcome: 'done',
    status: 200,
    bytes: 1_000,
    route: 'test',
    failure: null,
    products: rows,
    ids: rows.map((row) => row.id),
    next: [],
    total: products,
    warnings: {},
    warned: {},
  })
  if (ending) await store.workerJobs.finish(lease, ending)
  return lease
}

/** A message as plain text, a line a line. */
export const textOf = (message: Message): string => message.lines.map(lineText).join('\n')

function lineText(line: Line): string {
  return [line]
    .flat()
    .map((span) => {
      if (typeof span === 'string') return span
      if ('bold' in span) return span.bold
      return 'code' in span ? span.code : `${span.text} <${span.link}>`
    })
    .join('')
}
