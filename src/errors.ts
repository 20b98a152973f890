/**
 * Everything that the world or a rule can refuse, with the facts that its sentence needs. This is the one list of all
 * errors: a new code gets its facts here, its sentence in src/messages/ko.ts and en.ts (they do not compile without),
 * and, where trying again later can help, its place in PASSING.
 */
export interface ErrorFacts {
  // what a person typed
  'command.unknown': { word: string; suggestion: string | null }
  'command.too_many': { limit: number; seconds: number }
  'site.unknown': { word: string; suggestion: string | null }
  'site.absent': { site: string }
  'args.site_missing': Record<string, never>
  'args.url_missing': { site: string }
  /** `known`: the options that the command takes, with commas; empty when it takes none. */
  'args.option_unknown': { option: string; known: string }
  'args.value_missing': { option: string }
  'args.limit': { given: string; max: number }
  'args.format': { given: string; known: string }
  'args.words_too_long': { length: number; max: number }
  'args.text_too_long': { length: number; max: number }
  'args.locale': { given: string }
  'args.out_conflict': { out: string; format: string }
  /** `known`: the endings there are. */
  'args.out_ending': { out: string; known: string }
  'args.database': { option: string; expected: string }
  'args.press': { given: string; max: number }
  'args.unexpected': { word: string; command: string }
  /** A question that nobody is there to answer. */
  'args.yes_missing': { option: string }
  'url.invalid': { url: string }
  'url.scheme': { url: string; scheme: string }
  'url.too_long': { length: number; max: number }
  'url.credentials': { host: string }
  'url.port': { host: string; port: number; setting: string }
  'address.forbidden': { host: string; setting: string }
  'host.blocked': { host: string }
  // the rule and what belongs to whom
  'job.active': { jobId: string; site: string; words: string; link: string | null }
  'job.none_active': Record<string, never>
  'job.unknown': { given: string }
  'job.not_failed': { state: string }
  'job.still_active': { jobId: string }
  /** Its words and products are gone: too old, or its owner wanted it. */
  'job.cleared': { jobId: string }
  'job.no_products': { jobId: string }
  /** `account`: the person's own, as the setting wants it written. */
  'admin.only': { setting: string; account: string }
  'user.blocked': { contact: string | null }
  /** The person was forgotten while this was under way. */
  'user.gone': Record<string, never>
  /** Nobody of that id or account, on the command line. */
  'user.unknown': { given: string }
  // linking of accounts
  /** Wrong, used or too old: all alike. */
  'link.code_unknown': Record<string, never>
  'link.too_many': { tries: number; minutes: number }
  'link.same_chat': { platform: string }
  'link.already': Record<string, never>
  /** The job is the asker's own; `platform` is where the other one runs. */
  'link.both_active': { jobId: string; site: string; words: string; platform: string }
  'link.code_seen': Record<string, never>
  'link.none': Record<string, never>
  /** An administrator has paused the shop: no new job. */
  'site.paused': { site: string }
  /** The same, of a job that waits in the queue meanwhile. */
  'site.held': { site: string }
  // what an administrator asked for
  'override.job_unknown': { job: string }
  'override.job_ended': { state: string }
  'override.not_failed': { state: string }
  'override.job_active': { job: string }
  'override.user_unknown': { user: string }
  'override.user_blocked': { user: string }
  'override.site_unknown': { site: string }
  /** `at`: when it is possible again, epoch milliseconds. */
  'quota.jobs': { limit: number; window: 'hour' | 'day'; at: number }
  'quota.pages': { limit: number; host: string | null; at: number }
  'quota.hosts': { limit: number; at: number }
  /** `at`: when the oldest result goes by itself; null when there is none. */
  'quota.bytes': { bytes: number; limit: number; at: number | null }
  /** Too much waits to be sent there. `platform`: the chat's name. */
  'chat.backlog': { platform: string }
  // robots.txt
  'robots.forbidden': { host: string; setting: string }
  'robots.unreachable': { host: string }
  'robots.delay': { host: string; seconds: number; max: number }
  // the shop
  'page.dns': { host: string }
  'page.network': { host: string; cause: string; proxyHint: boolean }
  'page.tls': { host: string; cause: string }
  'page.timeout': { host: string; seconds: number }
  'page.status': { url: string; status: number }
  'page.not_found': { url: string; status: number }
  'page.rate_limited': { host: string; retryAt: number | null }
  'page.too_large': { url: string; megabytes: number }
  'page.bomb': { url: string }
  'page.encoding': { url: string; encoding: string }
  'page.truncated': { url: string }
  'page.redirect_loop': { url: string }
  'page.redirect_left': { url: string; target: string }
  /** To one host more than a job asks. */
  'page.redirect_hosts': { url: string; host: string; max: number }
  'page.not_a_page': { url: string; contentType: string }
  'page.blocked': { host: string; status: number; title: string }
  'page.login': { url: string; title: string }
  'page.unreadable': { url: string; title: string; status: number }
  'page.too_complex': { url: string; what: 'depth' | 'elements' | 'attributes' | 'json' }
  'page.too_slow': { url: string; seconds: number }
  'page.parser_crashed': { url: string }
  // a whole crawl
  'crawl.time_limit': { hours: number }
  'crawl.stalled': { minutes: number }
  'crawl.worker_crashed': { times: number }
  'crawl.pages_failing': { host: string; count: number }
  // storage and start
  'store.busy': Record<string, never>
  'store.disk_full': { path: string }
  'store.corrupt': { path: string }
  /** Where a command needs data, none is made. */
  'store.absent': { path: string }
  'store.newer': { path: string; found: string }
  'store.unwritable': { path: string; cause: string }
  'store.locked': { path: string }
  /** `server`: host, port and database, without names and passwords. */
  'store.unreachable': { server: string }
  'store.denied': { server: string; cause: string }
  'owner.taken': { path: string; holder: string }
  /** A second process on one PostgreSQL database. */
  'owner.alone': { server: string; holder: string; setting: string }
  /** Processes with Redis work on the database, and this one has none. */
  'owner.shared': { server: string; setting: string }
  /** A process without Redis works on the database, and this one has Redis. */
  'owner.unshared': { server: string; setting: string }
  'backup.exists': { path: string }
  /** No database of ours at that path, so nothing to copy. */
  'backup.nothing': { path: string }
  'backup.unwritable': { path: string; cause: string }
  'restore.invalid': { path: string; reason: 'absent' | 'no_file' | 'foreign' | 'damaged' }
  /** A file of settings that is there but cannot be read. */
  'env.unreadable': { path: string; cause: string }
  /** One that is no text, or holds no line of the form NAME=value. */
  'env.invalid': { path: string; problem: 'binary' | 'nothing' }
  'move.in_use': { place: string }
  'move.target_denied': { server: string; cause: string }
  /** The database that is moved to knows people that the other one does not. */
  'move.target_used': { server: string }
  /** Rows of both, which are not the same. */
  'move.differs': { table: string; rows: number; copied: number }
  'backup.elsewhere': { server: string; tool: string }
  'config.invalid': { mistakes: ConfigMistake[] }
  'port.taken': { host: string; port: number }
  /** No permission, or no address of this machine. */
  'port.unusable': { host: string; port: number; cause: string }
  'out.unwritable': { path: string; cause: string }
  /** The working folder, where a command puts its file without being asked where. */
  'folder.unwritable': { path: string; cause: string }
  /** The folder for what is needed only meanwhile. */
  'temp.unwritable': { path: string; cause: string }
  'file.unreadable': { path: string; cause: string }
  /** A Fault, told to a person: the id stands in the log. */
  internal: { id: string }
}

