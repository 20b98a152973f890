import type { Child } from 'hono/jsx'
import { target } from '../../chat/progress.ts'
import { toTopic } from '../../jobs/topic.ts'
import type { AdminSentences } from '../../messages/admin.ts'
import { bytes, dateTime, number } from '../../messages/format.ts'
import { cursorText } from '../schemas.ts'
import type { OwnedJob, Owner, Page } from '../store.ts'
import type { View } from '../view.ts'
import { changed } from './layout.tsx'

/** A moment: how long ago, the exact time behind it. */
export const When = ({ view, at }: { view: View; at: number | null }) =>
  at === null ? (
    <>–</>
  ) : (
    <time datetime={new Date(at).toISOString()} title={dateTime(view.locale, at, view.timeZone)}>
      {view.t('ago', { at, now: view.now })}
    </time>
  )

/** How long something took. */
export const took = (view: View, ms: number | null): string => (ms === null ? '–' : view.t('seconds', { ms }))

export const num = (view: View, value: number): string => number(view.locale, value)

export const size = (view: View, value: number): string => bytes(view.locale, value)

/** A job's state in a word and a colour. */
export const State = ({ view, state }: { view: View; state: OwnedJob['state'] }) => (
  <span class={`pill ${state}`}>{view.tell(`state.${state}`, {})}</span>
)

/** What a job is about: its shop and words, or its address. */
export const topicOf = (view: View, job: OwnedJob): string =>
  view.tell('job.topic', toTopic(job, view.label(job.request.site)))

export const JobLink = ({ view, job }: { view: View; job: OwnedJob }) => (
  <a href={`/admin/jobs/${job.id}`}>{topicOf(view, job)}</a>
)

export const OwnerLink = ({ owner }: { owner: Owner }) => (
  <span class="owner">
    <a href={`/admin/users/${owner.id}`}>{owner.name || owner.id}</a> <small>{owner.platform}</small>
  </span>
)

/** An address from outside: a link only when it is one of the web. */
export const Outside = ({ url }: { url: string }) =>
  /^https?:\/\//i.test(url) && URL.canParse(url) ? (
    <a class="address" href={url} rel="noopener noreferrer nofollow" target="_blank">
      {url}
    </a>
  ) : (
    <span class="address">{url}</span>
  )

interface ActProps {
  view: View
  action: string
  children: Child
  confirm?: keyof AdminSentences extends `admin.${infer W}` ? Extract<W, `confirm_${string}`> : never
  kind?: 'danger'
  /** What the button is about, for screen readers. */
  about: string
}

/** A button that changes something: a form, so that it works without a script. Nothing for a viewer. */
export const Act = ({ view, action, children, confirm, kind, about }: ActProps) =>
  view.mayAct ? (
    <form method="post" action={action} data-confirm={confirm && view.t(confirm)}>
      <input type="hidden" name="back" value={changed(view.url, {})} />
      <button type="submit" class={kind} aria-label={`${String(children)}: ${about}`}>
        {children}
      </button>
    </form>
  ) : null

/** A table that becomes a list of cards on a phone: each cell carries its heading. */
export const Table = ({ caption, heads, rows, none }: TableProps) =>
  rows.length === 0 ? (
    <p class="none">{none}</p>
  ) : (
    <div class="scroll">
      <table>
        <caption class="aside">{caption}</caption>
        <thead>
          <tr>
            {heads.map((head) => (
              <th scope="col">{head}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {row.map((cell, at) => (
                <td data-head={heads[at]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )

interface TableProps {
  caption: string
  heads: string[]
  rows: Child[][]
  none: string
}

/** Links to the other pages of a list. */
export function Pages({ view, list }: { view: View; list: Page<unknown> }) {
  const isFirst = !view.url.searchParams.has('after')
  return (
    <p class="pages">
      {isFirst ? null : <a href={changed(view.url, { after: null })}>← {view.t('newest')}</a>}
      {list.next ? <a href={changed(view.url, { after: cursorText(list.next) })}>{view.t('older')} →</a> : null}
    </p>
  )
}

/** Names and values. */
export const Facts = ({ facts }: { facts: [string, Child][] }) => (
  <dl class="facts">
    {facts.map(([name, value]) => (
      <div>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
)

/** How far a job has come. */
export const Bar = ({ view, job }: { view: View; job: OwnedJob }) => {
  const goal = target(job) ?? job.request.limit
  return (
    <progress
      data-live="bar"
      aria-label={`${view.t('progress')}: ${topicOf(view, job)}`}
      max={goal}
      value={job.products}
    >
      {num(view, job.products)}
    </progress>
  )
}
