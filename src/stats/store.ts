import type { ErrorCode } from '../errors.ts'
import type { JobId, UserId } from '../ids.ts'
import type { EndedState, JobState } from '../jobs/states.ts'

/** The part of storage that src/stats needs: the administrator's door, so no function takes whose rows to see. */
export interface StatsStore {
  /** All counts at one moment. @param days that are told one by one */
  snapshot(days: readonly Day[]): Promise<Snapshot>
  /** Jobs that ended from `from` up to, but not at, `to`, by the hour (of UTC); hours without a job are left out. */
  hours(from: number, to: number): Promise<HourRow[]>
  /** Failed jobs that ended since `from`, grouped. The most frequent first. */
  errors(from: number, limit: number): Promise<ErrorGroup[]>
  /** Messages that jobs owe and that are not delivered yet, by platform. */
  backlog(): Promise<Backlog[]>
  /** Commands of each user since `from`. The most busy first. */
  requestsByUser(from: number, limit: number): Promise<UserRequests[]>
}

/** Counts of one moment. */
export interface Snapshot {
  /** Not deleted, with at least one account. */
  users: number
  /** With at least one command in the last 24 hours. */
  activeUsers: number
  /** By state and shop; active ones as they are, ended ones of all time. */
  jobs: { state: JobState; site: string; jobs: number; products: number }[]
  /** Jobs that ended on each day asked for; a day without any has no row. */
  days: { day: string; state: EndedState; jobs: number; products: number }[]
}

/** A day of a time zone; from its first moment up to, but not at, `to`. */
export interface Day {
  /** yyyy-mm-dd */
  day: string
  /** Epoch milliseconds. */
  from: number
  to: number
}

/** What ended in one hour. */
export interface HourRow {
  /** Its start, epoch milliseconds. */
  hour: number
  jobs: number
  products: number
  /** Failed jobs. */
  errors: number
  /** 95 of 100 jobs that were begun took at most so long, milliseconds; null when none was begun. */
  p95Ms: number | null
}

/** Failed jobs of one cause at one shop. */
export interface ErrorGroup {
  code: ErrorCode
  site: string
  count: number
  /** The newest of them. */
  last: { job: JobId; user: UserId; at: number; facts: unknown }
}

/** What one platform still has to be told. */
export interface Backlog {
  platform: string
  entries: number
  /** How long the oldest has been owed, milliseconds. */
  oldestMs: number
}

/** What one user asked for. */
export interface UserRequests {
  user: UserId
  requests: number
  /** Of the newest, epoch milliseconds. */
  lastAt: number
}
