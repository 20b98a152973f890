import type { ConfigMistake, ErrorFacts } from '../errors.ts'
import type { AdminSentences } from './admin.ts'
import type { CheckSentences } from './check.ts'

/** Facts of a sentence that needs none. */
export type None = Record<string, never>

/** What a job is about: the shop's label, the words (may be empty), the address (or null). */
export interface Topic {
  site: string
  words: string
  url: string | null
  /** Words and address were removed: nobody knows them any more. */
  isRemoved: boolean
}

/** The states of a job (src/jobs/states.ts), by name. */
type StateSentences = Record<`state.${'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'}`, None>

/** Names of the record's columns (src/sites/product.ts), for warnings and the summary sheet. */
type FieldSentences = Record<
  `field.${
    | 'site'
    | 'id'
    | 'name'
    | 'brand'
    | 'seller'
    | 'price'
    | 'originalPrice'
    | 'discountRate'
    | 'currency'
    | 'rating'
    | 'reviewCount'
    | 'inStock'
    | 'url'
    | 'imageUrl'
    | 'category'
    | 'page'
    | 'position'
    | 'crawledAt'}`,
  None
>

/** What one setting of the environment must be; `expected` as ConfigMistake says. */
type ConfigSentences = Record<`config.${ConfigMistake['problem']}`, { name: string; expected: string }>

/** What a running job waits for (src/crawl/store.ts, Waiting). `ms` null = unknown. */
type WaitingSentences = Record<
  `waiting.${'turn' | 'robots' | 'retry-after' | 'disk' | 'budget' | 'backoff'}`,
  { host: string; ms: number | null }
>

/** Why a job ended though nothing failed (Job.stopReason). */
type StopSentences = Record<`stop.${'limit' | 'page_limit' | 'repeats' | 'end' | 'nothing'}`, None>

/** A job in chat: root message, progress message, last word, file. */
interface JobSentences {
  /** "SSG.COM · 노트북"; without words: "SSG.COM · 대표 목록"; with an address: its host. */
  'job.topic': Topic
  'root.title': Topic & { limit: number; format: string }
  /** Under the root while the job is active. */
  'root.active': None
  'root.ended': { state: 'succeeded' | 'failed' | 'cancelled'; products: number; ms: number }
  'thread.title': Topic
  'progress.products': { products: number; limit: number }
  'progress.pages': { pages: number }
  'progress.speed': { perMinute: number }
  'progress.left': { ms: number }
  'progress.elapsed': { ms: number }
  /** In the queue; `ms` until it may start (0: as soon as a worker is free). */
  'progress.queued': { ms: number }
  /** In the queue, and no process is there that works on jobs. */
  'progress.no_worker': { contact: string | null }
  /** Back in the queue after a passing error. */
  'progress.again': { attempt: number; attempts: number; ms: number }
  'progress.failed_pages': { count: number }
  /** A field that fewer products have than usual. */
  'warning.coverage': { field: string; percent: number }
  /** Products without a field that nearly all had in earlier jobs. */
  'warning.coverage_fell': { field: string; count: number }
  /** Pages that had to be read in a lesser way than usual. */
  'warning.route_fallback': { count: number }
  'warning.price_conditional': { count: number }
  /** Pages that ended in the middle at every try and were taken as they were. */
  'warning.page_truncated': { count: number }
  /** Pages of the job that could not be read, by what they hold. */
  'warning.lists_failed': { count: number }
  'warning.details_failed': { count: number }
  'warning.sitemaps_failed': { count: number }
  /** Links to more hosts than a job asks. */
  'warning.hosts': { count: number }
  /** Names with letters that could not be decoded. */
  'warning.garbled': { count: number }
  /** A warning of a site that has no sentence of its own. */
  'warning.other': { code: string; count: number }
  'last.succeeded': Topic & { products: number }
  'last.nothing': Topic
  /** Lists were read, but nothing in them matches the words. */
  'last.nothing_matched': Topic & { pages: number }
  'last.failed': Topic
  'last.failed_partial': Topic & { products: number }
  'last.cancelled': Topic & { products: number }
  'last.counts': { products: number; pages: number; failedPages: number; ms: number }
  'last.prices': { lowest: number; highest: number; currency: string | null }
  'last.first': None
  'last.product': {
    position: number
    name: string
    price: number | null
    currency: string | null
    discountRate: number | null
  }
  'last.untitled': None
  'last.of_total': { products: number; total: number }
  'last.partial_file': None
  /** The job's thread cannot be written to, so its last word goes to the person directly. */
  'last.moved': None
  'file.title': { name: string; rows: number; size: number }
  'file.partial_title': { name: string; rows: number; size: number }
  /** The platform takes no such file here; a button tells how to get it. */
  'file.refused': { name: string; size: number }
  'file.disk_full': None
  /** The link is right, the storage cannot give the file now. */
  'file.later': None
  'file.needs_public_url': { name: string; setting: string }
  /** Words of a file's name and of the summary sheet. */
  'file.partial_word': None
  'sheet.products': None
  'sheet.summary': None
  'sheet.lowest_price': { currency: string | null }
  'sheet.highest_price': { currency: string | null }
}

