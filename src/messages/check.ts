import type { PersonLimits, Settings } from '../settings.ts'
import type { None } from './sentences.ts'

interface ServerFacts {
  name: string
  server: string
  version: string
  ms: number
}

/** What `shopcrawl check` tells, line by line; what only one platform says stands with its adapter. */
export interface CheckSentences {
  /** A part of the check could not be done. */
  'check.failed': { cause: string }
  'check.summary': { failures: number; warnings: number }
  'check.no_platforms': None
  'check.folder_ok': { path: string; size: number }
  'check.folder_new': { path: string }
  'check.folder_unwritable': { path: string; cause: string }
  'check.folder_open': { path: string }
  'check.folder_full': { path: string; size: number }
  'check.folder_network': { path: string }
  /** The pass of DATABASE_URL or REDIS_URL; `server`: host, port and database, never who connects. */
  'check.server_ok': ServerFacts
  'check.server_slow': ServerFacts
  'check.server_old': ServerFacts
  'check.not_unicode': ServerFacts
  'check.server_silent': { name: string; server: string; cause: string }
  /** As the cause of server_silent. */
  'check.no_answer': { seconds: number }
  /** Of a server on another machine. */
  'check.server_plain': { name: string; server: string }
  'check.server_unverified': { name: string; server: string }
  'check.server_open': { name: string; server: string }
  'check.schema_ok': { place: string }
  'check.schema_new': { place: string }
  'check.schema_behind': { place: string; steps: number }
  'check.schema_denied': { place: string }
  'check.redis_evicts': { server: string; policy: string }
  'check.public_none': None
  'check.public_ok': { address: string }
  'check.public_plain': { address: string }
  'check.public_other': { address: string; status: number; port: number }
  /** The service runs, and its public address does not lead to it. */
  'check.public_silent': { address: string; cause: string; port: number }
  /** The service does not run now. */
  'check.public_idle': { address: string; cause: string }
  /** `seconds`: the file's Crawl-delay, 0 without one. */
  'check.shop_elsewhere': { site: string; origin: string; name: string }
  'check.shop_allowed': { site: string; host: string; seconds: number }
  'check.shop_permitted': { site: string; host: string; seconds: number }
  'check.shop_forbidden': { site: string; host: string; name: string; part: 'front' | 'search' | 'both' }
  'check.clock_ok': { host: string; seconds: number }
  'check.clock_off': { host: string; seconds: number; isAhead: boolean }
  'check.clock_unknown': None
  'check.nat64_none': None
  'check.nat64_unknown': None
  /** The guard knows this prefix: it refuses what is behind it. */
  'check.nat64_refused': { prefix: string }
  'check.nat64_hidden': { prefix: string }
  'check.proxy': { host: string }
  'check.limits_shops': Pick<Settings, 'crawlRate' | 'crawlConcurrency' | 'crawlJobs' | 'pagesPerJob' | 'maxProducts'>
  'check.limits_people': PersonLimits & Pick<Settings, 'commandsPerMinute'>
}

/** The same in one language. */
export type CheckCatalogue = { [K in keyof CheckSentences]: (facts: CheckSentences[K]) => string }
