import type { LogFilter } from '../schemas.ts'
import type { View } from '../view.ts'
import { page } from './layout.tsx'

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

/** The log as it comes, filtered. */
export const logsPage = (view: View, filter: LogFilter): string => {
  const { t } = view
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value) as [string, string][])
  return page(
    view,
    'logs',
    <>
      <h1>{t('logs')}</h1>
      <form class="filter" method="get" action="/admin/logs">
        <label>
          {t('level')}
          <select name="level">
            <option value="">{t('any')}</option>
            {LEVELS.map((level) => (
              <option value={level} selected={filter.level === level}>
                {level}
              </option>
            ))}
          </select>
        </label>
        <Field name="user" label={t('owner')} value={filter.user} />
        <Field name="job" label={t('job')} value={filter.job} />
        <Field name="request" label={t('request_id')} value={filter.request} />
        {view.hasQueues ? <Field name="process" label={t('process')} value={filter.process} /> : null}
        <button type="submit">{t('filter')}</button>
        <a href="/admin/logs">{t('clear')}</a>
      </form>
      <LogView view={view} query={query.toString()} />
    </>,
  )
}

const Field = ({ name, label, value }: { name: string; label: string; value: string | undefined }) => (
  <label>
    {label}
    <input name={name} value={value ?? ''} maxlength={100} spellcheck={false} />
  </label>
)

/** Lines of the log; a script fills it. Focusable, so that a keyboard can scroll it. */
export const LogView = ({ view, query }: { view: View; query: string }) => (
  <div class="log" data-log={`/admin/logs?${query}`} data-zone={view.timeZone}>
    <label class="hold">
      <input type="checkbox" data-hold /> {view.t('hold')}
    </label>
    <div class="lines" role="log" aria-label={view.t('logs')} aria-live="off" tabindex={0}>
      <p class="none">{view.t('log_empty')}</p>
    </div>
  </div>
)
