import type { QuotaUsage, Share } from '../../jobs/quota.ts'
import type { OwnedJob, Page, RequestRow, UserRow } from '../store.ts'
import type { View } from '../view.ts'
import { JobTable } from './jobs.tsx'
import { page } from './layout.tsx'
import { LogView } from './logs.tsx'
import { Act, Facts, num, Pages, size, Table, When } from './parts.tsx'

/** Users with what they asked for, the last seen first. */
export const usersPage = (view: View, list: Page<UserRow>, name: string | undefined): string => {
  const { t } = view
  return page(
    view,
    'users',
    <>
      <h1>{t('users')}</h1>
      <form class="filter" method="get" action="/admin/users">
        <label>
          {t('name')}
          <input name="name" value={name ?? ''} placeholder={t('name_hint')} maxlength={100} />
        </label>
        <button type="submit">{t('filter')}</button>
        <a href="/admin/users">{t('clear')}</a>
      </form>
      <Table
        caption={t('users')}
        heads={[t('name'), t('accounts'), t('requests'), t('jobs'), t('result_files'), t('active_job'), t('last_seen')]}
        none={t('none')}
        rows={list.rows.map((user) => [
          <>
            <a href={`/admin/users/${user.id}`}>{nameOf(user)}</a>{' '}
            {user.blockedAt === null ? null : <span class="pill failed">{t('blocked')}</span>}
          </>,
          user.accounts.map(({ platform }) => platform).join(', '),
          num(view, user.requests),
          num(view, user.jobs),
          size(view, user.bytes),
          user.activeJob ? <a href={`/admin/jobs/${user.activeJob}`}>{t('running_jobs')}</a> : '–',
          <When view={view} at={user.lastSeenAt} />,
        ])}
      />
      <Pages view={view} list={list} />
    </>,
  )
}

const nameOf = (user: UserRow): string => user.accounts[0]?.name || user.id

/** What a user's page shows. */
export interface UserDetail {
  user: UserRow
  quota: QuotaUsage
  jobs: OwnedJob[]
  requests: RequestRow[]
}

/** One user: accounts, jobs, requests, and their log as it comes. */
export const userPage = (view: View, { user, quota, jobs, requests }: UserDetail): string => {
  const { t } = view
  return page(
    view,
    'users',
    <>
      <div class="title">
        <h1>{nameOf(user)}</h1>
        {user.blockedAt === null ? null : <span class="pill failed">{t('blocked')}</span>}
        <Blocking view={view} user={user} />
      </div>
      <Facts
        facts={[
          [t('owner'), <code>{user.id}</code>],
          ...user.accounts.map((it): [string, string] => [
            it.platform,
            [it.name, it.workspace, it.externalId].filter(Boolean).join(' · '),
          ]),
          [t('requests'), num(view, user.requests)],
          [t('jobs'), <a href={`/admin/jobs?user=${user.id}`}>{num(view, user.jobs)}</a>],
          [t('first_seen'), <When view={view} at={user.createdAt} />],
          [t('last_seen'), <When view={view} at={user.lastSeenAt} />],
        ]}
      />
      <Quota view={view} quota={quota} />
      <section aria-labelledby="jobs">
        <div class="title">
          <h2 id="jobs">{t('jobs')}</h2>
          <a href={`/admin/jobs?user=${user.id}`}>{t('all_jobs')} →</a>
        </div>
        <JobTable view={view} jobs={jobs} />
      </section>
      <section aria-labelledby="log">
        <h2 id="log">{t('logs')}</h2>
        <LogView view={view} query={`user=${user.id}`} />
      </section>
      <Requests view={view} requests={requests} />
    </>,
  )
}

/** What is used of each quota; the console's accounts have none. */
const Quota = ({ view, quota }: { view: View; quota: QuotaUsage }) => {
  const { t } = view
  const shares: [string, Share, typeof num][] = [
    [t('quota_jobs_hour'), quota.jobsHour, num],
    [t('quota_jobs_day'), quota.jobsDay, num],
    [t('quota_pages_day'), quota.pagesDay, num],
    [t('quota_hosts_day'), quota.hostsDay, num],
    [t('quota_bytes'), quota.bytes, size],
  ]
  return (
    <section aria-labelledby="quota">
      <h2 id="quota">{t('quota')}</h2>
      <dl class="facts">
        {shares.map(([name, { used, limit }, told]) => (
          <div>
            <dt>{name}</dt>
            <dd>
              {told(view, used)} <small>/ {told(view, limit)}</small>
              <progress aria-label={name} max={limit} value={Math.min(used, limit)}>
                {told(view, used)}
              </progress>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

const Blocking = ({ view, user }: { view: View; user: UserRow }) =>
  user.blockedAt === null ? (
    <Act
      view={view}
      action={`/admin/users/${user.id}/block`}
      confirm="confirm_block"
      kind="danger"
      about={nameOf(user)}
    >
      {view.t('block')}
    </Act>
  ) : (
    <Act view={view} action={`/admin/users/${user.id}/unblock`} about={nameOf(user)}>
      {view.t('unblock')}
    </Act>
  )

const Requests = ({ view, requests }: { view: View; requests: RequestRow[] }) => {
  const { t } = view
  return (
    <section aria-labelledby="requests">
      <h2 id="requests">{t('requests')}</h2>
      <Table
        caption={t('requests')}
        heads={[t('time'), t('command'), t('outcome'), t('job'), t('request_id')]}
        none={t('none')}
        rows={requests.map((it) => [
          <When view={view} at={it.at} />,
          it.command,
          it.outcome,
          it.job ? <a href={`/admin/jobs/${it.job}`}>{it.job.slice(-6)}</a> : '–',
          <a href={`/admin/logs?request=${it.requestId}`}>
            <code>{it.requestId}</code>
          </a>,
        ])}
      />
    </section>
  )
}