export type ErrorCode = keyof ErrorFacts

/** One mistake in the environment: which name, and what is wrong with it (a code; messages/ has the words). */
export interface ConfigMistake {
  name: string
  problem:
    | 'unknown'
    | 'url'
    | 'database'
    | 'redis'
    | 'number'
    | 'choice'
    | 'needs'
    | 'list'
    | 'text'
    | 'address'
    | 'token'
    | 'site'
    /** `expected`: shortest and longest, in characters. */
    | 'length'
    /** The same, of what may hold no space. */
    | 'secret'
    | 'host'
    /** Neither a shop nor a host; `expected`: the shops. */
    | 'permission'
    /** The same value as another setting's, where that would undo it. */
    | 'same'
  /** What would be right: the choices, the bounds, the nearest known name, the setting that is needed. */
  expected: string
}

/** The world or a rule said no. Anything else that is thrown is a Fault: a bug, logged under an id. */
export class Refusal<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C
  readonly facts: ErrorFacts[C]

  constructor(code: C, facts: ErrorFacts[C], options?: ErrorOptions) {
    super(`${code} ${JSON.stringify(facts)}`, options) // for the log; people read src/messages/
    this.name = 'Refusal'
    this.code = code
    this.facts = facts
  }
}

/** Codes that trying again later can cure. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'chat.backlog',
  'robots.unreachable',
  'page.network',
  'page.timeout',
  'page.rate_limited',
  'page.truncated',
  'page.status',
  'crawl.pages_failing',
  'store.busy',
  'store.disk_full',
  'store.unreachable',
])

/** Whether trying again later can help. A Fault is never passing: it is a bug. */
export const isPassing = (error: unknown): boolean =>
  error instanceof Refusal && PASSING.has(error.code) && !isLastingStatus(error)

/** A status below 500 tells that the request is wrong; 408 and 425 (RFC 9110 §15.5.9, RFC 8470 §5.2) ask to repeat it. */
const isLastingStatus = (error: Refusal): boolean =>
  isRefusal(error, 'page.status') && error.facts.status < 500 && ![408, 425].includes(error.facts.status)

/** Narrows an unknown error to a Refusal of one code. */
export const isRefusal = <C extends ErrorCode>(error: unknown, code: C): error is Refusal<C> =>
  error instanceof Refusal && error.code === code
