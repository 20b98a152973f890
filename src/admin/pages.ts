import type { MiddlewareHandler } from 'hono'
import { isId, type JobId, type UserId } from '../ids.ts'
import { refuse, wantsPage } from './answers.ts'
import { type AdminApp, DRIFT_ROWS, OWN_ROWS, SERIES_MS } from './api.ts'
import type { AdminContext, AdminEnv, AdminParts } from './env.ts'
import { LIVE_ROWS } from './limits.ts'
import { jobsQuery, ListQuery, LogsQuery, UsersQuery } from './schemas.ts'
import { auditPage } from './views/audit.tsx'
import { errorsPage } from './views/errors.tsx'
import { jobPage } from './views/job.tsx'
import { jobsPage } from './views/jobs.tsx'
import { logsPage } from './views/logs.tsx'
import { overviewPage } from './views/overview.tsx'
import { userPage, usersPage } from './views/users.tsx'

const DAY_MS = 86_400_000

/** The pages for browsers. They share their addresses with the JSON; a program's request passes by. */
export function addPages(app: AdminApp, parts: AdminParts): void {
  const { store, stats, override, clock } = parts
  const sites = parts.sites.all().map(({ name }) => name)
  const jobsOf = jobsQuery(parts.timeZone)
  app.get('/', async (c) => {
    const now = clock.now()
    const [totals, active, series, errors, paused] = await Promise.all([
      stats.totals(),
      store.activeJobs(LIVE_ROWS),
      stats.series(now - SERIES_MS, now),
      stats.errors(now - DAY_MS),
      override.pausedSites(),
    ])
    return c.html(overviewPage(c.var.view, { totals, active, series, errors, paused, sites, ...storageOf(parts) }))
  })
  app.get(
    '/jobs',
    asPage(async (c) => {
      const query = jobsOf.safeParse(c.req.query())
      if (!query.success) return refuse(c, 400, 'bad_request')
      const { limit, after, ...filter } = query.data
      return c.html(jobsPage(c.var.view, await store.jobs(filter, limit, after), filter, sites))
    }),
  )
  app.get(
    '/jobs/:id',
    asPage(async (c) => {
      const id = c.req.param('id') ?? ''
      const detail = isId(id) ? await store.job(id as JobId) : undefined
      return detail ? c.html(jobPage(c.var.view, detail)) : refuse(c, 404, 'not_found')
    }),
  )
  addUserPages(app, parts)
  app.get(
    '/errors',
    asPage(async (c) => {
      const days = c.req.query('days') === '7' ? 7 : 1
      const [errors, drifts] = await Promise.all([stats.errors(clock.now() - days * DAY_MS), store.drifts(DRIFT_ROWS)])
      return c.html(errorsPage(c.var.view, { errors, drifts, days }))
    }),
  )
  app.get(
    '/logs',
    asPage(async (c) => {
      const query = LogsQuery.safeParse(c.req.query())
      return query.success ? c.html(logsPage(c.var.view, query.data)) : refuse(c, 400, 'bad_request')
    }),
  )
  app.get(
    '/audit',
    asPage(async (c) => {
      const query = ListQuery.safeParse(c.req.query())
      if (!query.success) return refuse(c, 400, 'bad_request')
      return c.html(auditPage(c.var.view, await store.audit(query.data.limit, query.data.after)))
    }),
  )
}

const storageOf = ({ sizes, retentionDays }: AdminParts) => ({ sizes: sizes.last(), retentionDays })

function addUserPages(app: AdminApp, { store, usageOf }: AdminParts): void {
  app.get(
    '/users',
    asPage(async (c) => {
      const query = UsersQuery.safeParse(c.req.query())
      if (!query.success) return refuse(c, 400, 'bad_request')
      const { name, limit, after } = query.data
      return c.html(usersPage(c.var.view, await store.users(name, limit, after), name))
    }),
  )
  app.get(
    '/users/:id',
    asPage(async (c) => {
      const id = c.req.param('id') ?? ''
      const user = isId(id) ? await store.user(id as UserId) : undefined
      if (!user) return refuse(c, 404, 'not_found')
      const jobs = await store.jobs({ user: user.id }, OWN_ROWS)
      const requests = await store.requestsOf(user.id, OWN_ROWS)
      const quota = await usageOf(user.id)
      return c.html(userPage(c.var.view, { user, quota, jobs: jobs.rows, requests: requests.rows }))
    }),
  )
}

/** A page where a browser asks for one; for everybody else the next handler of the address answers. */
const asPage =
  (show: (c: AdminContext) => Promise<Response>): MiddlewareHandler<AdminEnv> =>
  async (c, next) => {
    c.header('vary', 'accept')
    return wantsPage(c) ? show(c) : next()
  }
