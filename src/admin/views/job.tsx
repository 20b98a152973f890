import { isEnded } from '../../jobs/states.ts'
import { percent } from '../../messages/format.ts'
import { sayStored, sayWarning } from '../../messages/say.ts'
import type { JobDetail, OwnedJob } from '../store.ts'
import type { View } from '../view.ts'
import { page } from './layout.tsx'
import { LogView } from './logs.tsx'
import { Live } from './overview.tsx'
import { Act, Facts, num, Outside, OwnerLink, State, size, Table, took, topicOf, When } from './parts.tsx'
import { Run } from './run.tsx'

/** Everything about a job. */
export const jobPage = (view: View, detail: JobDetail): string => {
  const { job } = detail
  const isActive = !isEnded(job.state)
  return page(
    view,
    'jobs',
    <div data-follow={isActive ? `/admin/live?job=${job.id}` : undefined}>
      <div class="title">
        <h1>{topicOf(view, job)}</h1>
        {isActive ? <Live view={view} /> : <State view={view} state={job.state} />}
      </div>
      {isActive ? (
        <ul class="runs" data-runs data-reload>
          <Run view={view} job={job} />
        </ul>
      ) : null}
      {isEnded(job.state) && job.code !== null ? (
        <p class="alert">
          <code>{job.code}</code> {sayStored(view.say, view.locale, job.code, job.facts)}
        </p>
      ) : null}
      <Acts view={view} job={job} />
      <JobFacts view={view} detail={detail} />
      <Evidence view={view} detail={detail} />
      <Files view={view} detail={detail} />
      <section aria-labelledby="log">
        <h2 id="log">{view.t('logs')}</h2>
        <LogView view={view} query={`job=${job.id}`} />
      </section>
      <JobPages view={view} detail={detail} />
      <Requests view={view} detail={detail} />
      <Deliveries view={view} detail={detail} />
    </div>,
  )
}

const Acts = ({ view, job }: { view: View; job: OwnedJob }) => {
  if (!view.mayAct) return null
  const about = topicOf(view, job)
  if (job.state === 'failed') {
    return (
      <div class="acts">
        <Act view={view} action={`/admin/jobs/${job.id}/retry`} about={about}>
          {view.t('retry')}
        </Act>
      </div>
    )
  }
  return isEnded(job.state) ? null : <Priority view={view} job={job} />
}

const Priority = ({ view, job }: { view: View; job: OwnedJob }) => (
  <form class="filter" method="post" action={`/admin/jobs/${job.id}/priority`}>
    <input type="hidden" name="back" value={`/admin/jobs/${job.id}`} />
    <label>
      {view.t('priority')} <small>−10…10</small>
      <input type="number" name="priority" min={-10} max={10} value={job.priority} required />
    </label>
    <button type="submit">{view.t('set')}</button>
  </form>
)

const JobFacts = ({ view, detail: { job, retries } }: { view: View; detail: JobDetail }) => {
  const { t } = view
  const coverage = Object.entries(job.coverage).filter(([name]) => name !== 'products')
  const warnings = Object.entries(job.warnings).map(([code, count]) => sayWarning(view.say, view.locale, code, count))
  return (
    <section aria-label={t('job')}>
      <Facts
        facts={
          [
            [t('job'), <code>{job.id}</code>],
            [t('owner'), <OwnerLink owner={job.owner} />],
            [t('products'), t('of', { done: job.products, limit: job.request.limit })],
            [t('pages'), `${num(view, job.pages)} · ${t('failed_pages')} ${num(view, job.failedPages)}`],
            [t('size'), size(view, job.bytes)],
            [t('format'), job.request.format + (job.request.isPrivate ? ` · ${t('private')}` : '')],
            [t('attempt'), `${num(view, job.attempt)} · ${t('takeovers')} ${num(view, job.takeovers)}`],
            [t('created'), <When view={view} at={job.createdAt} />],
            [t('started'), <When view={view} at={job.startedAt} />],
            [t('finished'), <When view={view} at={job.finishedAt} />],
            [t('took'), took(view, job.startedAt && (job.finishedAt ?? view.now) - job.startedAt)],
            [
              t('place'),
              job.place.isDirect
                ? `${job.place.platform} · ${t('private_chat')}`
                : `${job.place.platform} · ${job.place.channel}`,
            ],
            ...(job.requestId === null
              ? []
              : [[t('request_id'), <RequestLink id={job.requestId} />] as [string, unknown]]),
            ...(job.retryOf ? [[t('retry_of'), <IdLink id={job.retryOf} />] as [string, unknown]] : []),
            ...retries.map((id) => [t('retried_as'), <IdLink id={id} />] as [string, unknown]),
            [
              t('routes'),
              Object.entries(job.routes)
                .map(([route, pages]) => `${route} ${num(view, pages)}`)
                .join(' · ') || '–',
            ],
            [
              t('coverage'),
              coverage
                .map(
                  ([name, count]) => `${name} ${percent(view.locale, job.products ? Number(count) / job.products : 0)}`,
                )
                .join(' · ') || '–',
            ],
            [t('warnings'), warnings.join(' ') || '–'],
          ] as Parameters<typeof Facts>[0]['facts']
        }
      />
    </section>
  )
}

