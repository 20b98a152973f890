import type { Clock } from '../clock.ts'
import { LOG_BATCH, LOG_FLUSH_MS, LOG_KEPT } from './http-limits.ts'
import type { RequestLogStore, RequestRecord } from './store.ts'

/** Takes records of HTTP requests and writes them in lumps, behind the crawl. */
export interface RequestLog {
  append(record: RequestRecord): void
  /** Writes what waits; afterwards nothing is taken. */
  close(): Promise<void>
}

/** A store that is away delays the log; only beyond `LOG_KEPT` records are the oldest lost. */
export function createRequestLog({ store, clock }: { store: RequestLogStore; clock: Clock }): RequestLog {
  const timer = new AbortController()
  let records: RequestRecord[] = []
  let isScheduled = false
  let writing = Promise.resolve()

  const write = async (): Promise<void> => {
    const lump = records
    records = []
    if (lump.length === 0) return
    try {
      await store.append(lump)
    } catch {
      records = [...lump, ...records].slice(-LOG_KEPT) // the next lump takes them along
    }
  }
  const flush = (): Promise<void> => {
    writing = writing.then(write)
    return writing
  }
  const schedule = (): void => {
    if (isScheduled) return
    isScheduled = true
    const done = () => {
      isScheduled = false
      return flush()
    }
    clock.sleep(LOG_FLUSH_MS, timer.signal).then(done, () => undefined)
  }

  return {
    append(record) {
      if (timer.signal.aborted) return
      records.push(record)
      if (records.length === LOG_BATCH) void flush()
      else schedule()
    },
    async close() {
      timer.abort()
      await flush()
    },
  }
}
