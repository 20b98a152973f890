import type { ErrorCode } from '../errors.ts'

/**
 * Everything that can happen, typed: the one list. Rooms emit, telemetry/ words and counts. Ids, not names or queries.
 * Times in milliseconds, sizes in bytes.
 */
export interface Events {
  'service.started': { version: string; role: string; database: string }
  'service.stopping': { reason: string }
  'service.stopped': { ms: number }
  'config.warning': { name: string; text: string }
  'command.received': { requestId: string; user: string; account: string; platform: string; command: string }
  'command.answered': { requestId: string; user: string; command: string; outcome: string; job?: string; ms: number }
  /** Two users became one; the account is the one that confirmed. */
  'account.linked': { user: string; merged: string; account: string }
  'account.split': { user: string; former: string; account: string }
  /** A person was cut off from their data; what is left of it goes now, or at the next start. */
  'user.forgotten': { user: string; accounts: number }
  'job.submitted': { job: string; user: string; site: string; requestId?: string }
  'job.claimed': {
    job: string
    user: string
    site: string
    attempt: number
    fence: number
    waitMs: number
    requestId?: string
  }
  'job.requeued': { job: string; user: string; site: string; code: string; runAt: number; charged: boolean }
  'job.ended': {
    job: string
    user: string
    site: string
    state: string
    code?: string
    products: number
    pages: number
    ms: number
  }
  'job.rescued': { job: string; takeovers: number }
  'job.lease_lost': { job: string; fence: number }
  'page.fetched': {
    job: string
    user: string
    site: string
    host: string
    status: number
    bytes: number
    ms: number
    tries: number
  }
  'page.stored': {
    job: string
    user: string
    site: string
    route: string
    products: number
    fresh: number
    parseMs: number
    storeMs: number
  }
  'page.failed': {
    job: string
    user: string
    site: string
    host: string
    code: ErrorCode
    tries: number
    final: boolean
  }
  'page.evidence': { job: string; site: string; code: string; evidence: string }
  'route.fallback': { job: string; site: string; route: string; best: string }
  'route.differs': { job: string; site: string; route: string; evidence: string }
  /** How many of a route's products have each field, as shares. */
  'coverage.measured': { job: string; site: string; route: string; shares: Record<string, number> }
  /** A route has fallen in so many jobs in a row that their level is the usual one from now on. */
  'coverage.adopted': { job: string; name: string; route: string }
  /** Of a route's products far fewer have a field than usual; both in whole percent. */
  'coverage.fell': {
    job: string
    site: string
    route: string
    field: string
    percent: number
    usual: number
    evidence: string
  }
  'robots.refused': { site: string; host: string }
  'host.slowed': { host: string; intervalMs: number; cause: string }
  'host.recovered': { host: string; intervalMs: number }
  'outbox.sent': { entry: string; job: string; kind: string; attempts: number; ms: number }
  'outbox.retry': { entry: string; job: string; kind: string; attempts: number; inMs: number; cause: string }
  'outbox.dropped': { entry: string; job: string; kind: string; cause: string }
  'chat.edited': { job: string; platform: string; version: number }
  /** One call of the outbox or the pacer. `outcome`: ok, limited, gone, refused, down, late, failed. */
  'chat.called': { platform: string; call: string; outcome: string; ms: number }
  'chat.limited': { platform: string; key: string; ms: number }
  'chat.failed': { platform: string; cause: string }
  /** People's commands arrive. */
  'chat.connected': { platform: string; how: 'new' | 'resumed' }
  /** They do not; the adapter tries again. */
  'chat.disconnected': { platform: string; cause: string }
  'chat.registered': { platform: string; where: string; changed: boolean }
  /** A command was answered, and the answer did not reach the person. */
  'chat.answer_lost': { platform: string; cause: string }
  'result.written': { job: string; user: string; format: string; rows: number; bytes: number; ms: number }
  'upkeep.swept': { what: string; count: number }
  'loop.blocked': { ms: number }
  'redis.away': { cause: string }
  'redis.back': { ms: number }
  /** It is there and does not do what it is asked: its memory is full, or the user lacks a right. */
  'redis.refused': { cause: string }
  /** Jobs wait: no process is there that works on them. */
  'workers.away': Record<string, never>
  'workers.back': { workers: number }
  /** Jobs wait, and this process takes none: its connection is made anew. */
  'queue.wedged': { waiting: number }
  'store.retry': { cause: string; attempts: number }
  /** A bug: what was thrown, under the id that the person saw. */
  fault: { id: string; where: string; error: unknown; job?: string; user?: string; requestId?: string }
}

export type EventName = keyof Events

/** How a room tells what happened. Never throws. */
export type Emit = <E extends EventName>(name: E, facts: Events[E]) => void
