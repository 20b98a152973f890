import { createRoute, type OpenAPIHono, type z } from '@hono/zod-openapi'
import { answerAct, refuse, toJobAnswer } from './answers.ts'
import type { AdminContext, AdminEnv, AdminParts } from './env.ts'
import * as schema from './schemas.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Hours that the charts show. */
export const SERIES_MS = 48 * HOUR_MS
/** Shops that have changed, at most. */
export const DRIFT_ROWS = 50
/** Jobs and requests of a user that their page shows. */
export const OWN_ROWS = 20

/** The administrator's JSON. */
export type AdminApp = OpenAPIHono<AdminEnv>

const refusal = (description: string) => ({
  description,
  content: { 'application/json': { schema: schema.ErrorAnswer } },
})

/** What every door answers to whoever it does not let in, or does not understand. */
const REFUSALS = {
  400: refusal('A field is not as it should be.'),
  401: refusal('No token, a wrong one, or a session that is over.'),
  404: refusal('Nothing of that id.'),
  429: refusal('Too many wrong tokens.'),
  503: refusal('The storage, or what the answer needs, is busy or away: ask again.'),
}

const json = (answer: z.ZodType, description: string) => ({
  200: { description, content: { 'application/json': { schema: answer } } },
  ...REFUSALS,
})

/** How the description tells of an answer that never ends by itself. */
export const eventStream = (path: string, query: z.ZodObject, description: string) => ({
  ...{ method: 'get' as const, path, request: { query } },
  responses: { 200: { description, content: { 'text/event-stream': { schema: schema.EventStream } } }, ...REFUSALS },
})

/** What is read. Every answer is for whoever the guard let through. */
export function addReads(app: AdminApp, parts: AdminParts): void {
  const { stats, store, clock, timeZone } = parts
  app.openapi(get('/stats', {}, json(schema.StatsAnswer, 'Users and jobs, in all.')), async (c) =>
    c.json(await stats.totals(), 200),
  )
  app.openapi(
    get(
      '/series',
      { query: schema.seriesQuery(timeZone) },
      json(schema.SeriesAnswer, 'Every hour; the last 48 unless said.'),
    ),
    async (c) => {
      const { from, to } = c.req.valid('query')
      const end = to ?? clock.now()
      return c.json(await stats.series(from ?? end - SERIES_MS, end), 200)
    },
  )
  app.openapi(
    get(
      '/errors',
      { query: schema.seriesQuery(timeZone) },
      json(schema.ErrorsAnswer, 'Failed jobs by cause and shop.'),
    ),
    async (c) => c.json(await stats.errors(c.req.valid('query').from ?? clock.now() - DAY_MS), 200),
  )
  app.openapi(
    get('/drift', {}, json(schema.DriftAnswer, 'Shops whose products are less filled than usual.')),
    async (c) => c.json(await store.drifts(DRIFT_ROWS), 200),
  )
  app.openapi(
    get('/audit', { query: schema.ListQuery }, json(schema.AuditAnswer, 'What administrators did, newest first.')),
    async (c) => {
      const { limit, after } = c.req.valid('query')
      const { rows, next } = await store.audit(limit, after)
      return c.json({ audit: rows, next: schema.cursorText(next) }, 200)
    },
  )
  app.openapi(get('/storage', {}, json(schema.StorageAnswer, 'What is kept, and how much.')), (c) =>
    c.json({ retentionDays: parts.retentionDays, sizes: parts.sizes.last() ?? null }, 200),
  )
  addJobReads(app, parts)
  addUserReads(app, parts)
}

function addJobReads(app: AdminApp, { store, override, timeZone }: AdminParts): void {
  app.openapi(
    get('/jobs', { query: schema.jobsQuery(timeZone) }, json(schema.JobsAnswer, 'Jobs of everybody, newest first.')),
    async (c) => {
      const { limit, after, ...filter } = c.req.valid('query')
      const { rows, next } = await store.jobs(filter, limit, after)
      return c.json({ jobs: rows.map(toJobAnswer), next: schema.cursorText(next) }, 200)
    },
  )
  app.openapi(
    get('/jobs/{id}', { params: schema.JobParams }, json(schema.JobDetailAnswer, 'A job with all that hangs on it.')),
    async (c) => {
      const detail = await store.job(c.req.valid('param').id)
      if (!detail) return missing(c)
      return c.json({ ...detail, job: toJobAnswer(detail.job) }, 200)
    },
  )
  app.openapi(SAVED_PAGE, async (c) => {
    const { id, evidence } = c.req.valid('param')
    const text = await store.evidenceText(id, evidence)
    if (text === undefined) return missing(c)
    // a shop's page is never shown as one: it would run here
    return c.text(text, 200, {
      'content-disposition': `attachment; filename="${evidence}.txt"`,
      'content-security-policy': "default-src 'none'; sandbox",
    })
  })
  app.openapi(get('/sites', {}, json(schema.PausedAnswer, 'Shops that are paused.')), async (c) =>
    c.json({ paused: await override.pausedSites() }, 200),
  )
}

