import type { JobId, UserId } from '../ids.ts'

/** Everything that an administrator can do. */
export type Act =
  | 'session.open'
  | 'session.close'
  | 'job.cancel'
  | 'job.retry'
  | 'job.priority'
  | 'site.pause'
  | 'site.resume'
  | 'user.block'
  | 'user.unblock'
  | 'user.delete'
  | 'queue.change'

/** Who acts, as far as a token tells: whoever holds it, from where. */
export interface Actor {
  role: 'admin' | 'viewer'
  /** By the page, by a program with the token itself, or on the machine's command line. */
  way: 'page' | 'program' | 'shell'
  address: string
}

/** A row of the audit list. */
export interface AuditEntry {
  id: string
  /** Epoch milliseconds. */
  at: number
  act: Act
  actor: Actor
  job: JobId | null
  user: UserId | null
  site: string | null
  facts: Record<string, unknown> | null
}
