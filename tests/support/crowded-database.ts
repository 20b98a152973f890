import { Sqlite } from '../../db/sqlite/driver.ts'
import { databasePath } from '../../db/sqlite/files.ts'

/** A database that has been in use for long. */
export interface Crowd {
  users: number
  jobs: number
  /** Time of the newest row, epoch milliseconds. */
  now: number
}

const MINUTE_MS = 60_000

/**
 * Fills the SQLite database of a DATA_DIR by plain SQL: users with one account each, ended jobs a minute apart with
 * their counters, one command a job, and statistics for the planner. 100,000 jobs take about a second.
 */
export function fillDatabase(dataDir: string, { users, jobs, now }: Crowd): void {
  const file = new Sqlite(databasePath(dataDir))
  const series = (count: number) =>
    `with recursive series(n) as (select 0 union all select n + 1 from series where n < ${count - 1})`
  const endedAt = `${now} - n * ${MINUTE_MS}`
  try {
    file.exec(`begin;
      ${series(users)} insert into users (id, created_at) select 'user-' || n, ${now} - n from series;
      ${series(users)} insert into accounts (id, user_id, platform, workspace, external_id, name, created_at, seen_at)
        select 'account-' || n, 'user-' || n, 'slack', 'T1', 'U' || n, 'person ' || n, ${now} - n, ${now} from series;
      ${series(jobs)} insert into jobs (id, user_id, account_id, request, site, words, place, platform, thread_key, state,
          coverage, routes, warnings, code, facts, product_limit, priority, attempt, next_charge, takeovers, products,
          pages, failed_pages, discovered, run_at, fence, version, shown_version, bytes, created_at, started_at,
          finished_at)
        select 'job-' || n, 'user-' || (n % ${users}), 'account-' || (n % ${users}),
          '{"site":"ssg","words":"노트북","url":null,"limit":100,"format":"xlsx","isPrivate":false}',
          case n % 3 when 0 then 'ssg' when 1 then 'samsung' else 'shinsegae' end, '노트북',
          '{"platform":"slack","workspace":"T1","channel":"C1","thread":null,"isDirect":false}', 'slack', 'job-' || n,
          case when n % 10 = 0 then 'failed' when n % 10 = 1 then 'cancelled' else 'succeeded' end,
          '{}', '{}', '{}', case when n % 10 = 0 then 'page.blocked' end,
          case when n % 10 = 0 then '{"host":"www.ssg.com","status":403,"title":""}' end,
          100, 0, 1, 1, 0, 40, 2, 0, 2, ${endedAt}, 1, 5, 5, 1000, ${endedAt} - 30000, ${endedAt} - 20000, ${endedAt}
        from series;
      ${series(jobs)} insert into commands (request_id, at, user_id, account_id, command, outcome, job_id)
        select 'request-' || n, ${endedAt} - 30000, 'user-' || (n % ${users}), 'account-' || (n % ${users}), 'crawl',
          'ok', 'job-' || n from series;
      insert into ended_jobs (state, site, jobs, products)
        select state, site, count(*), sum(products) from jobs where finished_at is not null group by state, site;
      insert into ended_jobs_by_time (slot, state, site, jobs, products)
        select finished_at - finished_at % 900000, state, site, count(*), sum(products) from jobs
        where finished_at is not null group by 1, 2, 3;
      commit;
      analyze;`)
  } finally {
    file.close()
  }
}
