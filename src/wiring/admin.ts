import { createGate } from '../access/gate.ts'
import { mountAdmin } from '../admin/app.ts'
import type { Mount } from '../http/app.ts'
import { mountMetrics } from '../http/metrics.ts'
import { createSay } from '../messages/say.ts'
import { labelsOf } from '../sites/registry.ts'
import type { Desk } from './desk.ts'
import type { Ground } from './ground.ts'

/** The administrator's doors of the one port: the view, and the metrics behind the same tokens. */
export function openAdmin(ground: Ground, desk: Desk, isStopping: () => boolean): Mount[] {
  const { config, options, clock, sites, store, logs, queueBoard } = ground
  const gate = createGate({ store: store.access, clock, settings: config })
  const admin = mountAdmin({
    ...{
      store: store.admin,
      stats: desk.stats,
      override: desk.override,
      usageOf: desk.jobs.usageOf,
      gate,
      sites,
      clock,
      isStopping,
    },
    sizes: ground.sizes,
    retentionDays: config.retentionDays,
    log: logs,
    emit: options.telemetry.emit,
    queues: queueBoard,
    say: createSay(config.timeZone, labelsOf(sites)),
    locale: config.locale,
    timeZone: config.timeZone,
    isHttps: config.publicUrl?.startsWith('https:') ?? false,
  })
  return [admin, mountMetrics({ metrics: options.telemetry.metrics, gate, isPublic: config.metricsPublic })]
}