/** To the log, of everything from the command to the last message. */
const RequestLink = ({ id }: { id: string }) => (
  <a href={`/admin/logs?request=${id}`}>
    <code>{id}</code>
  </a>
)

const IdLink = ({ id }: { id: string }) => <a href={`/admin/jobs/${id}`}>{id}</a>

const Evidence = ({ view, detail: { job, evidence } }: { view: View; detail: JobDetail }) => {
  const { t } = view
  if (evidence.length === 0) return null
  return (
    <section aria-labelledby="evidence">
      <h2 id="evidence">{t('evidence')}</h2>
      <Table
        caption={t('evidence')}
        heads={[t('cause'), t('status'), t('address'), t('name'), t('time'), t('evidence_open')]}
        none={t('none')}
        rows={evidence.map((it) => [
          <code>{it.code}</code>,
          String(it.status),
          <Outside url={it.url} />,
          it.title,
          <When view={view} at={it.createdAt} />,
          <a href={`/admin/jobs/${job.id}/evidence/${it.id}`} download>
            {t('evidence_open')}
          </a>,
        ])}
      />
    </section>
  )
}

const Files = ({ view, detail: { files } }: { view: View; detail: JobDetail }) => {
  const { t } = view
  if (files.length === 0) return null
  return (
    <section aria-labelledby="files">
      <h2 id="files">{t('files')}</h2>
      <Table
        caption={t('files')}
        heads={[t('name'), t('format'), t('rows'), t('size'), t('created')]}
        none={t('none')}
        rows={files.map((it) => [
          it.name,
          it.format,
          num(view, it.rows),
          size(view, it.bytes),
          <When view={view} at={it.createdAt} />,
        ])}
      />
    </section>
  )
}

const JobPages = ({ view, detail: { pages } }: { view: View; detail: JobDetail }) => {
  const { t } = view
  return (
    <section aria-labelledby="pages">
      <h2 id="pages">{t('pages')}</h2>
      <Table
        caption={t('pages')}
        heads={[t('state'), t('address'), t('status'), t('tries'), t('route'), t('size'), t('time')]}
        none={t('none')}
        rows={pages.map((it) => [
          <span
            class={`pill ${{ done: 'succeeded', failed: 'failed', open: 'queued', skipped: 'cancelled' }[it.state]}`}
          >
            {it.state}
          </span>,
          <>
            <Outside url={it.url} />
            {it.code ? <p class="why">{sayStored(view.say, view.locale, it.code, it.facts)}</p> : null}
          </>,
          String(it.status ?? '–'),
          num(view, it.tries),
          it.route ?? '–',
          size(view, it.bytes),
          <When view={view} at={it.doneAt} />,
        ])}
      />
    </section>
  )
}

const Requests = ({ view, detail: { requests } }: { view: View; detail: JobDetail }) => {
  const { t } = view
  return (
    <details>
      <summary>{t('requests_to_shop')}</summary>
      <Table
        caption={t('requests_to_shop')}
        heads={[t('time'), t('status'), t('address'), t('tries'), t('took'), t('size'), 'robots.txt']}
        none={t('none')}
        rows={requests.map((it) => [
          <When view={view} at={it.at} />,
          String(it.status ?? it.error ?? '–'),
          <Outside url={it.url} />,
          num(view, it.tryNumber),
          `${num(view, it.ms)} ms`,
          size(view, it.bytes),
          it.robots,
        ])}
      />
    </details>
  )
}

const Deliveries = ({ view, detail: { deliveries } }: { view: View; detail: JobDetail }) => {
  const { t } = view
  return (
    <details>
      <summary>{t('deliveries')}</summary>
      <Table
        caption={t('deliveries')}
        heads={[t('kind'), t('state'), t('tries'), t('time'), t('cause')]}
        none={t('none')}
        rows={deliveries.map((it) => [
          it.kind,
          it.state,
          num(view, it.attempts),
          <When view={view} at={it.sentAt} />,
          it.cause ?? '–',
        ])}
      />
    </details>
  )
}