/** Labels of the summary sheet's rows. */
type SheetSentences = Record<
  `sheet.${
    | 'shop'
    | 'words'
    | 'address'
    | 'limit'
    | 'state'
    | 'stop'
    | 'started'
    | 'finished'
    | 'duration'
    | 'products'
    | 'pages'
    | 'failed_pages'
    | 'coverage'
    | 'routes'
    | 'warnings'
    | 'columns'
    | 'asked'
    | 'job'
    | 'front_list'
    | 'result'
    | 'whole'
    | 'part'
    | 'left_out'}`,
  None
>

/** Labels of buttons. */
type ButtonSentences = Record<
  `button.${'cancel' | 'retry' | 'again' | 'status' | 'history' | 'help' | 'sites' | 'download' | 'link' | 'unlink' | 'forget'}`,
  None
> & {
  'button.format': { format: string }
  'button.other_shop': { site: string }
  'button.example': { line: string }
}

/** Linking of accounts to one user; accounts as accountName (format.ts) writes them. Only the two people see them. */
interface LinkSentences {
  /** What to do with a new code. */
  'link.how': { minutes: number }
  'link.keep': None
  'link.accounts': { accounts: string }
  'link.ask': { own: string; other: string }
  'link.ask_trust': None
  'link.done': { accounts: string }
  'link.split': { own: string; others: string }
  /** To whoever asked for the code, once it was used. */
  'notice.linked': { own: string; other: string }
}

/** A person's own data, removed at their wish; accounts as accountName (format.ts) writes them. */
interface ForgetSentences {
  /** `size`: of the result files, bytes. */
  'forget.ask': { accounts: string; jobs: number; size: number }
  /** The job that runs meanwhile. */
  'forget.ask_active': Topic
  'forget.stays': None
  'forget.ask_words': None
  'forget.done': { accounts: string }
  /** Nothing can be reached any more, but not all could be removed at once. */
  'forget.begun': None
  'forget.told': { count: number }
  /** In the place of what a thread showed of the crawl that ended by it. */
  'forget.thread': None
  'forget.job_done': Topic
  /** To a linked account; `platform`: where it was asked for. */
  'notice.forgotten': { platform: string }
}

