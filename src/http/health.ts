import type { Mount } from './app.ts'
import { READY_TIMEOUT_MS } from './limits.ts'

/** What must be well for the service to be ready. */
export interface Health {
  /** Rejects, or never ends, when storage is away. */
  checkStore(): Promise<unknown>
  /** What does not work now, by name: a chat platform and why. */
  troubles(): ReadonlyMap<string, string>
  /** The service is ending. */
  isStopping(): boolean
  /** Processes that work on jobs, where they are counted. Without any this one still answers people, so it is ready. */
  workers(): number | undefined
}

/**
 * `/healthz`: the process answers. `/readyz`: it does its work, else 503 with the names of what does not; beside it the
 * number of workers, where they are processes of their own.
 */
export const mountHealth =
  (health: Health): Mount =>
  (http) => {
    http.get('/healthz', (c) => c.text('ok'))
    http.get('/readyz', async (c) => {
      const problems = await problemsOf(health)
      const workers = health.workers()
      const isReady = problems.length === 0
      return c.json({ ready: isReady, problems, ...(workers !== undefined && { workers }) }, isReady ? 200 : 503)
    })
  }

async function problemsOf(health: Health): Promise<string[]> {
  const problems = [...health.troubles()].map(([name, cause]) => `${name}: ${cause}`)
  if (health.isStopping()) problems.push('stopping')
  if (!(await isThere(health.checkStore()))) problems.push('storage')
  return problems
}

async function isThere(check: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), READY_TIMEOUT_MS)
  })
  const answer = check.then(
    () => true,
    () => false,
  )
  return Promise.race([answer, late]).finally(() => clearTimeout(timer))
}