const SAVED_PAGE = createRoute({
  method: 'get',
  path: '/jobs/{id}/evidence/{evidence}',
  request: { params: schema.EvidenceParams },
  responses: {
    200: {
      description: 'The text of a page that could not be read.',
      content: { 'text/plain': { schema: schema.Text } },
    },
    ...REFUSALS,
  },
})

function addUserReads(app: AdminApp, { store, usageOf }: AdminParts): void {
  app.openapi(
    get('/users', { query: schema.UsersQuery }, json(schema.UsersAnswer, 'Users, the last seen first.')),
    async (c) => {
      const { name, limit, after } = c.req.valid('query')
      const { rows, next } = await store.users(name, limit, after)
      return c.json({ users: rows, next: schema.cursorText(next) }, 200)
    },
  )
  app.openapi(
    get('/users/{id}', { params: schema.UserParams }, json(schema.UserDetailAnswer, 'A user, newest jobs, requests.')),
    async (c) => {
      const { id } = c.req.valid('param')
      const user = await store.user(id)
      if (!user) return missing(c)
      const jobs = await store.jobs({ user: id }, OWN_ROWS)
      const requests = await store.requestsOf(id, OWN_ROWS)
      const quota = await usageOf(id)
      return c.json({ user, quota, jobs: jobs.rows.map(toJobAnswer), requests: requests.rows }, 200)
    },
  )
}

type Request = Parameters<typeof createRoute>[0]['request']

const get = <P extends string, R extends Request, A extends ReturnType<typeof json>>(
  path: P,
  request: R,
  responses: A,
) => createRoute({ method: 'get', path, request: request as R, responses })

/** 404 in the asker's form; typed as never, since no schema of a 200 describes it. */
const missing = (c: unknown): never => refuse(c as AdminContext, 404, 'not_found') as never

/** What is done: each act's row of the audit list is written with it. */
export function addActs(app: AdminApp, { override }: AdminParts): void {
  const job = { params: schema.JobParams }
  const site = { params: schema.SiteParams }
  const user = { params: schema.UserParams }
  const priority = {
    ...job,
    body: {
      content: {
        'application/json': { schema: schema.PriorityBody },
        'application/x-www-form-urlencoded': { schema: schema.PriorityBody },
      },
    },
  }
  app.openapi(post('/jobs/{id}/cancel', job, 'Ends an active job.'), async (c) => {
    const { id } = c.req.valid('param')
    await override.cancel(id, c.var.actor)
    return done(c, 'act.job.cancel')
  })
  app.openapi(post('/jobs/{id}/retry', job, 'Tries a failed job again.'), async (c) => {
    await override.retry(c.req.valid('param').id, c.var.actor)
    return done(c, 'act.job.retry')
  })
  app.openapi(post('/jobs/{id}/priority', priority, 'Higher first, −10 to 10.'), async (c) => {
    const body = c.req.valid(isFormBody(c) ? 'form' : 'json') as { priority?: number }
    const asked = schema.PriorityBody.safeParse(body)
    if (!asked.success) return refuse(c as unknown as AdminContext, 400, 'bad_request') as never
    await override.prioritise(c.req.valid('param').id, asked.data.priority, c.var.actor)
    return done(c, 'act.job.priority')
  })
  app.openapi(post('/sites/{site}/pause', site, 'Holds a shop’s jobs.'), async (c) => {
    await override.pauseSite(c.req.valid('param').site, c.var.actor)
    return done(c, 'act.site.pause')
  })
  app.openapi(post('/sites/{site}/resume', site, 'Lets a shop’s jobs go on.'), async (c) => {
    await override.resumeSite(c.req.valid('param').site, c.var.actor)
    return done(c, 'act.site.resume')
  })
  app.openapi(post('/users/{id}/block', user, 'Cancels the active job and refuses commands.'), async (c) => {
    await override.blockUser(c.req.valid('param').id, c.var.actor)
    return done(c, 'act.user.block')
  })
  app.openapi(post('/users/{id}/unblock', user, 'Lets a user in again.'), async (c) => {
    await override.unblockUser(c.req.valid('param').id, c.var.actor)
    return done(c, 'act.user.unblock')
  })
}

const isFormBody = (c: { req: { header(name: string): string | undefined } }): boolean =>
  (c.req.header('content-type') ?? '').startsWith('application/x-www-form-urlencoded')

const post = <P extends string, R extends Request>(path: P, request: R, description: string) =>
  createRoute({
    ...{ method: 'post' as const, path, request: request as R },
    responses: {
      ...json(schema.DoneAnswer, description),
      403: refusal('The viewer’s token, or a page that is not of this service.'),
      409: refusal('Not in this state.'),
    },
  })

const done = (c: unknown, word: Parameters<typeof answerAct>[2]): never =>
  answerAct(c as AdminContext, { done: true }, word) as never
