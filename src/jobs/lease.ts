import { type Clock, rest } from '../clock.ts'
import type { Lease } from '../crawl/store.ts'
import { StaleLease } from '../crawl/store.ts'
import type { Emit } from '../telemetry/events.ts'
import { LEASE_MS, RENEW_MS } from './limits.ts'
import type { WorkerJobs } from './store.ts'

/** Keeps a lease alive while a job runs. */
export interface LeaseKeeper {
  /** Aborts with a StaleLease when the lease is lost: the worker stops and writes nothing more. */
  lost: AbortSignal
  stop(): void
}

/** Renews a lease every few seconds. A renewal that fails for another reason is tried again: the lease may still hold. */
export function keepLease(parts: { store: WorkerJobs; clock: Clock; emit: Emit }, lease: Lease): LeaseKeeper {
  const lost = new AbortController()
  const stopped = new AbortController()
  const keep = async () => {
    while (!stopped.signal.aborted) {
      await rest(parts.clock, RENEW_MS, stopped.signal)
      if (stopped.signal.aborted) return
      const isHeld = await parts.store.renew(lease, LEASE_MS).catch(() => true)
      if (!isHeld) return lost.abort(new StaleLease(lease.jobId))
    }
  }
  void keep()
  return { lost: lost.signal, stop: () => stopped.abort() }
}
