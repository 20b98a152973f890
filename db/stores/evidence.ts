import { sql } from 'kysely'
import type { Clock } from '../../src/clock.ts'
import type { EvidenceStore } from '../../src/crawl/store.ts'
import { newId } from '../../src/ids.ts'
import type { Database } from '../database.ts'
import { clean } from './columns.ts'
import { holdJob } from './leases.ts'

/** Pages kept of one job. */
const PER_JOB = 20
/** Characters kept of a page. */
const TEXT_KEPT = 1024 * 1024
/** How long a page is kept. */
const KEPT_MS = 7 * 24 * 3_600_000

/** Copies of pages that could not be read; the ones whose time is over go whenever a new one comes. */
export function createEvidenceStore({ db, quirks, transaction }: Database, clock: Clock): EvidenceStore {
  return {
    save: (lease, { url, status, title, code, text }) =>
      transaction(async (tx) => {
        await holdJob(tx, quirks, lease)
        await tx.deleteFrom('evidence').where('expires_at', '<=', quirks.now).execute()
        const { count } = await tx
          .selectFrom('evidence')
          .select((eb) => eb.fn.countAll().as('count'))
          .where('job_id', '=', lease.jobId)
          .executeTakeFirstOrThrow()
        if (Number(count) >= PER_JOB) return undefined
        const id = newId<string>(clock.now())
        await tx
          .insertInto('evidence')
          .values({
            id,
            job_id: lease.jobId,
            url: clean(url),
            status,
            title: clean(title),
            code,
            text: clean(text.slice(0, TEXT_KEPT)),
            created_at: quirks.now,
            expires_at: sql<number>`${quirks.now} + ${KEPT_MS}`,
          })
          .execute()
        return id
      }),
    async find(jobId, code) {
      const row = await db
        .selectFrom('evidence')
        .select('id')
        .where('job_id', '=', jobId)
        .where('code', '=', code)
        .orderBy('id')
        .executeTakeFirst()
      return row?.id
    },
  }
}
