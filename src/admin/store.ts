import type { ErrorCode } from '../errors.ts'
import type { JobId, UserId } from '../ids.ts'
import type { AuditEntry } from '../jobs/act.ts'
import type { Job } from '../jobs/job.ts'
import type { JobState } from '../jobs/states.ts'

/** Where a page of a list begins: behind the row of this time and id. */
export interface Cursor {
  at: number
  id: string
}

/** A page of a list, newest first. */
export interface Page<Row> {
  rows: Row[]
  next: Cursor | null
}

/** Whose a job is, as people know them. */
export interface Owner {
  id: UserId
  name: string
  platform: string
}

/** A job with its owner. */
export interface OwnedJob extends Job {
  owner: Owner
}

/** What a list of jobs shows; times are epoch milliseconds, `from` included, `to` not. */
export interface JobFilter {
  user?: UserId
  site?: string
  state?: JobState
  from?: number
  to?: number
}

/** A fetched or waiting page of a job. */
export interface JobPage {
  url: string
  kind: string
  page: number
  state: 'open' | 'done' | 'failed' | 'skipped'
  tries: number
  status: number | null
  bytes: number
  route: string | null
  code: ErrorCode | null
  facts: unknown
  doneAt: number | null
}

/** A result file. */
export interface JobFile {
  format: string
  name: string
  bytes: number
  rows: number
  createdAt: number
}

/** A saved copy of a page that could not be read; its text is asked for alone. */
export interface JobEvidence {
  id: string
  url: string
  status: number
  title: string
  code: string
  createdAt: number
}

/** A message that the job owed or owes to chat. */
export interface JobDelivery {
  kind: string
  state: 'pending' | 'sent' | 'dropped'
  attempts: number
  cause: string | null
  sentAt: number | null
}

/** An HTTP request of the job to a shop. */
export interface JobRequestRow {
  at: number
  url: string
  tryNumber: number
  status: number | null
  bytes: number
  ms: number
  robots: string
  error: string | null
}

/** Everything about a job. */
export interface JobDetail {
  job: OwnedJob
  /** Failed ones first, then the newest. */
  pages: JobPage[]
  files: JobFile[]
  evidence: JobEvidence[]
  deliveries: JobDelivery[]
  /** The newest. */
  requests: JobRequestRow[]
  /** Jobs that tried this one again. */
  retries: JobId[]
}

/** A chat identity of a user. */
export interface UserAccount {
  platform: string
  workspace: string
  externalId: string
  name: string
  seenAt: number
}

/** A user with what they asked for. */
export interface UserRow {
  id: UserId
  /** The last seen first. */
  accounts: UserAccount[]
  lastSeenAt: number
  createdAt: number
  blockedAt: number | null
  jobs: number
  requests: number
  activeJob: JobId | null
  /** Of result files. */
  bytes: number
}

/** A command that a user sent. */
export interface RequestRow {
  requestId: string
  at: number
  command: string
  outcome: string
  job: JobId | null
}

/** A shop whose products were less filled than usual in its newest jobs: its pages may have changed. */
export interface DriftRow {
  /** The shop; of a site that reads any shop, its host behind it. */
  name: string
  /** How its pages are read. */
  route: string
  /** Jobs in a row, the newest among them. */
  falls: number
  /** When the newest of them ended, epoch milliseconds. */
  at: number
}

/** What the administrator's view reads: any user's rows, so nobody else may hold it. Lists go by key, newest first. */
export interface AdminStore {
  jobs(filter: JobFilter, limit: number, after?: Cursor): Promise<Page<OwnedJob>>
  /** Queued and running jobs, the newest first. */
  activeJobs(limit: number): Promise<OwnedJob[]>
  job(id: JobId): Promise<JobDetail | undefined>
  /** The saved text of a page, or undefined. */
  evidenceText(job: JobId, id: string): Promise<string | undefined>
  /** Users by when they were last seen. @param name what an account's name begins with, or its whole id on its platform, or a user's id */
  users(name: string | undefined, limit: number, after?: Cursor): Promise<Page<UserRow>>
  user(id: UserId): Promise<UserRow | undefined>
  requestsOf(user: UserId, limit: number, after?: Cursor): Promise<Page<RequestRow>>
  audit(limit: number, after?: Cursor): Promise<Page<AuditEntry>>
  /** The newest first. */
  drifts(limit: number): Promise<DriftRow[]>
}
