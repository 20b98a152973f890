import { sayStored } from '../../messages/say.ts'
import type { ErrorGroup } from '../../stats/store.ts'
import type { DriftRow } from '../store.ts'
import type { View } from '../view.ts'
import { changed, page } from './layout.tsx'
import { num, Table, When } from './parts.tsx'

/** Failed jobs grouped by cause and shop, and shops whose pages may have changed. */
export const errorsPage = (
  view: View,
  { errors, drifts, days }: { errors: ErrorGroup[]; drifts: DriftRow[]; days: number },
): string =>
  page(
    view,
    'errors',
    <>
      <div class="title">
        <h1>{view.t('error_groups')}</h1>
        <span class="choice">
          <a href={changed(view.url, { days: null })} aria-current={days === 1 ? 'true' : undefined}>
            {view.t('last_day')}
          </a>
          <a href={changed(view.url, { days: '7' })} aria-current={days === 7 ? 'true' : undefined}>
            {view.t('last_week')}
          </a>
        </span>
      </div>
      <ErrorTable view={view} errors={errors} />
      <section aria-labelledby="drift">
        <h2 id="drift">{view.t('drift')}</h2>
        <Table
          caption={view.t('drift')}
          heads={[view.t('shop'), view.t('route'), view.t('falls'), view.t('time')]}
          none={view.t('no_drift')}
          rows={drifts.map(({ name, route, falls, at }) => [
            view.label(name),
            route,
            num(view, falls),
            <When view={view} at={at} />,
          ])}
        />
      </section>
    </>,
  )

/** Groups of failures with the newest of each. */
export const ErrorTable = ({ view, errors }: { view: View; errors: ErrorGroup[] }) => {
  const { t } = view
  return (
    <Table
      caption={t('error_groups')}
      heads={[t('count'), t('shop'), t('cause'), t('last_example')]}
      none={t('no_errors')}
      rows={errors.map(({ code, site, count, last }) => [
        <strong class="count">{num(view, count)}</strong>,
        view.label(site),
        <>
          <code>{code}</code>
          <p class="why">{sayStored(view.say, view.locale, code, last.facts)}</p>
        </>,
        <a href={`/admin/jobs/${last.job}`}>
          <When view={view} at={last.at} />
        </a>,
      ])}
    />
  )
}
