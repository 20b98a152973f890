import type { PausedSite } from '../../jobs/store.ts'
import { dateTime } from '../../messages/format.ts'
import type { Totals } from '../../stats/stats.ts'
import type { ErrorGroup, HourRow } from '../../stats/store.ts'
import type { MeasuredSizes } from '../../upkeep/sizes.ts'
import type { OwnedJob } from '../store.ts'
import type { View, Word } from '../view.ts'
import { ErrorTable } from './errors.tsx'
import { page } from './layout.tsx'
import { Act, num, Table, took } from './parts.tsx'
import { Run } from './run.tsx'
import { Storage } from './storage.tsx'

/** What the first screen shows. */
export interface Overview {
  totals: Totals
  active: OwnedJob[]
  series: HourRow[]
  errors: ErrorGroup[]
  paused: PausedSite[]
  sites: string[]
  sizes: MeasuredSizes | undefined
  retentionDays: number
}

const NUMBERS = [
  ['users', 'total_users'],
  ['activeUsers', 'active_users'],
  ['runningJobs', 'running_jobs'],
  ['queuedJobs', 'queued_jobs'],
  ['completedJobs', 'completed_jobs'],
  ['failedJobs', 'failed_jobs'],
  ['cancelledJobs', 'cancelled_jobs'],
  ['workers', 'workers'],
] as const satisfies readonly (readonly [keyof Totals, Word])[]

const ERRORS_SHOWN = 6

/** The first screen: numbers, what runs now, the last hours, shops, errors. */
export const overviewPage = (view: View, it: Overview): string =>
  page(
    view,
    'overview',
    <div data-follow="/admin/live">
      <div class="title">
        <h1>{view.t('overview')}</h1>
        <Live view={view} />
      </div>
      <Numbers view={view} totals={it.totals} />
      <section aria-labelledby="active">
        <h2 id="active">{view.t('active_jobs')}</h2>
        <ul class="runs" data-runs data-none={view.t('no_active')}>
          {it.active.map((job) => (
            <Run view={view} job={job} />
          ))}
        </ul>
        <p class="none" data-runs-none hidden={it.active.length > 0}>
          {view.t('no_active')}
        </p>
      </section>
      <Charts view={view} series={it.series} />
      <div class="halves">
        <Shops view={view} it={it} />
        <section aria-labelledby="errors">
          <div class="title">
            <h2 id="errors">
              {view.t('errors')} <small>{view.t('last_day')}</small>
            </h2>
            <a href="/admin/errors">{view.t('all_errors')} →</a>
          </div>
          <ErrorTable view={view} errors={it.errors.slice(0, ERRORS_SHOWN)} />
        </section>
      </div>
      <Storage view={view} sizes={it.sizes} days={it.retentionDays} />
    </div>,
  )

/** Whether the page is being told of changes. */
export const Live = ({ view }: { view: View }) => (
  <span class="live" data-live-state data-on={view.t('live')} data-off={view.t('offline')} role="status">
    {view.t('offline')}
  </span>
)

const Numbers = ({ view, totals }: { view: View; totals: Totals }) => (
  <section aria-label={view.t('numbers')}>
    <dl class="numbers">
      {NUMBERS.map(([key, word]) => ({ key, word, count: totals[key] })).map(
        ({ key, word, count }) =>
          count !== undefined && (
            <div class={`number ${key}`}>
              <dt>{view.t(word)}</dt>
              <dd data-number={key}>{num(view, count)}</dd>
            </div>
          ),
      )}
    </dl>
  </section>
)

const Charts = ({ view, series }: { view: View; series: HourRow[] }) => {
  const { t } = view
  const hours = series.map(({ hour }) => hour / 1_000)
  const charts = [
    {
      title: t('chart_jobs'),
      names: [t('jobs'), t('errors')],
      values: [series.map(({ jobs }) => jobs), series.map(({ errors }) => errors)],
    },
    { title: t('chart_products'), names: [t('products')], values: [series.map(({ products }) => products)] },
    {
      title: t('chart_p95'),
      names: [t('p95')],
      values: [series.map(({ p95Ms }) => (p95Ms === null ? null : Math.round(p95Ms / 100) / 10))],
    },
  ]
  return (
    <section aria-labelledby="hourly">
      <h2 id="hourly">{t('hourly')}</h2>
      <div class="charts">
        {charts.map(({ title, names, values }) => (
          <figure>
            <figcaption>{title}</figcaption>
            <div
              class="chart"
              role="img"
              aria-label={`${title}. ${t('hourly')}`}
              data-chart={JSON.stringify({ names, data: [hours, ...values], zone: view.timeZone, lang: view.locale })}
            ></div>
          </figure>
        ))}
      </div>
      <details>
        <summary>{t('as_table')}</summary>
        <HourTable view={view} series={series} />
      </details>
    </section>
  )
}

const HourTable = ({ view, series }: { view: View; series: HourRow[] }) => (
  <Table
    caption={view.t('hourly')}
    heads={[view.t('hour'), view.t('jobs'), view.t('products'), view.t('errors'), view.t('p95')]}
    none={view.t('none')}
    rows={series
      .filter(({ jobs }) => jobs > 0)
      .reverse()
      .map((row) => [
        dateTime(view.locale, row.hour, view.timeZone),
        num(view, row.jobs),
        num(view, row.products),
        num(view, row.errors),
        took(view, row.p95Ms),
      ])}
  />
)

const Shops = ({ view, it }: { view: View; it: Overview }) => {
  const { t } = view
  const rows = it.sites.map((site) => {
    const totals = it.totals.bySite.find((row) => row.site === site)
    const isPaused = it.paused.some((row) => row.site === site)
    return [
      <a href={`/admin/jobs?site=${site}`}>{view.label(site)}</a>,
      <span class={`pill ${isPaused ? 'failed' : 'succeeded'}`}>{t(isPaused ? 'paused' : 'open')}</span>,
      num(view, (totals?.running ?? 0) + (totals?.queued ?? 0)),
      num(view, totals?.completed ?? 0),
      num(view, totals?.failed ?? 0),
      <Act
        view={view}
        action={`/admin/sites/${site}/${isPaused ? 'resume' : 'pause'}`}
        about={view.label(site)}
        {...(!isPaused && { confirm: 'confirm_pause' as const })}
      >
        {t(isPaused ? 'resume' : 'pause')}
      </Act>,
    ]
  })
  const heads = [t('shop'), t('status'), t('active_job'), t('completed_jobs'), t('failed_jobs'), t('actions')]
  return (
    <section aria-labelledby="shops">
      <h2 id="shops">{t('shops')}</h2>
      <Table caption={t('shops')} heads={heads} rows={rows} none={t('none')} />
    </section>
  )
}