/** Answers to commands, for the person alone. */
interface ReplySentences {
  'reply.accepted': Topic & { limit: number; format: string }
  'reply.accepted_private': None
  'reply.where': None
  /** A word that means another mall to many people; `word` as typed. */
  'reply.meant': { word: string; site: string; other: string }
  'reply.switched': Topic
  'reply.retried': Topic
  'reply.again': Topic
  'reply.cancelled': Topic & { products: number }
  'reply.idle': None
  'reply.newest': Topic & { state: 'succeeded' | 'failed' | 'cancelled'; products: number; ago: string }
  'reply.history': { count: number }
  'reply.history_empty': None
  'reply.history_row': Topic & { state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'; products: number }
  'reply.result': { name: string; rows: number; size: number }
  'reply.locale': None
  'reply.locale_auto': None
  'reply.sites': { count: number }
  'reply.site': { name: string; label: string; search: 'shop' | 'filter' }
  'reply.site_aliases': { aliases: string }
  'reply.site_web': None
  'reply.site_robots': { setting: string }
  'reply.open': None
  /** What counts against a person's quotas: of the last 24 hours, and the bytes of their files. */
  'reply.usage': Record<'crawls' | 'reads' | 'hosts' | 'kept', { used: number; limit: number }>
}

/** Numbers of the service, for administrators. */
interface StatsSentences {
  'stats.users': { users: number; activeUsers: number }
  'stats.jobs': {
    runningJobs: number
    queuedJobs: number
    completedJobs: number
    failedJobs: number
    cancelledJobs: number
  }
  /** Processes that work on jobs. */
  'stats.workers': { workers: number }
  'stats.by_site': None
  'stats.site': EndedCounts & { site: string; running: number; queued: number }
  'stats.by_day': None
  /** `day`: yyyy-mm-dd */
  'stats.day': EndedCounts & { day: string }
}

interface EndedCounts {
  completed: number
  failed: number
  cancelled: number
  products: number
}

/** One line of help a command, and what stands around them. */
type HelpSentences = Record<
  `help.${
    | 'title'
    | 'examples'
    | 'commands'
    | 'options'
    | 'crawl'
    | 'help'
    | 'sites'
    | 'status'
    | 'cancel'
    | 'retry'
    | 'again'
    | 'history'
    | 'result'
    | 'press'
    | 'lang'
    | 'stats'
    | 'link'
    | 'unlink'
    | 'forget'
    | 'code'
    | 'confirm'
    | 'confirm_forget'
    | 'switch'
    | 'private'
    | 'site'
    | 'words'
    | 'url'
    | 'id'
    | 'number'
    | 'locale'
    | 'rule'}`,
  None
> & {
  'help.limit': { standard: number; max: number }
  'help.format': { formats: string }
}

/** Words for the placeholders of usage lines: `<site> [words…]`. */
type PlaceholderSentences = Record<
  `placeholder.${'site' | 'words' | 'url' | 'id' | 'number' | 'count' | 'locale' | 'format' | 'file' | 'folder' | 'code' | 'confirm' | 'user'}`,
  None
>

/** The words around the command line's own help. */
type UsageSentences = Record<
  `usage.${'title' | 'arguments' | 'options' | 'commands' | 'option' | 'command' | 'help' | 'help_command' | 'version'}`,
  None
>

/** The terminal: console and command line. */
interface TerminalSentences {
  'console.welcome': { name: string }
  'console.as': { name: string }
  'console.as_missing': None
  'console.saved': { path: string }
  'console.button_hint': None
  'console.bye': None
  'cli.description': None
  'cli.start': None
  'cli.crawl': None
  'cli.console': None
  'cli.demo': None
  'cli.check': None
  'cli.try': None
  'cli.backup': None
  'cli.restore': None
  'cli.migrate': None
  'cli.export_user': None
  'cli.delete_user': None
  'cli.option_export': None
  'cli.option_yes': None
  'cli.exported': { jobs: number; size: number }
  /** Asked on the terminal; `yes` is the word to type. */
  'cli.ask_delete': { accounts: string; jobs: number; size: number; yes: string }
  'cli.deleted': { accounts: string }
  'cli.deleted_begun': None
  'cli.not_deleted': None
  'cli.moved': { rows: number; jobs: number }
  'cli.option_from': None
  'cli.option_to': None
  'cli.option_out': None
  'cli.sites': None
  /** As site.unknown and site.absent, where nobody reads messages. */
  'cli.site_unknown': { word: string; suggestion: string | null }
  'cli.site_absent': { site: string }
  'cli.unknown_command': { word: string; suggestion: string | null }
  'cli.unknown_option': { option: string; suggestion: string | null }
  'cli.argument_missing': { name: string }
  'cli.option_missing': { option: string }
  'cli.argument_unexpected': None
  'cli.see_help': None
  'cli.continued': Topic
  'cli.dropped': Topic
  /** A job of this process that was asked to end (SIGTERM). */
  'cli.left': None
  /** The same, when the job is in another process's hands. */
  'cli.left_running': None
  'cli.submitted': { holder: string }
  'cli.started': { address: string; platforms: string }
  'cli.worker_started': { address: string | null }
  'cli.no_platforms': None
  /** No ADMIN_TOKEN: the administrator's doors answer 401. `proposal`: a token that nobody can guess. */
  'cli.admin_closed': { proposal: string }
  /** A token of the settings that is too short. */
  'cli.token_short': { name: string; length: number; proposal: string }
  'cli.admin_open': { address: string }
  'cli.stopped': None
  'cli.waiting_owner': { seconds: number }
  'cli.waiting_service': { seconds: number }
  'cli.waiting_database': { server: string }
  /** Redis is away: the job is stored, and nobody is told of it. */
  'cli.waiting_queue': None
  /** The same, before a chat in the terminal in which jobs may be begun. */
  'cli.queue_away': None
  'cli.store_unreachable': { server: string }
  'cli.output_lost': { cause: string }
  'cli.backed_up': { path: string; size: number }
  /** `former`: where the database that was there is kept; null when there was none. */
  'cli.restored': { path: string; former: string | null }
  'cli.config_warning': { name: string; suggestion: string | null }
  'cli.fault': { id: string }
  'demo.intro': None
  'demo.shop': { address: string }
  'demo.result': { path: string; rows: number }
  'demo.next': None
}

/** What `shopcrawl try` tells of a page, line by line. */
interface TrySentences {
  'try.option_site': None
  'try.option_url': None
  'try.page': { url: string }
  /** A file that names no address of its own. */
  'try.assumed': { url: string }
  /** A crawl of the address asks for another one first. */
  'try.instead': { method: string; url: string }
  'try.site': { name: string; label: string }
  /** `status` null: it came from a file. */
  'try.answer': { status: number | null; contentType: string; charset: string; size: number }
  'try.title': { title: string }
  'try.unfit_missing': { markers: string }
  'try.unfit_shape': None
  'try.unfit_text': None
  'try.unfit_request': None
  'try.unfit_address': None
  'try.unfit_kind': { kind: 'list' | 'detail' | 'sitemap' }
  'try.unfit_unknown': None
  'try.too_complex': { what: 'depth' | 'elements' | 'attributes' | 'json' }
  'try.failed': { cause: string }
  'try.read': { products: number; requests: number; total: number | null }
  'try.coverage': { shares: string }
  'try.first': { line: string }
  'try.slow_same': None
  'try.slow_absent': None
  'try.slow_beyond': None
  'try.slow_differs': { fast: number; slow: number }
  'try.slow_at': { id: string; field: string; byFast: string; bySlow: string }
  'try.verdict_products': { products: number; route: string; requests: number }
  /** Understood as a list of addresses without products of its own. */
  'try.verdict_links': { route: string; requests: number }
  'try.verdict_empty': None
  'try.fell': { expected: string }
}

/** Every sentence for people and the facts that it needs. A key here must stand in ko.ts and en.ts, or nothing compiles. */
export type SentenceFacts = ErrorFacts &
  StateSentences &
  FieldSentences &
  ConfigSentences &
  WaitingSentences &
  StopSentences &
  JobSentences &
  SheetSentences &
  ButtonSentences &
  ReplySentences &
  StatsSentences &
  LinkSentences &
  ForgetSentences &
  HelpSentences &
  PlaceholderSentences &
  TerminalSentences &
  UsageSentences &
  TrySentences &
  CheckSentences &
  AdminSentences

export type SentenceKey = keyof SentenceFacts

/** What sentences need beside their facts. */
export interface Setting {
  timeZone: string
  /** A shop's name as people read it; of a name that is no shop, that. */
  shop(site: string): string
}

/** All sentences of one language. */
export type Catalogue = {
  [K in SentenceKey]: (facts: SentenceFacts[K], setting: Setting) => string
}
