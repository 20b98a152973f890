import type { Context } from 'hono'
import type { Refusal } from '../errors.ts'
import type { AdminContext, AdminEnv } from './env.ts'
import type { JobAnswer } from './schemas.ts'
import type { OwnedJob } from './store.ts'
import type { Word } from './view.ts'
import { errorPage } from './views/error.tsx'

type Status = 400 | 403 | 404 | 409 | 415 | 503

/** Whether a browser asks for a page to show; programs get JSON from the same addresses. */
export const wantsPage = (c: Context): boolean => (c.req.header('accept') ?? '').includes('text/html')

/** Whether a form of the page was sent. */
export const isForm = (c: Context): boolean =>
  (c.req.header('content-type') ?? '').startsWith('application/x-www-form-urlencoded')

/** A refusal in the form that the asker reads. */
export function refuse(c: AdminContext, status: Status, word: Word): Response | Promise<Response> {
  return answerError(c, status, word, c.var.view.t(word))
}

/** What an act was refused with. */
export function refuseAct(c: AdminContext, refusal: Refusal): Response | Promise<Response> {
  return answerError(c, statusOf(refusal), refusal.code, c.var.view.tell(refusal.code, refusal.facts as never))
}

function statusOf({ code }: Refusal): Status {
  if (code.startsWith('store.')) return 503 // nothing is wrong with what was asked
  return code.endsWith('_unknown') ? 404 : 409
}

function answerError(c: AdminContext, status: Status, code: string, message: string): Response | Promise<Response> {
  if (wantsPage(c)) return c.html(errorPage(c.var.view, message), status)
  return c.json({ error: { code, message } }, status)
}

/** After an act: back to the page that the form stood on, else JSON. */
export async function answerAct<T>(c: AdminContext, done: T, word: Word): Promise<Response> {
  if (!isForm(c)) return c.json(done as object, 200)
  const back = await backOf(c)
  back.searchParams.set('done', word)
  return c.redirect(back.pathname + back.search, 303)
}

/** Only pages of this view are gone back to, whatever the field says: looked at as a browser reads it, dots resolved. */
async function backOf(c: Context<AdminEnv>): Promise<URL> {
  const { back } = await c.req.parseBody()
  const home = new URL('/admin', c.req.url)
  const asked = typeof back === 'string' && URL.canParse(back, home.href) ? new URL(back, home) : home
  return /^\/admin(?:$|\/)/.test(asked.pathname) ? asked : home
}

/** A job as the JSON tells it. */
export const toJobAnswer = (job: OwnedJob): JobAnswer => ({
  id: job.id,
  user: job.owner,
  site: job.request.site,
  words: job.request.words,
  url: job.request.url,
  limit: job.request.limit,
  format: job.request.format,
  isPrivate: job.request.isPrivate,
  state: job.state,
  stopReason: job.stopReason,
  code: job.code,
  facts: job.facts,
  priority: job.priority,
  attempt: job.attempt,
  takeovers: job.takeovers,
  products: job.products,
  total: job.total,
  pages: job.pages,
  failedPages: job.failedPages,
  bytes: job.bytes,
  coverage: job.coverage,
  routes: job.routes,
  warnings: job.warnings,
  retryOf: job.retryOf,
  requestId: job.requestId,
  createdAt: job.createdAt,
  runAt: job.runAt,
  startedAt: job.startedAt,
  finishedAt: job.finishedAt,
})
