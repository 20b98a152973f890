import { z } from '@hono/zod-openapi'
import { isId, type JobId, type UserId } from '../ids.ts'
import type { JobState } from '../jobs/states.ts'
import { atWallClock } from '../messages/format.ts'
import type { Cursor } from './store.ts'

/** Rows of a list's page. */
const ROWS = 50
const ROWS_MAX = 200

const STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const satisfies readonly JobState[]

const idOf = <Id extends string>(about: string) =>
  z
    .string()
    .refine(isId)
    .transform((text) => text as Id)
    .openapi({ type: 'string', description: about, example: 'AZq1X0d0cACjyYkv8ZpR2w' })

/** An empty field of a form is one that was not filled in. */
const filled = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional())

/** A moment: ISO 8601, or epoch milliseconds. A time that names no zone, as a form's field, is one of TIME_ZONE. */
const momentIn = (timeZone: string) =>
  z
    .string()
    .transform((text) => {
      if (/^\d{1,16}$/.test(text)) return Number(text)
      return /T[\d:.]+$/.test(text) ? atWallClock(text, timeZone) : Date.parse(text)
    })
    .pipe(z.number().int().min(0).max(8_640_000_000_000_000))
    .openapi({ type: 'string', format: 'date-time' })

const after = z
  .string()
  .regex(/^\d{1,16}\.[\w-]{1,64}$/)
  .transform(
    (text): Cursor => ({ at: Number(text.slice(0, text.indexOf('.'))), id: text.slice(text.indexOf('.') + 1) }),
  )
  .openapi({
    type: 'string',
    description: 'The `next` of the page before.',
    example: '1764000000000.AZq1X0d0cACjyYkv8ZpR2w',
  })

const paging = {
  limit: filled(z.coerce.number().int().min(1).max(ROWS_MAX)).transform((limit) => limit ?? ROWS),
  after: filled(after),
}

/** A list's cursor as a link carries it. */
export const cursorText = (cursor: Cursor | null): string | null => cursor && `${cursor.at}.${cursor.id}`

export const jobsQuery = (timeZone: string) =>
  z.object({
    ...paging,
    user: filled(idOf<UserId>('Of this user.')),
    site: filled(z.string().max(60)),
    state: filled(z.enum(STATES)),
    ...span(timeZone),
  })

export const UsersQuery = z.object({ ...paging, name: filled(z.string().max(100)) })

export const ListQuery = z.object(paging)

export const LogsQuery = z.object({
  user: filled(z.string().max(40)),
  job: filled(z.string().max(40)),
  request: filled(z.string().max(40)),
  process: filled(z.string().max(100)),
  level: filled(z.enum(['debug', 'info', 'warn', 'error'])),
})
export type LogFilter = z.output<typeof LogsQuery>

const span = (timeZone: string) => ({ from: filled(momentIn(timeZone)), to: filled(momentIn(timeZone)) })

export const seriesQuery = (timeZone: string) => z.object(span(timeZone))

export const JobParams = z.object({ id: idOf<JobId>('A job.') })
export const UserParams = z.object({ id: idOf<UserId>('A user.') })
export const SiteParams = z.object({ site: z.string().regex(/^[a-z0-9-]{1,60}$/) })
export const EvidenceParams = z.object({ id: idOf<JobId>('A job.'), evidence: idOf<string>('A saved page.') })

export const PriorityBody = z.object({ priority: z.coerce.number().int().min(-10).max(10) }).openapi('Priority')

const count = z.number().int()
const time = z.number().int().openapi({ description: 'Epoch milliseconds.' })

const EndedCounts = { completed: count, failed: count, cancelled: count, products: count }

export const StatsAnswer = z
  .strictObject({
    users: count,
    activeUsers: count,
    runningJobs: count,
    queuedJobs: count,
    completedJobs: count,
    failedJobs: count,
    cancelledJobs: count,
    workers: count
      .optional()
      .openapi({ description: 'Processes that work on jobs; absent where one process does everything.' }),
    bySite: z.array(z.strictObject({ site: z.string(), running: count, queued: count, ...EndedCounts })),
    byDay: z.array(z.strictObject({ day: z.string(), ...EndedCounts })),
  })
  .openapi('Stats')

export const SeriesAnswer = z
  .array(z.strictObject({ hour: time, jobs: count, products: count, errors: count, p95Ms: z.number().nullable() }))
  .openapi('Series')

export const ErrorsAnswer = z
  .array(
    z.strictObject({
      code: z.string(),
      site: z.string(),
      count,
      last: z.strictObject({ job: z.string(), user: z.string(), at: time, facts: z.unknown() }),
    }),
  )
  .openapi('Errors')

export const DriftAnswer = z
  .array(z.strictObject({ name: z.string(), route: z.string(), falls: count, at: time }))
  .openapi('Drift')

export const JobAnswer = z
  .strictObject({
    id: z.string(),
    user: z.strictObject({ id: z.string(), name: z.string(), platform: z.string() }),
    site: z.string(),
    words: z.string(),
    url: z.string().nullable(),
    limit: count,
    format: z.string(),
    isPrivate: z.boolean(),
    state: z.enum(STATES),
    stopReason: z.string().nullable(),
    code: z.string().nullable(),
    facts: z.unknown(),
    priority: count,
    attempt: count,
    takeovers: count,
    products: count,
    total: count.nullable(),
    pages: count,
    failedPages: count,
    bytes: count,
    coverage: z.unknown(),
    routes: z.record(z.string(), count),
    warnings: z.record(z.string(), count),
    retryOf: z.string().nullable(),
    requestId: z.string().nullable(),
    createdAt: time,
    runAt: time,
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
  })
  .openapi('Job')
