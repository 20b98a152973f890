import { wallClock } from '../../messages/format.ts'
import type { JobFilter, OwnedJob, Page } from '../store.ts'
import type { View } from '../view.ts'
import { changed, page } from './layout.tsx'
import { JobLink, num, OwnerLink, Pages, State, Table, took, When } from './parts.tsx'

const STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const

/** Jobs of everybody, filtered. */
export const jobsPage = (view: View, list: Page<OwnedJob>, filter: JobFilter, sites: string[]): string =>
  page(
    view,
    'jobs',
    <>
      <h1>{view.t('jobs')}</h1>
      <Filter view={view} filter={filter} sites={sites} />
      <JobTable view={view} jobs={list.rows} />
      <Pages view={view} list={list} />
    </>,
  )

/** A moment as a form's field holds it, by the clock of TIME_ZONE. */
const field = (view: View, at: number | undefined): string =>
  at === undefined ? '' : wallClock(at, view.timeZone).slice(0, 16)

const Filter = ({ view, filter, sites }: { view: View; filter: JobFilter; sites: string[] }) => {
  const { t } = view
  return (
    <form class="filter" method="get" action="/admin/jobs">
      <label>
        {t('state')}
        <select name="state">
          <option value="">{t('any')}</option>
          {STATES.map((state) => (
            <option value={state} selected={filter.state === state}>
              {view.tell(`state.${state}`, {})}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('shop')}
        <select name="site">
          <option value="">{t('any')}</option>
          {sites.map((site) => (
            <option value={site} selected={filter.site === site}>
              {view.label(site)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('owner')}
        <input name="user" value={filter.user ?? ''} maxlength={22} spellcheck={false} />
      </label>
      <label>
        {t('from')} <small>{view.timeZone}</small>
        <input type="datetime-local" name="from" value={field(view, filter.from)} />
      </label>
      <label>
        {t('to')} <small>{view.timeZone}</small>
        <input type="datetime-local" name="to" value={field(view, filter.to)} />
      </label>
      <button type="submit">{t('filter')}</button>
      <a href={changed(new URL('/admin/jobs', view.url), {})}>{t('clear')}</a>
    </form>
  )
}

/** Jobs, one a row. */
export const JobTable = ({ view, jobs }: { view: View; jobs: OwnedJob[] }) => {
  const { t } = view
  return (
    <Table
      caption={t('jobs')}
      heads={[t('state'), t('topic'), t('owner'), t('products'), t('pages'), t('created'), t('took')]}
      none={t('none')}
      rows={jobs.map((job) => [
        <State view={view} state={job.state} />,
        <>
          <JobLink view={view} job={job} />
          {job.code === null ? null : <code class="why">{job.code}</code>}
        </>,
        <OwnerLink owner={job.owner} />,
        <>
          {num(view, job.products)} <small>/ {num(view, job.request.limit)}</small>
        </>,
        num(view, job.pages),
        <When view={view} at={job.createdAt} />,
        took(view, job.startedAt === null ? null : (job.finishedAt ?? view.now) - job.startedAt),
      ])}
    />
  )
}
