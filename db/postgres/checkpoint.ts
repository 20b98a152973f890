import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { type Checkpoint, type Checkpointed, type Lease, StaleLease } from '../../src/crawl/store.ts'
import { addCoverage } from '../../src/sites/coverage.ts'
import type { Db, Quirks } from '../database.ts'
import { BARREN_PAGES, newPage } from '../stores/checkpoints.ts'
import { clean, toJsonOrNull } from '../stores/columns.ts'
import { newProduct } from '../stores/products-rows.ts'

/**
 * db/stores/checkpoints.ts again, in the server's own language: the same steps in the same order, held to it by the one
 * suite of both databases. Every statement inside sees what was committed before it began, as in a transaction of ours.
 */
const BODY = `
declare
  job_id_ text := p->>'job_id';
  is_done boolean := p->>'outcome' = 'done';
  job record; page record; former record;
  list_barren int; list_ended int; list_total bigint;
  room int; fresh int; stored int := 0; total_ bigint; opened int := 0; full_ boolean;
  coverage_ text; warned_ json;
begin
  select j.products, j.pages, j.product_limit, j.discovered, j.total, j.coverage, j.routes, j.warnings into job
    from jobs j where j.id = job_id_ and j.state = 'running' and j.fence = (p->>'fence')::bigint
    and j.holder = p->>'holder' for update;
  if not found then return null; end if;

  update frontier f set state = p->>'outcome', tries = tries + 1, status = (p->>'status')::int,
    bytes = (p->>'bytes')::bigint, route = p->>'route', code = p->>'code', facts = p->>'facts', done_at = at_now
    where f.job_id = job_id_ and f.url_key = p->>'key' and f.state = 'open' returning f.kind, f.list into page;
  if not found then
    return json_build_object('fresh', 0, 'stored', 0, 'products', job.products, 'pages', job.pages,
      'isFull', job.products >= job.product_limit);
  end if;

  select l.barren, l.is_ended, l.total into former from lists l where l.job_id = job_id_ and l.list = page.list;
  if not found then select 0 as barren, 0 as is_ended, null::bigint as total into former; end if;

  coverage_ := job.coverage;
  room := job.product_limit - job.products;
  if room > 0 and json_array_length(p->'products') > 0 then
    with offered as (
      select e.value->'row' as product, e.value->'coverage' as counts, e.value->'warned' as warned, e.ordinality as place,
        row_number() over (partition by e.value->'row'->>'site', e.value->'row'->>'product_id' order by e.ordinality) as nth
      from json_array_elements(p->'products') with ordinality e
    ), new_ones as (
      select o.product, o.counts, o.warned, row_number() over (order by o.place) as nth from offered o
      where o.nth = 1 and not exists (select 1 from products k where k.job_id = job_id_
        and k.site = o.product->>'site' and k.product_id = o.product->>'product_id')
      order by o.place limit room
    ), added as (
      insert into products select r.* from new_ones n,
        jsonb_populate_record(null::products, n.product::jsonb || jsonb_build_object('position', job.products + n.nth)) r
    )
    select (select count(*) from new_ones), (select json_object_agg(key, total)::text from (
      select key, sum(value::bigint) as total from (
        select key, value from json_each_text(job.coverage::json)
        union all select c.key, c.value from new_ones n, json_each_text(n.counts) c) counted group by key) summed),
      (select json_object_agg(key, total) from (select w.key, count(*) as total
        from new_ones n, json_each_text(n.warned) w group by w.key) warnings)
    into stored, coverage_, warned_;
  end if;

  if page.kind = 'list' then
    insert into seen (job_id, list, product_id)
      select distinct job_id_, page.list, i.value from json_array_elements_text(p->'ids') i on conflict do nothing;
    get diagnostics fresh = row_count;
  else
    fresh := stored;
  end if;

  list_total := greatest(former.total, (p->>'total')::bigint);
  list_barren := former.barren;
  list_ended := former.is_ended;
  if page.kind = 'list' and is_done then
    list_barren := case when fresh > 0 then 0 else former.barren + 1 end;
    if list_barren >= (p->>'barren_pages')::int then list_ended := 1; end if;
  end if;
  if (list_barren, list_ended, list_total) is distinct from (former.barren, former.is_ended, former.total) then
    insert into lists (job_id, list, barren, is_ended, total)
      values (job_id_, page.list, list_barren, list_ended, list_total)
      on conflict (job_id, list) do update set barren = excluded.barren, is_ended = excluded.is_ended, total = excluded.total;
    if list_ended = 1 then
      update frontier f set state = 'skipped' where f.job_id = job_id_ and f.list = page.list and f.kind = 'list'
        and f.state = 'open';
    end if;
  end if;

  full_ := job.products + stored >= job.product_limit;
  if full_ then
    update frontier f set state = 'skipped' where f.job_id = job_id_ and f.state = 'open';
  elsif json_array_length(p->'next') > 0 then
    with offered as (
      select e.value as request, row_number() over (order by e.ordinality) as nth
      from json_array_elements(p->'next') with ordinality e
      where e.value->>'kind' <> 'list' or not exists (select 1 from lists l where l.job_id = job_id_
        and l.list = (e.value->>'list')::int and l.is_ended = 1)
    ), added as (
      insert into frontier select r.* from offered o, jsonb_populate_record(null::frontier,
        o.request::jsonb || jsonb_build_object('seq', job.discovered + o.nth - 1)) r on conflict do nothing
    )
    select count(*) into opened from offered;
  end if;

  total_ := job.total;
  if list_total is distinct from former.total then
    select sum(l.total) into total_ from lists l where l.job_id = job_id_;
    if total_ < job.product_limit and exists (select 1 from frontier f where f.job_id = job_id_ and f.state = 'open'
      and f.kind = 'list' and not exists (select 1 from lists l where l.job_id = job_id_ and l.list = f.list
        and l.total is not null)) then
      total_ := null;
    end if;
  end if;

  update jobs j set products = job.products + stored, pages = job.pages + is_done::int,
    failed_pages = failed_pages + (not is_done)::int, bytes = j.bytes + (p->>'bytes')::bigint, total = total_,
    discovered = job.discovered + opened, coverage = coverage_,
    routes = (select coalesce(json_object_agg(key, n)::text, '{}') from (select key, sum(value::bigint) as n from (
      select key, value from json_each_text(job.routes::json)
      union all select p->>'route', '1' where is_done and p->>'route' is not null) r group by key) s),
    warnings = (select coalesce(json_object_agg(key, n)::text, '{}') from (select key, sum(value::bigint) as n from (
      select key, value from json_each_text(job.warnings::json)
      union all select key, value from json_each_text(p->'warnings')
      union all select key, value from json_each_text(warned_)) w group by key) s),
    takeovers = 0, checkpoint_at = at_now, version = j.version + 1
    where j.id = job_id_;
  return json_build_object('fresh', fresh, 'stored', stored, 'products', job.products + stored,
    'pages', job.pages + is_done::int, 'isFull', full_);
end`

