import { type JobState, mayFollow } from '../../src/jobs/states.ts'

/** Reads a database with plain SQL, beside the program. */
export interface Look {
  rows(sql: string): Promise<Record<string, unknown>[]>
}

export interface InvariantOptions {
  /** The database's clock, epoch milliseconds. */
  now: number
  /** Classes of addresses that requests may have reached; tests with servers of their own add 'loopback'. */
  addressClasses?: string[]
  /** Most requests to one host within one second. */
  requestsPerSecond?: number
}

const ACTIVE = `('queued', 'running')`
const ENDED = `('succeeded', 'failed', 'cancelled')`
/** Attempts of a job, lease, longest requeue: src/jobs/limits.ts. */
const MAX_ATTEMPTS = 5
const LEASE_MS = 15_000
const DAY_MS = 86_400_000

/** Queries that must return no row, by what they guard. `watched` is filled by the triggers of installWatchers. */
function queries(options: InvariantOptions): Record<string, string> {
  const classes = ['unicast', ...(options.addressClasses ?? [])].map((name) => `'${name}'`).join(', ')
  const perSecond = options.requestsPerSecond
  return {
    'one active job a user': `select user_id from jobs where state in ${ACTIVE} group by user_id having count(*) > 1`,
    'an ended state never changes': `select a.job_id, a.state, b.state as later from watched a join watched b
      on a.job_id = b.job_id and b.seq > a.seq and b.kind = 'state' where a.kind = 'state' and a.state in ${ENDED}`,
    'a job begins in the queue': `select job_id, state from (select job_id, state,
      lag(state) over (partition by job_id order by seq) as former from watched where kind = 'state') w
      where former is null and state <> 'queued'`,
    'an ended job has its time and no holder': `select id from jobs where state in ${ENDED}
      and (finished_at is null or holder is not null or lease_until is not null)`,
    'a running job has one holder, the last to claim it': `select id from jobs j where state = 'running'
      and (holder is null or fence <> (select max(fence) from watched w where w.job_id = j.id and w.kind = 'lease'))`,
    'only a running job is written': `select * from watched where kind = 'write' and state <> 'running'`,
    'no write is older than the lease': `select w.* from watched w where w.kind = 'write' and w.fence <
      (select max(l.fence) from watched l where l.kind = 'lease' and l.job_id = w.job_id and l.seq < w.seq)`,
    'each product once': `select job_id from products group by job_id, site, product_id having count(*) > 1`,
    'as many products as the row says, within the limit': `select id from jobs j where (cleared_at is null and products <>
      (select count(*) from products p where p.job_id = j.id)) or products > product_limit`,
    'positions without gaps': `select job_id from products group by job_id
      having min(position) <> 1 or max(position) <> count(*)`,
    'each page once': `select job_id from frontier group by job_id, url_key having count(*) > 1`,
    'as many pages as the row says': `select id from jobs j where cleared_at is null
      and (pages <> (select count(*) from frontier f where f.job_id = j.id and f.state = 'done')
      or failed_pages <> (select count(*) from frontier f where f.job_id = j.id and f.state = 'failed'))`,
    'no product without its page': `select p.job_id, p.product_id from products p left join frontier f
      on f.job_id = p.job_id and f.url_key = p.page_key where f.state is null or f.state <> 'done'`,
    'nothing left behind': `select j.id from jobs j join frontier f on f.job_id = j.id
      where j.state = 'succeeded' and f.state = 'open'`,
    'ids that a list showed go with the job': `select s.job_id from seen s join jobs j on j.id = s.job_id
      where j.state in ${ENDED}`,
    'one first word': `select id from jobs j where cleared_at is null and
      (select count(*) from outbox o where o.job_id = j.id and o.kind = 'open') <> 1`,
    'one last word': `select id from jobs j where cleared_at is null and (case when state in ${ENDED} then 1 else 0 end) <>
      (select count(*) from outbox o where o.job_id = j.id and o.kind = 'final')`,
    'a file is owed exactly when there are products': `select id from jobs j where cleared_at is null and
      (case when state in ${ENDED} and products > 0 then 1 else 0 end) <>
      (select count(*) from outbox o where o.job_id = j.id and o.kind = 'file')`,
    'the words of a thread have no gap': `select thread_key from outbox where thread_key not like 'copy %' group by thread_key
      having max(seq) - min(seq) + 1 <> count(*)`,
    'one pending edit a job': `select job_id from outbox where kind = 'edit' and state = 'pending'
      group by job_id having count(*) > 1`,
    'the words of a thread are sent in order': `select a.id from outbox a join outbox b on a.thread_key = b.thread_key
      and b.seq > a.seq where (a.state = 'pending' and b.state = 'sent' and b.platform_id is not null)
      or (a.state = 'sent' and b.state = 'sent' and a.sent_at > b.sent_at)`,
    // more are counted than there are where people were forgotten
    'ended jobs are counted': `select j.state, j.site from jobs j where j.state in ${ENDED} group by j.state, j.site
      having count(*) > coalesce((select e.jobs from ended_jobs e where e.state = j.state and e.site = j.site), 0)
      or count(*) > coalesce((select sum(e.jobs) from ended_jobs_by_time e where e.state = j.state and e.site = j.site), 0)`,
    'every end is counted once, of forgotten people too': `select state, ends, counted from
      (select state, count(*) as ends, coalesce((select sum(e.jobs) from ended_jobs e where e.state = w.state), 0) as counted
      from watched w where kind = 'state' and state in ${ENDED} group by state) c where ends <> counted`,
    'everything has its owner': `select id from jobs where user_id not in (select id from users)
      union all select id from files where user_id not in (select id from users)
      union all select id from outbox where account_id not in (select id from accounts)
      union all select o.id from outbox o join jobs j on j.id = o.job_id where o.user_id <> j.user_id`,
    'what a job has is its account’s user’s': `select j.id from jobs j join accounts a on a.id = j.account_id
      where a.user_id <> j.user_id
      union all select f.id from files f join jobs j on j.id = f.job_id where f.user_id <> j.user_id`,
    'a merged user owns nothing': `select u.id from users u where u.merged_into is not null and (u.deleted_at is null
      or exists (select 1 from accounts a where a.user_id = u.id) or exists (select 1 from jobs j where j.user_id = u.id)
      or exists (select 1 from users m where m.id = u.merged_into and m.merged_into is not null))`,
    'a code is used once': 'select hash from link_codes where uses > 1',
    'requests reach only addresses that they may': `select url, address_class from request_log
      where address_class is not null and address_class not in (${classes})`,
    'robots.txt is obeyed': `select url from request_log where robots = 'forbidden'`,
    'no host gets more than its budget': perSecond
      ? `select host, at / 1000 as second from request_log group by host, at / 1000 having count(*) > ${perSecond}`
      : 'select 1 as none where 1 = 0',
    'nothing is stuck': `select id, run_at, attempt, lease_until from jobs where
      (state = 'queued' and run_at > ${options.now + DAY_MS}) or attempt > ${MAX_ATTEMPTS}
      or (state = 'running' and lease_until < ${options.now - 2 * LEASE_MS})`,
    'one account an identity': `select platform from accounts group by platform, workspace, external_id
      having count(*) > 1`,
    'every user has an account': `select u.id from users u left join accounts a on a.user_id = u.id
      where a.id is null and u.deleted_at is null`,
    'blocked and deleted users have no active job': `select j.id from jobs j join users u on u.id = j.user_id
      where j.state in ${ACTIVE} and (u.blocked_at is not null or u.deleted_at is not null)`,
  }
}

