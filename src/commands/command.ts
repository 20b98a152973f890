import type { LastButtons } from '../chat/last-buttons.ts'
import type { Message } from '../chat/message.ts'
import type { Upload } from '../chat/platform.ts'
import type { Place, Thread } from '../jobs/job.ts'
import type { Jobs } from '../jobs/service.ts'
import type { Locale } from '../messages/locale.ts'
import type { Say } from '../messages/say.ts'
import type { LinkClaim } from '../results/links.ts'
import type { Results } from '../results/results.ts'
import type { SiteRegistry } from '../sites/registry.ts'
import type { Stats } from '../stats/stats.ts'
import type { Forgetting } from '../upkeep/forget.ts'
import type { Linking } from '../users/linking.ts'
import type { UserStore } from '../users/store.ts'
import type { Account, AccountKey, User } from '../users/user.ts'
import type { Option, PlainHelpKey } from './options.ts'

/** A command, button or autocompletion, made neutral by an adapter. */
export interface Invocation {
  /** Deduplicates redeliveries: the platform's event id or signature; kept 24 h. */
  eventId: string | null
  account: AccountKey & { name: string; locale: Locale | undefined }
  place: Place
  /** The words after `/crawl`, as typed; buttons and typed options are put into the same grammar. */
  text: string
  /** Typed options of a platform that has them, by option name; they win over `text`. */
  options?: Record<string, string | number | boolean>
  /** Others can read what was typed: a message in a channel, not a slash command. */
  isOverheard?: boolean
  /** The platform looks by itself (a page was opened): not counted, not noted, and no buttons are remembered. */
  isGlance?: boolean
}

/** A file for one person alone. */
export interface PrivateFile extends Upload {
  /** A signed address that opens it, for where the platform takes no such file; null without PUBLIC_URL. */
  link: string | null
}

/** Always for the person alone. */
export interface Reply {
  message: Message
  /** For logs and the commands table: 'ok', or the refusal's code. */
  outcome: string
  /** The language it is in, for what a platform says beside it; absent where nobody was known yet. */
  locale?: Locale
  jobId?: string
  /** All that was stored about the person is gone, jobs and threads too: nothing more will be told there. */
  isForgotten?: boolean
  /** Files to hand to the person alone (`result` in the console and Discord). */
  files?: PrivateFile[]
}

/** Answers one invocation. Never throws: refusals and faults become a reply. Undefined for a redelivery. */
export type Dispatch = (invocation: Invocation) => Promise<Reply | undefined>

/** Who asks, resolved. */
export interface Asker {
  user: User
  account: Account
  locale: Locale
  requestId: string
}

/** What command handlers stand on. */
export interface Desk {
  users: UserStore
  linking: Linking
  forgetting: Pick<Forgetting, 'holdings' | 'forget' | 'discard'>
  jobs: Jobs
  results: Results
  sites: SiteRegistry
  /** What the kept robots.txt says of a shop's own lists: allowed, forbidden, or not known yet. Asks no shop. */
  robotsKnown(site: string): Promise<boolean | undefined>
  /** An address that opens a thread in its chat, or null. */
  linkOf(thread: Thread): Promise<string | null>
  /** A signed address of a file, for its owner alone; null without PUBLIC_URL. */
  linkToFile(claim: LinkClaim): string | null
  /** Numbers of all users, for administrators. */
  stats: Pick<Stats, 'totals'>
  isAdministrator(account: AccountKey): boolean
  /** No process is there that works on jobs. */
  isWorkerless(): boolean
  lastButtons: LastButtons
  say: Say
  commands: readonly Command[]
  options: DeskOptions
}

export interface DeskOptions {
  /** Where neither the person nor the platform tells a language (LOCALE). */
  locale: Locale
  timeZone: string
  /** The highest limit (MAX_PRODUCTS). */
  maxProducts: number
  /** THREADS=private: every job lives where only its person sees it. */
  isPrivate: boolean
  /** Whom people can tell that something is wrong, or a blocked one ask (ADMIN_CONTACT); or null. */
  contact: string | null
}

/** One command being answered: who asks, where, and what there is to answer with. */
export interface Asking {
  desk: Desk
  asker: Asker
  place: Place
  /** Others can read what was typed. */
  isOverheard: boolean
  /** The language that the platform told with this command. */
  platformLocale: Locale | undefined
  /** Runs another line as this person, here: a button's command. */
  perform(line: string): Promise<Answer>
}

/** What a handler gives back; dispatch adds the outcome. */
export type Answer = Omit<Reply, 'outcome'>

// biome-ignore lint/suspicious/noExplicitAny: options of one command differ in their types; readers take them as unknown
export type Options = Record<string, Option<any>>
export type Values<O extends Options> = { [K in keyof O]: O[K] extends Option<infer T> ? T : never }

/** A command as data: grammar, help, autocompletion and the platforms' registrations read this object. */
export interface Command {
  name: string
  /** Other words for it; the first is its Korean name. */
  names: readonly [string, ...string[]]
  help: PlainHelpKey
  /** In the order in which bare words are read. */
  options: Options
  examples: readonly string[]
  /** Only buttons say it: help and registrations leave it out. */
  isInternal: boolean
  /** Help shows it to administrators only; its handler refuses everybody else. */
  isForAdministrators: boolean
  run(asking: Asking, values: Record<string, unknown>): Promise<Answer>
}

/** Makes a command whose handler gets its own option types. */
export function command<O extends Options>(spec: {
  name: string
  names: readonly [string, ...string[]]
  help: PlainHelpKey
  options: O
  examples: readonly string[]
  isInternal?: boolean
  isForAdministrators?: boolean
  run(asking: Asking, values: Values<O>): Promise<Answer>
}): Command {
  return {
    isInternal: false,
    isForAdministrators: false,
    ...spec,
    run: (asking, values) => spec.run(asking, values as Values<O>),
  }
}
