import { z } from '@hono/zod-openapi'
import { isId, type JobId, type UserId } from '../ids.ts'
import type { JobState } from '../jobs/states.ts'
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

/** A moment: ISO 8601, or epoch milliseconds. A form's local time is read in UTC unless it says otherwise. */
const moment = z
  .string()
  .transform((text) => (/^\d{1,16}$/.test(text) ? Number(text) : Date.parse(text)))
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

export const JobsQuery = z.object({
  ...paging,
  user: filled(idOf<UserId>('Of this user.')),
  site: filled(z.string().max(60)),
  state: filled(z.enum(STATES)),
  from: filled(moment),
  to: filled(moment),
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

export const SeriesQuery = z.object({ from: filled(moment), to: filled(moment) })

export const JobParams = z.object({ id: idOf<JobId>('A job.') })
export const UserParams = z.object({ id: idOf<UserId>('A user.') })
export const SiteParams = z.object({ site: z.string().regex(/^[a-z0-9-]{1,60}$/) })
export const EvidenceParams = z.object({ id: idOf<JobId>('A job.'), evidence: idOf<string>('A saved page.') })

export const PriorityBody = z.object({ priority: z.coerce.number().int().min(-10).max(10) }).openapi('Priority')

const count = z.number().int()
const time = z.number().int().openapi({ description: 'Epoch milliseconds.' })

const EndedCounts = { completed: count, failed: count, cancelled: count, products: count }

export const StatsAnswer = z
  .object({
    users: count,
    activeUsers: count,
    runningJobs: count,
    queuedJobs: count,
    completedJobs: count,
    failedJobs: count,
    cancelledJobs: count,
    bySite: z.array(z.object({ site: z.string(), running: count, queued: count, ...EndedCounts })),
    byDay: z.array(z.object({ day: z.string(), ...EndedCounts })),
  })
  .openapi('Stats')

export const SeriesAnswer = z
  .array(z.object({ hour: time, jobs: count, products: count, errors: count, p95Ms: z.number().nullable() }))
  .openapi('Series')

export const ErrorsAnswer = z
  .array(
    z.object({
      code: z.string(),
      site: z.string(),
      count,
      last: z.object({ job: z.string(), user: z.string(), at: time, facts: z.unknown() }),
    }),
  )
  .openapi('Errors')

export const JobAnswer = z
  .object({
    id: z.string(),
    user: z.object({ id: z.string(), name: z.string(), platform: z.string() }),
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
    createdAt: time,
    runAt: time,
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
  })
  .openapi('Job')
export type JobAnswer = z.output<typeof JobAnswer>

const page = <T extends z.ZodType>(name: string, row: T) =>
  z.object({ [name]: z.array(row), next: z.string().nullable() } as { [key: string]: z.ZodType })

export const JobsAnswer = page('jobs', JobAnswer).openapi('Jobs')

export const JobDetailAnswer = z
  .object({
    job: JobAnswer,
    pages: z.array(z.unknown()),
    files: z.array(z.unknown()),
    evidence: z.array(z.unknown()),
    deliveries: z.array(z.unknown()),
    requests: z.array(z.unknown()),
    retries: z.array(z.string()),
  })
  .openapi('JobDetail')

export const UserAnswer = z
  .object({
    id: z.string(),
    accounts: z.array(
      z.object({
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
  })
  .openapi('User')

export const UsersAnswer = page('users', UserAnswer).openapi('Users')

export const UserDetailAnswer = z
  .object({ user: UserAnswer, jobs: z.array(JobAnswer), requests: z.array(z.unknown()) })
  .openapi('UserDetail')

export const AuditAnswer = page('audit', z.unknown()).openapi('AuditList')

export const PausedAnswer = z.object({ paused: z.array(z.object({ site: z.string(), since: time })) }).openapi('Paused')

export const DoneAnswer = z.object({ done: z.boolean() }).openapi('Done')

export const ErrorAnswer = z.object({ error: z.object({ code: z.string(), message: z.string() }) }).openapi('Error')
