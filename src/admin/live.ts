import type { SSEStreamingApi } from 'hono/streaming'
import { rest } from '../clock.ts'
import type { Totals } from '../stats/stats.ts'
import { type AdminApp, eventStream } from './api.ts'
import type { AdminContext, AdminParts } from './env.ts'
import { LIVE_EVERY_MS, LIVE_ROWS, LOOK_AGAIN_MS } from './limits.ts'
import { createLiveView } from './live-view.ts'
import { LiveQuery } from './schemas.ts'
import type { OwnedJob } from './store.ts'
import { num } from './views/parts.tsx'
import { runHtml } from './views/run.tsx'

interface Snapshot {
  totals: Totals
  jobs: OwnedJob[]
}

/** `/admin/live`: numbers and active jobs as they change. All readers share one reading of the database a second. */
export function addLive(app: AdminApp, parts: AdminParts): void {
  const { stats, store, clock } = parts
  const show = createLiveView(parts)
  let snapshot: Promise<Snapshot> | undefined
  let readAt = Number.NEGATIVE_INFINITY
  const read = (): Promise<Snapshot> => {
    if (snapshot && clock.monotonic() - readAt < LIVE_EVERY_MS * 0.9) return snapshot
    readAt = clock.monotonic()
    snapshot = Promise.all([stats.totals(), store.activeJobs(LIVE_ROWS)]).then(([totals, jobs]) => ({ totals, jobs }))
    return snapshot
  }
  app.openAPIRegistry.registerPath(
    eventStream(
      '/live',
      LiveQuery,
      '`state`: the numbers, and active jobs as blocks of the page; `beat`: nothing new.',
    ),
  )
  app.get('/live', (c) => show(c, (stream) => follow(parts, c, stream, read)))
}

async function follow(
  parts: AdminParts,
  c: AdminContext,
  stream: SSEStreamingApi,
  read: () => Promise<Snapshot>,
): Promise<void> {
  const ended = new AbortController()
  stream.onAbort(() => ended.abort())
  const only = c.req.query('job')
  const sent = { rows: new Map<string, string>(), text: '' }
  let lookedAt = parts.clock.monotonic()
  while (!ended.signal.aborted && !parts.isStopping()) {
    const { totals, jobs } = await read()
    const text = JSON.stringify(
      changesOf(parts, c, totals, only ? jobs.filter(({ id }) => id === only) : jobs, sent.rows),
    )
    if (text !== sent.text) await stream.writeSSE({ event: 'state', data: text })
    sent.text = text
    await rest(parts.clock, LIVE_EVERY_MS, ended.signal)
    if (parts.clock.monotonic() - lookedAt < LOOK_AGAIN_MS) continue
    lookedAt = parts.clock.monotonic()
    if ((await parts.gate.look(c, 'watching')).kind !== 'in') return
    await stream.writeSSE({ event: 'beat', data: '' })
  }
}

/** The numbers, which jobs are active, and those blocks that changed since this reader got them. */
function changesOf(parts: AdminParts, c: AdminContext, totals: Totals, jobs: OwnedJob[], sent: Map<string, string>) {
  const view = { ...c.var.view, now: parts.clock.now() }
  const rows: Record<string, string> = {}
  for (const job of jobs) {
    const html = runHtml(view, job)
    if (sent.get(job.id) !== html) rows[job.id] = html
    sent.set(job.id, html)
  }
  const ids = jobs.map(({ id }) => id)
  for (const id of sent.keys()) if (!ids.includes(id as OwnedJob['id'])) sent.delete(id)
  const { bySite: _sites, byDay: _days, ...counts } = totals
  const numbers = Object.fromEntries(Object.entries(counts).map(([key, value]) => [key, num(view, value)]))
  return { numbers, ids, rows }
}
