import type { AuditEntry } from '../../jobs/act.ts'
import type { Page } from '../store.ts'
import type { View } from '../view.ts'
import { page } from './layout.tsx'
import { num, Pages, Table, When } from './parts.tsx'

/** What administrators did, newest first. */
export const auditPage = (view: View, list: Page<AuditEntry>): string => {
  const { t } = view
  return page(
    view,
    'audit',
    <>
      <h1>{t('audit')}</h1>
      <Table
        caption={t('audit')}
        heads={[t('time'), t('act'), t('about'), t('who')]}
        none={t('none')}
        rows={list.rows.map((it) => [
          <When view={view} at={it.at} />,
          view.act(it.act),
          <About view={view} entry={it} />,
          [t(`role.${it.actor.role}`), t(`way.${it.actor.way}`), it.actor.address].filter(Boolean).join(' · '),
        ])}
      />
      <Pages view={view} list={list} />
    </>,
  )
}

const About = ({ view, entry }: { view: View; entry: AuditEntry }) => (
  <span class="about">
    {entry.site ? <span>{view.label(entry.site)}</span> : null}
    {entry.job ? <a href={`/admin/jobs/${entry.job}`}>{view.t('job')}</a> : null}
    {entry.user ? <a href={`/admin/users/${entry.user}`}>{view.t('owner')}</a> : null}
    {Object.entries(entry.facts ?? {}).map(([name, value]) => (
      <Detail view={view} name={name} value={value} />
    ))}
  </span>
)

/** What else is noted of an act; of an act of another version, by the name under which it is stored. */
const Detail = ({ view, name, value }: { view: View; name: string; value: unknown }) => {
  if (name === 'as') return <a href={`/admin/jobs/${value}`}>{view.t('retried_as')}</a>
  if (name === 'what') return <code>{String(value)}</code>
  const word = Object.hasOwn(DETAILS, name) ? view.t(DETAILS[name as keyof typeof DETAILS]) : name
  return <span>{`${word}: ${typeof value === 'number' ? num(view, value) : String(value)}`}</span>
}

const DETAILS = { priority: 'priority', held: 'jobs_held', waiting: 'jobs_resumed' } as const
