import { sayStored } from '../../messages/say.ts'
import type { OwnedJob } from '../store.ts'
import type { View } from '../view.ts'
import { Act, Bar, JobLink, num, OwnerLink, State, took, topicOf } from './parts.tsx'

/** An active job in one block. What has `data-live` is replaced as it changes; buttons stay, and keep the focus. */
export const Run = ({ view, job }: { view: View; job: OwnedJob }) => (
  <li class="run" data-job={job.id} data-state={job.state}>
    <div class="run-head">
      <span data-live="state">
        <State view={view} state={job.state} />
      </span>
      <strong>
        <JobLink view={view} job={job} />
      </strong>
      <OwnerLink owner={job.owner} />
    </div>
    <Bar view={view} job={job} />
    <div class="run-foot">
      <span data-live="counts">
        {view.t('of', { done: job.products, limit: job.request.limit })} · {view.t('pages')} {num(view, job.pages)}
        {job.failedPages > 0 ? ` · ${view.t('failed_pages')} ${num(view, job.failedPages)}` : ''} ·{' '}
        {took(view, view.now - (job.startedAt ?? job.createdAt))}
      </span>
      <span data-live="wait" class="wait">
        {waitOf(view, job)}
      </span>
      <Act
        view={view}
        action={`/admin/jobs/${job.id}/cancel`}
        confirm="confirm_cancel"
        kind="danger"
        about={topicOf(view, job)}
      >
        {view.t('cancel')}
      </Act>
    </div>
  </li>
)

/** What an active job waits for, or why its last attempt failed. */
export function waitOf(view: View, job: OwnedJob): string {
  if (job.waiting && job.state === 'running') return view.tell(`waiting.${job.waiting.for}`, job.waiting)
  return job.code === null ? '' : sayStored(view.say, view.locale, job.code, job.facts)
}

/** The block alone, for a page that is open already. */
export const runHtml = (view: View, job: OwnedJob): string => String(<Run view={view} job={job} />)
