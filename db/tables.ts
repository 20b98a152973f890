import type { Role } from '../src/access/store.ts'
import type { EntryKind } from '../src/chat/store.ts'
import type { ErrorCode } from '../src/errors.ts'
import type { AccountId, EntryId, FileId, JobId, NoticeId, UserId } from '../src/ids.ts'
import type { Act, Actor } from '../src/jobs/act.ts'
import type { EndedState, JobState } from '../src/jobs/states.ts'
import type { Locale } from '../src/messages/locale.ts'
import type { Format } from '../src/results/format.ts'
import type { SiteRequest } from '../src/sites/site.ts'

/**
 * Rows as both databases hold them. `…_at`, `…_until`, `not_before`: epoch milliseconds of the database's clock.
 * `is_…`, `in_stock`: 0 or 1. A column of type Json holds JSON text.
 */
export interface Tables {
  users: UserRow
  accounts: AccountRow
  jobs: JobRow
  frontier: FrontierRow
  lists: ListRow
  seen: SeenRow
  products: ProductRow
  outbox: OutboxRow
  files: FileRow
  commands: CommandRow
  request_log: RequestRow
  evidence: EvidenceRow
  robots: RobotsFileRow
  coverage_memory: CoverageMemoryRow
  owner: OwnerRow
  event_ids: EventIdRow
  secrets: SecretRow
  chat_sessions: ChatSessionRow
  last_buttons: LastButtonsRow
  duties: DutyRow
  ended_jobs: EndedJobsRow
  ended_jobs_by_time: EndedJobsByTimeRow
  link_codes: LinkCodeRow
  link_tries: LinkTryRow
  notices: NoticeRow
  farewells: FarewellRow
  closings: ClosingRow
  access_sessions: AccessSessionRow
  access_attempts: AccessAttemptRow
  audit: AuditRow
  paused_sites: PausedSiteRow
}

/** JSON as text: PostgreSQL's jsonb would reorder keys and refuse \u0000. */
export type Json = string
export type Flag = 0 | 1

export interface UserRow {
  id: UserId
  locale: Locale | null
  blocked_at: number | null
  created_at: number
  /** Of a user that became another's, or whose data is being removed: then nothing of the person is in the row. */
  deleted_at: number | null
  /** The user that this one's accounts and jobs went to by linking; such a row counts as deleted, and goes with that user. */
  merged_into: UserId | null
}

export interface AccountRow {
  id: AccountId
  user_id: UserId
  platform: string
  workspace: string
  external_id: string
  name: string
  created_at: number
  seen_at: number
}

export interface JobRow {
  id: JobId
  user_id: UserId
  /** Who asked, for ever; the user may change by linking. */
  account_id: AccountId
  /** JobRequest. */
  request: Json
  /** Of the request, for queries. */
  site: string
  words: string
  product_limit: number
  /** Place. */
  place: Json
  /** Of the place, for queries. */
  platform: string
  /** Thread, or null until it is open. */
  thread: Json | null
  /** Orders the outbox entries of this job and of its retries, which live in the same thread. */
  thread_key: string
  progress_id: string | null
  shown_version: number
  shown_at: number | null
  /** Whether there were no workers, as far as its progress message knows. */
  is_shown_workerless: Flag
  state: JobState
  stop_reason: string | null
  code: ErrorCode | null
  facts: Json | null
  priority: number
  run_at: number
  attempt: number
  /** How much the next claim adds to `attempt`: 0 after a requeue that does not charge, else 1. */
  next_charge: number
  takeovers: number
  fence: number
  holder: string | null
  lease_until: number | null
  version: number
  products: number
  pages: number
  failed_pages: number
  bytes: number
  total: number | null
  coverage: Json
  routes: Json
  warnings: Json
  waiting: Json | null
  /** Pages ever put into the frontier: the next page's `seq`. */
  discovered: number
  retry_of: JobId | null
  /** Of the command that asked for it; null for jobs of before migration 0007. */
  request_id: string | null
  /** The address's host, else the shop's name; empty for jobs of before migration 0007 and once a cleared one counts for no quota. */
  host: string
  /** When its words and products were removed, because they were old or their owner wanted it. */
  cleared_at: number | null
  created_at: number
  started_at: number | null
  checkpoint_at: number | null
  finished_at: number | null
}

export interface FrontierRow {
  job_id: JobId
  url_key: string
  /** SiteRequest. */
  request: Json
  kind: SiteRequest['kind']
  list_group: number
  list: number
  page: number
  /** Order of discovery within the job. */
  seq: number
  /** `skipped`: the job was full or the list had ended. */
  state: 'open' | 'done' | 'failed' | 'skipped'
  tries: number
  not_before: number
  status: number | null
  bytes: number
  route: string | null
  code: ErrorCode | null
  facts: Json | null
  done_at: number | null
}

/** A list of a job, from its first page on. */
export interface ListRow {
  job_id: JobId
  list: number
  /** Pages in a row without an id new to the list. */
  barren: number
  is_ended: Flag
  /** The largest total that the shop named for it. */
  total: number | null
}

/** An id that a list has shown; gone when the job ends. */
export interface SeenRow {
  job_id: JobId
  list: number
  product_id: string
}

