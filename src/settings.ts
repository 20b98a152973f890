import { z } from 'zod'
import type { ConfigMistake } from './errors.ts'
import { LOCALES } from './messages/locale.ts'

/** One name of the environment: how it is read, and what it does (for .env.example and docs/configuration.md). */
export interface Setting<T = unknown> {
  name: string
  /** Reads the text; absent and empty texts are not read: the default holds. */
  schema: z.ZodType<T, string>
  fallback: T
  /** What is wrong when the schema refuses, and what would be right. */
  problem: ConfigMistake['problem']
  expected: string
  /** As .env.example shows it. */
  example: string
  about: string
}

/** A text as it is. */
export const text = z.string()
/** Texts with commas between. */
export const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
)
const origin = z.string().refine((value) => {
  if (!URL.canParse(value)) return false
  const url = new URL(value)
  return (
    url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash && !url.username
  )
}, 'origin')
const database = z
  .string()
  .refine((value) => URL.canParse(value) && /^postgres(?:ql)?:$/.test(new URL(value).protocol), 'database')
const redis = z.string().refine((value) => URL.canParse(value) && /^rediss?:$/.test(new URL(value).protocol), 'redis')
const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max))
const decimal = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}(?:\.\d{1,6})?$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max))
const addressPort = z.string().regex(/^(?:\[[0-9a-fA-F:.]+\]|\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/)
const accountName = z.string().regex(/^[a-z]{1,20}:(?:[^\s/:,]{1,40}\/)?[^\s/,]{1,80}$/)
const timeZone = z.string().refine((value) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value })
    return true
  } catch {
    return false
  }
})

const count = (name: string, fallback: number, min: number, max: number, about: string): Setting<number> => ({
  name,
  schema: whole(min, max),
  fallback,
  problem: 'number',
  expected: `${min}–${max}`,
  example: String(fallback),
  about,
})

const choice = <T extends string>(
  name: string,
  options: readonly [T, ...T[]],
  fallback: T,
  about: string,
): Setting<T> => ({
  name,
  schema: z.enum(options) as unknown as z.ZodType<T, string>,
  fallback,
  problem: 'choice',
  expected: options.join(', '),
  example: fallback,
  about,
})

const listOf = (
  name: string,
  schema: z.ZodType<string[], string>,
  problem: ConfigMistake['problem'],
  expected: string,
  about: string,
): Setting<string[]> => ({
  name,
  schema,
  fallback: [],
  problem,
  expected,
  example: '',
  about,
})

