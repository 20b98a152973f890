import { sql } from 'kysely'
import type { Clock } from '../../src/clock.ts'
import type { RequestLogStore } from '../../src/crawl/store.ts'
import { newId } from '../../src/ids.ts'
import type { Database } from '../database.ts'
import { clean, cleanOrNull } from './columns.ts'

/** How long requests to shops are kept. */
const KEPT_MS = 7 * 24 * 3_600_000

/** HTTP requests to shops; old ones go whenever new ones come. */
export function createRequestLogStore({ quirks, transaction }: Database, clock: Clock): RequestLogStore {
  return {
    async append(records) {
      if (records.length === 0) return
      const rows = records.map((record) => ({
        id: newId<string>(clock.now()),
        at: Math.round(record.at),
        job_id: record.jobId,
        host: record.host,
        url: clean(record.url),
        address_class: record.addressClass,
        robots: record.robots,
        try_number: record.tryNumber,
        status: record.status,
        bytes: record.bytes,
        ms: Math.round(record.ms),
        error: cleanOrNull(record.error),
      }))
      await transaction(async (tx) => {
        await tx.deleteFrom('request_log').where('at', '<=', sql<number>`${quirks.now} - ${KEPT_MS}`).execute()
        await quirks.insertMany(tx, 'request_log', rows)
      })
    },
  }
}
