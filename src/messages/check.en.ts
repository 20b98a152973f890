import { causeIn } from './cause.ts'
import type { CheckCatalogue } from './check.ts'
import { bytes, number } from './format.ts'

const why = (cause: string): string => causeIn('en', cause)
const n = (value: number): string => number('en', value)
const count = (value: number, one: string): string => `${n(value)} ${one}${value === 1 ? '' : 's'}`
const delay = (seconds: number): string => (seconds > 0 ? `, with ${count(seconds, 'second')} between requests` : '')
const PARTS = { front: 'its front list', search: 'its search', both: 'its lists' }

/** What `shopcrawl check` tells in English. */
export const checkEn: CheckCatalogue = {
  'check.failed': (it) =>
    `A part of the check could not be done (${why(it.cause)}). Run it again with LOG_LEVEL=debug.`,
  'check.summary': (it) =>
    it.failures + it.warnings === 0
      ? 'Everything is well.'
      : `${count(it.failures, 'failure')}, ${count(it.warnings, 'warning')}.`,
  'check.no_platforms': () =>
    'No chat platform is set. Set SLACK_BOT_TOKEN or DISCORD_TOKEN; until then only the command line works.',
  'check.folder_ok': (it) => `DATA_DIR ${it.path} can be written to; ${bytes('en', it.size)} are free.`,
  'check.folder_new': (it) => `DATA_DIR ${it.path} does not exist yet; it is made at the first start.`,
  'check.folder_unwritable': (it) =>
    `DATA_DIR ${it.path} cannot be written to (${why(it.cause)}). Give the folder to the user that runs the service, or name another one in DATA_DIR.`,
  'check.folder_open': (it) =>
    `Other users of this machine may read DATA_DIR ${it.path}. Run: chmod -R go-rwx ${it.path}`,
  'check.folder_full': (it) =>
    `The disk of DATA_DIR ${it.path} is nearly full (${bytes('en', it.size)} free): no new jobs are taken. Free some space.`,
  'check.folder_network': (it) =>
    `DATA_DIR ${it.path} lies on a network file system, where SQLite can lose data. Name a folder on a local disk.`,
  'check.server_ok': (it) => `${it.name}: ${it.version} at ${it.server} answers in ${n(it.ms)} ms.`,
  'check.server_slow': (it) =>
    `${it.name}: ${it.version} at ${it.server} takes ${n(it.ms)} ms to answer, and every page of a crawl waits for it. Run the service near it.`,
  'check.server_old': (it) =>
    `${it.name}: ${it.version} at ${it.server} is too old. ${it.name === 'REDIS_URL' ? 'Redis 7' : 'PostgreSQL 15'} or later is needed.`,
  'check.not_unicode': (it) =>
    `${it.name}: the database ${it.server} cannot hold Korean, as its encoding is not UTF8. Create one with ENCODING 'UTF8'.`,
  'check.server_silent': (it) =>
    `${it.name}: ${it.server} cannot be used (${why(it.cause)}). Check the address, the password and the firewall, and that the server runs.`,
  'check.no_answer': (it) => `no answer within ${count(it.seconds, 'second')}`,
  'check.server_plain': (it) =>
    it.name === 'REDIS_URL'
      ? `${it.name}: what goes to ${it.server} is not encrypted. Use rediss:// or a private network of your own.`
      : `${it.name}: what goes to ${it.server} is not encrypted, and people’s names and queries are among it. Add ?sslmode=verify-full.`,
  'check.server_unverified': (it) =>
    `${it.name}: the certificate of ${it.server} is not checked, so another server could take its place. Use sslmode=verify-full.`,
  'check.server_open': (it) =>
    `${it.name}: ${it.server} takes this program without a password, and so perhaps anybody. Give its user a password and put it into ${it.name}.`,
  'check.schema_ok': (it) => `The data in ${it.place} has the form of this version.`,
  'check.schema_new': (it) => `The database ${it.place} is empty; its tables are made at the first start.`,
  'check.schema_behind': (it) =>
    `The data in ${it.place} is of an older version: ${count(it.steps, 'step')} of migration will be made at the next start. Make a backup before.`,
  'check.schema_denied': (it) =>
    `The user of DATABASE_URL may not make tables in ${it.place}. Make it the owner of the database, or GRANT CREATE ON SCHEMA public to it.`,
  'check.redis_evicts': (it) =>
    `REDIS_URL: ${it.server} drops keys when its memory is full (maxmemory-policy ${it.policy}). Set it to noeviction.`,
  'check.public_none': () =>
    'PUBLIC_URL is not set. It is needed for Slack over HTTP and for files too large for chat; else leave it.',
  'check.public_ok': (it) => `PUBLIC_URL ${it.address} leads to this service.`,
  'check.public_plain': (it) =>
    `PUBLIC_URL ${it.address} leads to this service, but without https: Slack refuses it, and links can be read on their way. Put a proxy with a certificate before it.`,
  'check.public_other': (it) =>
    `PUBLIC_URL ${it.address} answers (${it.status}), but it is not this service. Lead it to port ${it.port} of this machine.`,
  'check.public_silent': (it) =>
    `PUBLIC_URL ${it.address} does not answer (${why(it.cause)}) though the service runs. Lead it (DNS, proxy, firewall) to port ${it.port} of this machine.`,
  'check.public_idle': (it) =>
    `PUBLIC_URL ${it.address} does not answer (${why(it.cause)}); nor does the service run. Start it, then check again.`,
  'check.shop_elsewhere': (it) =>
    `${it.site} is asked at ${it.origin} (${it.name}), so what is said of it here is said of that address.`,
  'check.shop_allowed': (it) => `${it.site}: robots.txt of ${it.host} allows crawls${delay(it.seconds)}.`,
  'check.shop_permitted': (it) =>
    `${it.site}: crawled with its owner’s permission (ROBOTS_PERMISSION)${delay(it.seconds)}.`,
  'check.shop_forbidden': (it) =>
    `${it.site}: robots.txt of ${it.host} forbids ${PARTS[it.part]}, so such crawls are refused. If the shop has permitted you, set ROBOTS_PERMISSION=${it.name}.`,
  'check.clock_ok': (it) => `The clock agrees with that of ${it.host} (${count(it.seconds, 'second')} apart).`,
  'check.clock_off': (it) =>
    `This machine’s clock is ${count(it.seconds, 'second')} ${it.isAhead ? 'ahead of' : 'behind'} that of ${it.host}. Set it (NTP): from 5 minutes on Slack’s requests are refused.`,
  'check.clock_unknown': () => 'Nobody told the time, so the clock was not compared.',
  'check.nat64_none': () => 'This network has no NAT64 prefix that could hide private addresses.',
  'check.nat64_unknown': () => 'The resolver did not tell whether this network has a NAT64 prefix.',
  'check.nat64_refused': (it) =>
    `This network leads to IPv4 through NAT64 (${it.prefix}). Crawls refuse such addresses: give this machine IPv4, or a resolver without DNS64.`,
  'check.nat64_hidden': (it) =>
    `This network leads to IPv4 through NAT64 with a prefix of its own (${it.prefix}). Private addresses behind it look public: have the translator refuse private ranges, or run the service in another network.`,
  'check.proxy': (it) =>
    `The proxy ${it.host} is used for Slack and for Discord’s REST calls. Discord’s gateway and crawls go direct: the firewall must let them out.`,
  'check.limits_shops': (it) =>
    `Limits: ${count(it.crawlRate, 'request')} a second and ${n(it.crawlConcurrency)} at once for one host, ${count(it.crawlJobs, 'job')} at once, ${count(it.pagesPerJob, 'page')} a job, ${count(it.maxProducts, 'product')} at most.`,
  'check.limits_people': (it) =>
    `Limits of one person: 1 job at a time, ${n(it.jobsPerHour)} an hour, ${n(it.jobsPerDay)} a day; ${count(it.pagesPerDay, 'page')} a day, ${n(it.pagesPerHostDay)} of one shop; ${count(it.hostsPerDay, 'shop')} a day; ${bytes('en', it.bytesPerUser)} of result files; ${count(it.commandsPerMinute, 'command')} a minute.`,
}