/** Every name that the core reads; each adapter brings its own. SITE_<NAME>_URL is read by pattern (config.ts). */
export const SETTINGS = {
  dataDir: {
    name: 'DATA_DIR',
    schema: text,
    fallback: './data',
    problem: 'text',
    expected: './data',
    example: './data',
    about: 'Folder of the SQLite file and of the users’ result files.',
  } as Setting<string>,
  databaseUrl: {
    name: 'DATABASE_URL',
    schema: database,
    fallback: null,
    problem: 'database',
    expected: 'postgres://user:password@127.0.0.1:5432/shopcrawl',
    example: 'postgres://shopcrawl@127.0.0.1:5432/shopcrawl',
    about:
      'Keeps the data in PostgreSQL (15 or later) instead of the SQLite file in DATA_DIR. Without Redis one process runs on it.',
  } as Setting<string | null>,
  redisUrl: {
    name: 'REDIS_URL',
    schema: redis,
    fallback: null,
    problem: 'redis',
    expected: 'redis://user:password@127.0.0.1:6379',
    example: 'redis://127.0.0.1:6379',
    about:
      'Moves the queue and the budgets to Redis (7 or later): any number of processes work together. Needs DATABASE_URL.',
  } as Setting<string | null>,
  role: choice(
    'ROLE',
    ['all', 'bot', 'worker'],
    'all',
    'What this process does: bot = chat and HTTP, worker = crawls, all = both. Another than all needs DATABASE_URL and REDIS_URL; a worker opens PORT only where it is set.',
  ),
  locale: choice('LOCALE', LOCALES, 'ko', 'Language where a chat platform tells none.'),
  timeZone: {
    name: 'TIME_ZONE',
    schema: timeZone,
    fallback: 'Asia/Seoul',
    problem: 'text',
    expected: 'Asia/Seoul, Europe/London, UTC, …',
    example: 'Asia/Seoul',
    about: 'Time zone of days, file names and quotas.',
  } as Setting<string>,
  logLevel: choice(
    'LOG_LEVEL',
    ['error', 'warn', 'info', 'debug', 'silent'],
    'info',
    'How much is logged (JSON lines on standard error).',
  ),
  threads: choice(
    'THREADS',
    ['channel', 'private'],
    'channel',
    'Where jobs live in chat: a thread in the channel, or only with the person.',
  ),
  port: count(
    'PORT',
    3_000,
    0,
    65_535,
    'The one HTTP port: health, Slack’s requests, downloads. 0 takes any free one.',
  ),
  host: {
    name: 'HOST',
    schema: text,
    fallback: '127.0.0.1',
    problem: 'text',
    expected: '127.0.0.1',
    example: '127.0.0.1',
    about: 'Address on which PORT listens; 0.0.0.0 for all.',
  } as Setting<string>,
  filesKey: {
    name: 'FILES_KEY',
    schema: text.regex(/^\S{24,200}$/),
    fallback: null,
    problem: 'text',
    expected: '24–200',
    example: '',
    about: 'Signs download links. Default: a key made at the first start and kept in DATA_DIR/files.key.',
  } as Setting<string | null>,
  publicUrl: {
    name: 'PUBLIC_URL',
    schema: origin,
    fallback: null,
    problem: 'url',
    expected: 'https://shopcrawl.example.com',
    example: '',
    about: 'Where people and shops reach this service: download links begin with it; named in the user agent.',
  } as Setting<string | null>,
  adminToken: {
    name: 'ADMIN_TOKEN',
    schema: text.regex(/^\S{8,500}$/),
    fallback: null,
    problem: 'text',
    expected: '24–500',
    example: '',
    about: 'Opens /admin and /metrics: the page’s sign-in, and the bearer of programs. Without it they answer 401.',
  } as Setting<string | null>,
  viewerToken: {
    name: 'ADMIN_VIEWER_TOKEN',
    schema: text.regex(/^\S{8,500}$/),
    fallback: null,
    problem: 'text',
    expected: '24–500',
    example: '',
    about: 'Opens the same for reading only. It needs ADMIN_TOKEN.',
  } as Setting<string | null>,
  adminContact: {
    name: 'ADMIN_CONTACT',
    schema: text.regex(/^.{1,100}$/),
    fallback: null,
    problem: 'text',
    expected: 'shop-help@example.com',
    example: '',
    about: 'Whom a person may ask whom an administrator has blocked, e.g. an address or a channel.',
  } as Setting<string | null>,
  metricsPublic: {
    name: 'METRICS_PUBLIC',
    schema: z.enum(['0', '1']).transform((value) => value === '1') as unknown as z.ZodType<boolean, string>,
    fallback: false,
    problem: 'choice',
    expected: '0, 1',
    example: '0',
    about: '1 lets everybody read /metrics, without a token.',
  } as Setting<boolean>,
  trustProxy: count(
    'TRUST_PROXY',
    0,
    0,
    10,
    'Proxies between the internet and PORT that add to X-Forwarded-For: their word on the visitor’s address and on https is taken. 0 takes nobody’s.',
  ),
  userAgent: {
    name: 'USER_AGENT',
    schema: text.regex(/^[\x20-\x7e]{1,200}$/),
    fallback: null,
    problem: 'text',
    expected: 'shopcrawl/1.0 (+https://example.com)',
    example: '',
    about: 'The honest name sent with every request; default shopcrawl/<version> (+<PUBLIC_URL or repository>).',
  } as Setting<string | null>,
  crawlRate: {
    name: 'CRAWL_RATE',
    schema: decimal(0.01, 10_000),
    fallback: 1,
    problem: 'number',
    expected: '0.01–10000',
    example: '1',
    about: 'Requests a second for one host, summed over all users.',
  } as Setting<number>,
  crawlConcurrency: count('CRAWL_CONCURRENCY', 2, 1, 64, 'Requests at once for one host.'),
  crawlJobs: count('CRAWL_JOBS', 100, 1, 10_000, 'Jobs at once in one process.'),
  maxProducts: count('MAX_PRODUCTS', 10_000, 1, 1_000_000, 'The highest --limit that a person may ask for.'),
  allowAddresses: listOf(
    'CRAWL_ALLOW_ADDRESSES',
    list.pipe(z.array(addressPort)),
    'address',
    '127.0.0.1:8080,[::1]:8081',
    'Private addresses that may be crawled, exact address:port, with commas between. Default: none.',
  ),
  crawlPorts: {
    name: 'CRAWL_PORTS',
    schema: list.pipe(z.array(whole(1, 65_535))),
    fallback: [80, 443],
    problem: 'list',
    expected: '80,443',
    example: '80,443',
    about: 'Ports that may be crawled.',
  } as Setting<number[]>,
  blockHosts: listOf(
    'CRAWL_BLOCK_HOSTS',
    list,
    'list',
    'example.com,shop.example.net',
    'Hosts (and their subdomains) that nobody may crawl. Default: none.',
  ),
  robotsPermission: listOf(
    'ROBOTS_PERMISSION',
    list,
    'list',
    'ssg,shop.example.com',
    'Sites or hosts whose owners have permitted this crawler: their robots.txt is read for Crawl-delay and sitemaps only. Default: none.',
  ),
  adminUsers: listOf(
    'ADMIN_USERS',
    list.pipe(z.array(accountName)),
    'list',
    'slack:T1/U1,discord:123',
    'Accounts that may use /crawl stats, with commas between: slack:<team>/<user>, discord:<user>. Default: none.',
  ),
  jobsPerHour: count('QUOTA_JOBS_HOUR', 20, 1, 1_000_000, 'Jobs that one chat user may start in an hour.'),
  jobsPerDay: count('QUOTA_JOBS_DAY', 50, 1, 1_000_000, 'Jobs that one chat user may start in a day.'),
  pagesPerJob: count(
    'QUOTA_PAGES_JOB',
    2_000,
    1,
    1_000_000,
    'Pages that one job may fetch; at least its limit + 10 %.',
  ),
  pagesPerDay: count('QUOTA_PAGES_DAY', 20_000, 1, 100_000_000, 'Pages that the jobs of one user may fetch in a day.'),
  pagesPerHostDay: count(
    'QUOTA_PAGES_HOST_DAY',
    5_000,
    1,
    100_000_000,
    'Pages of one shop or host that the jobs of one user may fetch in a day.',
  ),
  hostsPerDay: count('QUOTA_HOSTS_DAY', 20, 1, 1_000_000, 'Shops and hosts that one user may crawl in a day.'),
  retentionDays: count(
    'RETENTION_DAYS',
    90,
    1,
    3_650,
    'Days after which the words, products and files of ended jobs are removed; their counts stay.',
  ),
  commandsPerMinute: count('QUOTA_COMMANDS_MINUTE', 20, 1, 1_000_000, 'Commands that one user may send in a minute.'),
} as const

export type Settings = { [K in keyof typeof SETTINGS]: (typeof SETTINGS)[K] extends Setting<infer T> ? T : never }