export interface ProductRow {
  job_id: JobId
  site: string
  product_id: string
  position: number
  page_key: string
  page: number
  name: string
  brand: string | null
  seller: string | null
  price: number | null
  original_price: number | null
  discount_rate: number | null
  currency: string | null
  rating: number | null
  review_count: number | null
  in_stock: number | null
  url: string | null
  image_url: string | null
  category: string | null
  crawled_at: number
}

export interface OutboxRow {
  id: EntryId
  job_id: JobId
  user_id: UserId
  account_id: AccountId
  kind: EntryKind
  platform: string
  /** Of the place that it goes to; empty for a direct message on Discord, and for entries of before migration 0015. */
  workspace: string
  /** Place, for `copy`: where it was asked for. */
  place: Json | null
  thread_key: string
  /** Within its thread_key, from 0, without gaps. */
  seq: number
  state: 'pending' | 'sent' | 'dropped'
  attempts: number
  format: Format | null
  is_uncertain: number
  run_at: number
  holder: string | null
  hold_until: number | null
  platform_id: string | null
  /** Of the last failure. */
  cause: string | null
  created_at: number
  sent_at: number | null
}

export interface FileRow {
  id: FileId
  user_id: UserId
  job_id: JobId
  format: Format
  name: string
  bytes: number
  rows: number
  created_at: number
}

export interface CommandRow {
  request_id: string
  at: number
  user_id: UserId
  account_id: AccountId
  command: string
  outcome: string
  job_id: string | null
}

export interface RequestRow {
  id: string
  at: number
  job_id: JobId | null
  host: string
  url: string
  address_class: string | null
  robots: string
  try_number: number
  status: number | null
  bytes: number
  ms: number
  error: string | null
}

export interface EvidenceRow {
  id: string
  job_id: JobId
  url: string
  status: number
  title: string
  code: string
  text: string
  created_at: number
  expires_at: number
}

export interface RobotsFileRow {
  origin: string
  status: number
  body: string
  fetched_at: number
  stale_at: number
}

export interface CoverageMemoryRow {
  /** The shop, as src/crawl/drift.ts names it. */
  name: string
  route: string
  /** Jobs learned from. */
  jobs: number
  /** Shares. */
  shares: Json
  /** Jobs in a row that were below, the newest among them. */
  falls: number
  updated_at: number
}

/** Who owns the crawling (the lock itself is owner.lock; this names its holder). */
export interface OwnerRow {
  slot: number
  kind: 'service' | 'one-shot'
  pid: number
  holder: string
  since: number
}

export interface EventIdRow {
  platform: string
  event_id: string
  expires_at: number
}

export interface SecretRow {
  name: string
  value: string
  created_at: number
}

/** A code that links accounts; only its hash is stored. */
export interface LinkCodeRow {
  hash: string
  /** Who asked for it. */
  account_id: AccountId
  created_at: number
  expires_at: number
  uses: number
}

/** A wrong code that somebody sent. */
export interface LinkTryRow {
  account_id: AccountId
  platform: string
  workspace: string
  at: number
}

/** Something that a person is told directly, of no job. */
export interface NoticeRow {
  id: NoticeId
  account_id: AccountId
  /** Whom it is about. */
  other_id: AccountId
  kind: 'linked'
  state: 'pending' | 'sent' | 'dropped'
  attempts: number
  run_at: number
  cause: string | null
  created_at: number
}

/** That a linked account's data is gone, to be told there: all that is left of it, and only until then. */
export interface FarewellRow {
  id: NoticeId
  platform: string
  workspace: string
  external_id: string
  /** The platform on which it was asked for. */
  asked_on: string
  locale: Locale | null
  attempts: number
  run_at: number
  created_at: number
}

/** A thread of a crawl that was forgotten with its person, until its messages are taken back: of the crawl nothing is left. */
export interface ClosingRow {
  id: NoticeId
  platform: string
  /** Thread; null while its root is on its way. */
  thread: Json | null
  progress_id: string | null
  locale: Locale | null
  attempts: number
  run_at: number
  created_at: number
}

/** What the buttons that a person saw last stand for. */
export interface LastButtonsRow {
  platform: string
  external_id: string
  /** JSON: command lines, in the order of the buttons. */
  commands: string
  shown_at: number
}

export interface ChatSessionRow {
  platform: string
  begun_at: number
}

/** How many jobs of a shop ended so, and with how many products: written with each end. */
export interface EndedJobsRow {
  state: EndedState
  site: string
  jobs: number
  products: number
}

/** The same for each slot of 15 minutes. */
export interface EndedJobsByTimeRow extends EndedJobsRow {
  /** Its start, epoch milliseconds. */
  slot: number
}

/** What one of several processes does at a time (src/duty.ts). */
export interface DutyRow {
  duty: string
  holder: string
  held_until: number
}

export interface AccessSessionRow {
  /** SHA-256 of the id that the cookie holds. */
  id_hash: string
  role: Role
  /** HMAC of the token that opened it under the cookie's id: another token, and it is void. */
  token_mark: string
  created_at: number
  seen_at: number
}

/** A wrong token. */
export interface AccessAttemptRow {
  id: string
  at: number
  address: string
}

/** What an administrator did. */
export interface AuditRow {
  id: string
  at: number
  act: Act
  role: Role
  way: Actor['way']
  address: string
  job_id: JobId | null
  user_id: UserId | null
  site: string | null
  facts: Json | null
}

export interface PausedSiteRow {
  site: string
  since: number
}