export type JobAnswer = z.output<typeof JobAnswer>

const page = <T extends z.ZodType>(name: string, row: T) =>
  z.strictObject({ [name]: z.array(row), next: z.string().nullable() } as { [key: string]: z.ZodType })

export const JobsAnswer = page('jobs', JobAnswer).openapi('Jobs')

const PageAnswer = z
  .strictObject({
    url: z.string(),
    kind: z.string(),
    page: count,
    state: z.enum(['open', 'done', 'failed', 'skipped']),
    tries: count,
    status: count.nullable(),
    bytes: count,
    route: z.string().nullable(),
    code: z.string().nullable(),
    facts: z.unknown(),
    doneAt: time.nullable(),
  })
  .openapi('Page')

const FileAnswer = z
  .strictObject({ format: z.string(), name: z.string(), bytes: count, rows: count, createdAt: time })
  .openapi('File')

const EvidenceAnswer = z
  .strictObject({
    id: z.string(),
    url: z.string(),
    status: count,
    title: z.string(),
    code: z.string(),
    createdAt: time,
  })
  .openapi('SavedPage')

const DeliveryAnswer = z
  .strictObject({
    kind: z.string(),
    state: z.enum(['pending', 'sent', 'dropped']),
    attempts: count,
    cause: z.string().nullable(),
    sentAt: time.nullable(),
  })
  .openapi('Delivery')

const ShopRequestAnswer = z
  .strictObject({
    at: time,
    url: z.string(),
    tryNumber: count,
    status: count.nullable(),
    bytes: count,
    ms: count,
    robots: z.string(),
    error: z.string().nullable(),
  })
  .openapi('ShopRequest')

export const JobDetailAnswer = z
  .strictObject({
    job: JobAnswer,
    pages: z.array(PageAnswer),
    files: z.array(FileAnswer),
    evidence: z.array(EvidenceAnswer),
    deliveries: z.array(DeliveryAnswer),
    requests: z.array(ShopRequestAnswer),
    retries: z.array(z.string()),
  })
  .openapi('JobDetail')

export const UserAnswer = z
  .strictObject({
    id: z.string(),
    accounts: z.array(
      z.strictObject({
        platform: z.string(),
        workspace: z.string(),
        externalId: z.string(),
        name: z.string(),
        seenAt: time,
      }),
    ),
    lastSeenAt: time,
    createdAt: time,
    blockedAt: time.nullable(),
    jobs: count,
    requests: count,
    activeJob: z.string().nullable(),
    bytes: count.openapi({ description: 'Of result files.' }),
  })
  .openapi('User')

export const UsersAnswer = page('users', UserAnswer).openapi('Users')

const CommandAnswer = z
  .strictObject({
    requestId: z.string(),
    at: time,
    command: z.string(),
    outcome: z.string(),
    job: z.string().nullable(),
  })
  .openapi('Command')

const share = z.strictObject({ used: count, limit: count })

const QuotaAnswer = z
  .strictObject({ jobsHour: share, jobsDay: share, pagesDay: share, hostsDay: share, bytes: share })
  .openapi('Quota')

export const UserDetailAnswer = z
  .strictObject({ user: UserAnswer, quota: QuotaAnswer, jobs: z.array(JobAnswer), requests: z.array(CommandAnswer) })
  .openapi('UserDetail')

const AuditEntryAnswer = z
  .strictObject({
    id: z.string(),
    at: time,
    act: z.string(),
    actor: z.strictObject({
      role: z.enum(['admin', 'viewer']),
      way: z.enum(['page', 'program', 'shell']),
      address: z.string(),
    }),
    job: z.string().nullable(),
    user: z.string().nullable(),
    site: z.string().nullable(),
    facts: z.unknown(),
  })
  .openapi('AuditEntry')

export const AuditAnswer = page('audit', AuditEntryAnswer).openapi('AuditList')

/** `sizes` is null until they were measured: the service does it at its start and every ten minutes. */
export const StorageAnswer = z
  .strictObject({
    retentionDays: count,
    sizes: z
      .strictObject({
        ...{ databaseBytes: count, fileBytes: count, files: count, jobsKept: count, freeBytes: count },
        measuredAt: time,
      })
      .nullable(),
  })
  .openapi('Storage')

export const PausedAnswer = z
  .strictObject({ paused: z.array(z.strictObject({ site: z.string(), since: time })) })
  .openapi('Paused')

export const DoneAnswer = z.strictObject({ done: z.boolean() }).openapi('Done')

export const ErrorAnswer = z
  .strictObject({ error: z.strictObject({ code: z.string(), message: z.string() }) })
  .openapi('Error')

export const Text = z.string().openapi('Text')

export const EventStream = z.string().openapi('EventStream', { description: 'Server-sent events; `data` is JSON.' })

export const LiveQuery = z.object({ job: filled(idOf<JobId>('Only this job.')) })
