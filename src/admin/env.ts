import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { Gate } from '../access/gate.ts'
import type { Clock } from '../clock.ts'
import type { Actor } from '../jobs/act.ts'
import type { Override } from '../jobs/override.ts'
import type { Jobs } from '../jobs/service.ts'
import type { Locale } from '../messages/locale.ts'
import type { Say } from '../messages/say.ts'
import type { SiteRegistry } from '../sites/registry.ts'
import type { Stats } from '../stats/stats.ts'
import type { Emit } from '../telemetry/events.ts'
import type { LogFeed } from '../telemetry/log-feed.ts'
import type { SizeWatch } from '../upkeep/sizes.ts'
import type { QueueBoard } from './queue-board.ts'
import type { AdminStore } from './store.ts'
import type { View } from './view.ts'

/** What the administrator's view stands on. */
export interface AdminParts {
  store: AdminStore
  stats: Stats
  override: Override
  /** What a user has used of the quotas. */
  usageOf: Jobs['usageOf']
  gate: Gate
  /** How much is kept, as it was measured last. */
  sizes: Pick<SizeWatch, 'last'>
  /** RETENTION_DAYS. */
  retentionDays: number
  sites: Pick<SiteRegistry, 'get' | 'all'>
  log: LogFeed
  emit: Emit
  /** Where jobs are handed out through Redis. */
  queues: QueueBoard | undefined
  clock: Clock
  say: Say
  /** Where a browser tells no language that we speak. */
  locale: Locale
  timeZone: string
  /** PUBLIC_URL begins with https: browsers are told to come no other way. */
  isHttps: boolean
  /** The service is ending: live views close, so that they do not hold it. */
  isStopping(): boolean
}

/** What every handler finds. */
export interface AdminEnv {
  Bindings: HttpBindings
  Variables: { actor: Actor; view: View }
}

export type AdminContext = Context<AdminEnv>
