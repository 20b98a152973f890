-- A database that has been in use for long: :users users with one account each, :jobs ended jobs a minute apart with
-- their counters and one command each, :active users with a job that runs or waits, and what hangs on the newest jobs.
-- The names with a colon are replaced by numbers (tests/support/crowded-database.ts, tests/bench/contestants/admin.mjs);
-- ids have the 22 characters of real ones.
begin;

with recursive series(n) as (select 0 union all select n + 1 from series where n < :users - 1)
insert into users (id, created_at) select printf('user-%017d', n), :now - n from series;

with recursive series(n) as (select 0 union all select n + 1 from series where n < :users - 1)
insert into accounts (id, user_id, platform, workspace, external_id, name, created_at, seen_at)
select printf('account-%014d', n), printf('user-%017d', n), 'slack', 'T1', 'U' || n, 'person ' || n, :now - n, :now - n
from series;

with recursive series(n) as (select 0 union all select n + 1 from series where n < :jobs - 1)
insert into jobs (id, user_id, account_id, request, site, words, place, platform, thread_key, state,
  coverage, routes, warnings, code, facts, product_limit, priority, attempt, next_charge, takeovers, products,
  pages, failed_pages, discovered, run_at, fence, version, shown_version, bytes, created_at, started_at, finished_at)
select printf('job-%018d', n), printf('user-%017d', n % :users), printf('account-%014d', n % :users),
  '{"site":"ssg","words":"노트북","url":null,"limit":100,"format":"xlsx","isPrivate":false}',
  case n % 3 when 0 then 'ssg' when 1 then 'samsung' else 'shinsegae' end, '노트북',
  '{"platform":"slack","workspace":"T1","channel":"C1","thread":null,"isDirect":false}', 'slack', 'job-' || n,
  case when n % 10 = 0 then 'failed' when n % 10 = 1 then 'cancelled' else 'succeeded' end,
  '{}', '{}', '{}', case when n % 10 = 0 then 'page.blocked' end,
  case when n % 10 = 0 then '{"host":"www.ssg.com","status":403,"title":""}' end,
  100, 0, 1, 1, 0, 40, 2, 0, 2, :now - n * 60000, 1, 5, 5, 1000,
  :now - n * 60000 - 30000, :now - n * 60000 - 20000, :now - n * 60000
from series;

with recursive series(n) as (select 0 union all select n + 1 from series where n < :jobs - 1)
insert into commands (request_id, at, user_id, account_id, command, outcome, job_id)
select printf('request-%014d', n), :now - n * 60000 - 30000, printf('user-%017d', n % :users),
  printf('account-%014d', n % :users), 'crawl', 'ok', printf('job-%018d', n)
from series;

with recursive series(n) as (select 1 union all select n + 1 from series where n < :active)
insert into jobs (id, user_id, account_id, request, site, words, place, platform, thread_key, state, holder, lease_until,
  coverage, routes, warnings, product_limit, priority, attempt, next_charge, takeovers, products,
  pages, failed_pages, discovered, run_at, fence, version, shown_version, bytes, created_at, started_at)
select printf('active-%015d', n), printf('user-%017d', n - 1), printf('account-%014d', n - 1),
  '{"site":"samsung","words":"갤럭시 북 프로 360 15인치","url":null,"limit":10000,"format":"xlsx","isPrivate":false}',
  'samsung', '갤럭시 북 프로 360 15인치',
  '{"platform":"slack","workspace":"T1","channel":"C1","thread":null,"isDirect":false}', 'slack', 'active-' || n,
  case n % 2 when 0 then 'queued' else 'running' end, case n % 2 when 1 then 'worker-1' end,
  case n % 2 when 1 then :now + 15000 end,
  '{}', '{}', '{}', 10000, 0, n % 2, 1, 0, n * 7, n, 0, n, :now, n % 2, n, n, 1000,
  :now - n * 1000, case n % 2 when 1 then :now - n * 900 end
from series where :active > 0;

insert into frontier (job_id, url_key, request, kind, list_group, list, page, seq, state, tries, not_before, bytes, done_at)
select id, 'page-1', '{"method":"GET","url":"https://www.ssg.com/list?page=1","kind":"list","group":0,"list":0,"page":1}',
  'list', 0, 0, 1, 0, 'done', 1, 0, 1000, created_at from jobs order by created_at desc limit 20000;

insert into request_log (id, at, job_id, host, url, robots, try_number, status, bytes, ms)
select 'log-' || id, created_at, id, 'www.ssg.com', 'https://www.ssg.com/list?page=1', 'allowed', 1, 200, 1000, 120
from jobs order by created_at desc limit 20000;

insert into outbox (id, job_id, user_id, account_id, kind, platform, thread_key, seq, state, attempts, is_uncertain,
  run_at, created_at, sent_at)
select 'final-' || id, id, user_id, account_id, 'final', 'slack', thread_key, 1, 'sent', 1, 0, created_at, created_at,
  created_at
from jobs where finished_at is not null order by created_at desc limit 20000;

insert into evidence (id, job_id, url, status, title, code, text, created_at, expires_at)
select replace(id, 'job', 'evi'), id, 'https://www.ssg.com/list?page=1', 200, '', 'page.blocked', '?', created_at,
  created_at + 604800000
from jobs where state = 'failed' order by created_at desc limit 2000;

with recursive series(n) as (select 0 union all select n + 1 from series where n < 19999)
insert into audit (id, at, act, role, way, address)
select printf('audit-%016d', n), :now - n * 60000, 'session.open', 'admin', 'page', '203.0.113.7' from series;

insert into ended_jobs (state, site, jobs, products)
select state, site, count(*), sum(products) from jobs where finished_at is not null group by state, site;

insert into ended_jobs_by_time (slot, state, site, jobs, products)
select finished_at - finished_at % 900000, state, site, count(*), sum(products) from jobs
where finished_at is not null group by 1, 2, 3;

commit;
analyze;