/** Its name tells its text: two versions of the program side by side each call their own. */
const NAME = `shopcrawl_checkpoint_${createHash('sha256').update(BODY).digest('hex').slice(0, 12)}`

/** Whether the server has the function of this program. */
export async function hasCheckpoint(db: Db): Promise<boolean> {
  const { rows } = await sql<{ found: string | null }>`select to_regproc(${NAME})::text as found`.execute(db)
  return rows[0]?.found != null
}

/** Puts the function into the server. */
export async function installCheckpoint(db: Db): Promise<void> {
  await sql`create or replace function ${sql.id(NAME)}(p json, at_now bigint) returns json language plpgsql as ${sql.lit(BODY)}`.execute(
    db,
  )
}

/** The checkpoint of one page: one statement, which is its own transaction. @throws StaleLease */
export async function callCheckpoint(db: Db, quirks: Quirks, lease: Lease, page: Checkpoint): Promise<Checkpointed> {
  const { rows } = await sql<{ done: Checkpointed | null }>`select ${sql.id(NAME)}(
    ${JSON.stringify(orderOf(lease, page))}::json, ${quirks.now}) as done`.execute(db)
  const done = rows[0]?.done
  if (!done) throw new StaleLease(lease.jobId)
  return done
}

const orderOf = (lease: Lease, page: Checkpoint) => ({
  job_id: lease.jobId,
  fence: lease.fence,
  holder: lease.holder,
  key: page.key,
  outcome: page.outcome,
  status: page.status,
  bytes: page.bytes,
  route: page.route,
  code: page.failure?.code ?? null,
  facts: toJsonOrNull(page.failure?.facts),
  total: page.total,
  ids: page.ids.map(clean),
  products: page.products.map((product) => ({
    row: newProduct(lease.jobId, page.key, 0, product),
    coverage: addCoverage({ products: 0 }, [product]),
    warned: warnedOf(page, product.id),
  })),
  next: page.next.map((next) => newPage(lease, next, 0)),
  warnings: page.warnings,
  barren_pages: BARREN_PAGES,
})

/** The codes that warn of a product, each counted once. */
const warnedOf = ({ warned }: Checkpoint, id: string): Record<string, number> =>
  Object.fromEntries(Object.keys(warned).flatMap((code) => (warned[code]?.includes(id) ? [[code, 1]] : [])))