/** Every kind of change of state that was stored. */
const MOVES = `select distinct former, state from (select state, lag(state) over (partition by job_id order by seq) as former
  from watched where kind = 'state') w where former is not null`

/**
 * Holds what must be true of the stored data after anything that can happen. Every integration test ends with it.
 * @throws Error naming each broken invariant and its first rows
 */
export async function checkInvariants(look: Look, options: InvariantOptions): Promise<void> {
  const broken: string[] = []
  for (const [name, sql] of Object.entries(queries(options))) {
    const rows = await look.rows(sql)
    if (rows.length > 0) broken.push(`${name}: ${JSON.stringify(rows.slice(0, 3))}`)
  }
  const moves = await look.rows(MOVES)
  const forbidden = moves.filter(({ former, state }) => !mayFollow(former as JobState, state as JobState))
  if (forbidden.length > 0) broken.push(`every change of state is a permitted one: ${JSON.stringify(forbidden)}`)
  if (broken.length > 0) throw new Error(`broken invariants:\n${broken.join('\n')}`)
}

/**
 * Triggers for SQLite that note every state, claim and write, so that what was true only for a moment is seen too.
 * Production has none of them.
 */
export const SQLITE_WATCHERS = `
create table if not exists watched (seq integer primary key autoincrement, kind text not null, job_id text not null,
  state text not null, fence integer not null);
create index if not exists watched_by_job on watched (job_id, kind, seq);
create trigger if not exists watch_new after insert on jobs begin
  insert into watched (kind, job_id, state, fence) values ('state', new.id, new.state, new.fence); end;
create trigger if not exists watch_state after update of state on jobs when old.state <> new.state begin
  insert into watched (kind, job_id, state, fence) values ('state', new.id, new.state, new.fence); end;
create trigger if not exists watch_lease after update of fence on jobs when old.fence <> new.fence begin
  insert into watched (kind, job_id, state, fence) values ('lease', new.id, new.state, new.fence); end;
create trigger if not exists watch_product after insert on products begin
  insert into watched (kind, job_id, state, fence)
  select 'write', new.job_id, state, fence from jobs where id = new.job_id; end;
create trigger if not exists watch_page after update of state on frontier when new.state in ('done', 'failed') begin
  insert into watched (kind, job_id, state, fence)
  select 'write', new.job_id, state, fence from jobs where id = new.job_id; end;
`

/** The same for PostgreSQL. */
export const POSTGRES_WATCHERS = `
create table watched (seq bigserial primary key, kind text not null, job_id text not null, state text not null,
  fence bigint not null);
create index watched_by_job on watched (job_id, kind, seq);
create function watch_job() returns trigger language plpgsql as $$ begin
  insert into watched (kind, job_id, state, fence) values (tg_argv[0], new.id, new.state, new.fence);
  return null; end $$;
create function watch_write() returns trigger language plpgsql as $$ begin
  insert into watched (kind, job_id, state, fence)
    select 'write', new.job_id, state, fence from jobs where id = new.job_id;
  return null; end $$;
create trigger watch_new after insert on jobs for each row execute function watch_job('state');
create trigger watch_state after update of state on jobs for each row when (old.state <> new.state)
  execute function watch_job('state');
create trigger watch_lease after update of fence on jobs for each row when (old.fence <> new.fence)
  execute function watch_job('lease');
create trigger watch_product after insert on products for each row execute function watch_write();
create trigger watch_page after update of state on frontier for each row when (new.state in ('done', 'failed'))
  execute function watch_write();
`
