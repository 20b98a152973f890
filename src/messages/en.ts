import { adminEn } from './admin.en.ts'
import { causeIn } from './cause.ts'
import { checkEn } from './check.en.ts'
import {
  address,
  bytes,
  cut,
  dateTime,
  duration,
  hostName,
  moment,
  money,
  number,
  percent,
  platformName,
} from './format.ts'
import type { Catalogue, Topic } from './sentences.ts'

const some = (value: number, one: string, many = `${one}s`): string =>
  `${number('en', value)} ${value === 1 ? one : many}`
const why = (cause: string): string => causeIn('en', cause)
const products = (value: number): string => some(value, 'product')
const time = (ms: number): string => duration('en', ms)
const size = (value: number): string => bytes('en', value)
const of = ({ used, limit }: { used: number; limit: number }): string =>
  `${number('en', used)} of ${number('en', limit)}`
const quote = (text: string, max = 60): string => `“${cut(text, max)}”`
const guess = (suggestion: string | null, otherwise: string): string =>
  suggestion === null ? otherwise : `Did you mean ${quote(suggestion)}?`

const topic = (it: Topic): string => `${it.site} · ${wish(it)}`

function wish({ words, url, isRemoved }: Topic): string {
  if (isRemoved) return 'removed'
  if (url !== null) return cut(address(url), 80)
  return words === '' ? 'front list' : cut(words, 60)
}

const STATES = {
  queued: 'waiting',
  running: 'crawling',
  succeeded: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
} as const

const endings = (it: { completed: number; failed: number; cancelled: number; products: number }): string =>
  `${number('en', it.completed)} done, ${number('en', it.failed)} failed, ${number('en', it.cancelled)} cancelled, ${products(it.products)}`

/** Every sentence in English: what happened, then what to do next. */
export const en: Catalogue = {
  ...adminEn,
  // what a person typed
  'command.unknown': (it) =>
    `There is no command ${quote(it.word)}. ${guess(it.suggestion, 'Send help to see the commands.')}`,
  'command.too_many': (it) =>
    `That is more than ${some(it.limit, 'command')} in a minute. Please send it again in ${time(it.seconds * 1_000)}.`,
  'site.unknown': (it) =>
    `I know no shop called ${quote(it.word)}. ${guess(it.suggestion, 'Send sites to see the shops.')}`,
  'site.absent': (it) => `This version has no shop ${it.site}. Send sites to see those that it has.`,
  'args.site_missing': () => 'Please name a shop, for example: samsung',
  'args.url_missing': (it) => `${it.site} needs the address of a page. Please give one that begins with https://.`,
  'args.option_unknown': (it) =>
    `There is no option ${quote(it.option)}. ${it.known === '' ? 'This command takes none: please send it without.' : `Options here: ${it.known}`}`,
  'args.value_missing': (it) => `${it.option} has no value. Please put one behind it.`,
  'args.limit': (it) =>
    `${quote(it.given, 20)} cannot be the number of products. Please give a whole number from 1 to ${number('en', it.max)}.`,
  'args.format': (it) => `There is no format ${quote(it.given, 20)}. Choose one of ${it.known}.`,
  'args.words_too_long': (it) =>
    `The search words are too long (${some(it.length, 'character')}). Please keep them within ${number('en', it.max)}.`,
  'args.text_too_long': (it) =>
    `That is too long (${some(it.length, 'character')}). Please keep it within ${number('en', it.max)}.`,
  'args.locale': (it) => `There is no language ${quote(it.given, 20)}. Choose ko, en or auto.`,
  'args.out_conflict': (it) =>
    `The ending of ${quote(it.out)} and --format ${it.format} say different things. Please make them agree.`,
  'args.out_ending': (it) =>
    `${quote(it.out)} has no ending that tells the format. Please add one of ${it.known}, or give --format too.`,
  'args.database': (it) => `${it.option}: is no address of a database. Write it like ${it.expected}.`,
  'args.press': (it) =>
    it.max === 0
      ? 'There is no button to press now. Send status to see your job first.'
      : `There is no button ${quote(it.given, 20)}. Please give a number from 1 to ${number('en', it.max)}.`,
  'args.unexpected': (it) => `${it.command} does not take ${quote(it.word)}. Please send it without.`,
  'args.yes_missing': (it) =>
    `Nobody is here to be asked. Add ${it.option} to say that everything of this person shall be deleted.`,
  'url.invalid': (it) => `${quote(it.url)} is no address. Please give a whole one that begins with https://.`,
  'url.scheme': (it) =>
    `Addresses that begin with ${it.scheme} cannot be crawled. Please give one that begins with http:// or https://.`,
  'url.too_long': (it) =>
    `The address is too long (${some(it.length, 'character')}). Please keep it within ${number('en', it.max)}.`,
  'url.credentials': (it) =>
    `The address at ${hostName(it.host)} holds a name or a password. Please send it again without them.`,
  'url.port': (it) =>
    `Port ${it.port} of ${hostName(it.host)} cannot be crawled. An administrator can permit it with ${it.setting}.`,
  'address.forbidden': (it) =>
    `${hostName(it.host)} is a private or reserved address and is not crawled. If it must be, an administrator has to name it in ${it.setting}.`,
  'host.blocked': (it) => `An administrator has closed ${hostName(it.host)} for crawling. Please choose another shop.`,
  // the rule
  'job.active': (it, { shop }) =>
    `A crawl of yours is already running: ${cut(`${shop(it.site)} ${it.words}`.trim(), 80)}. Wait for its end, or cancel it first.`,
  'job.none_active': () => 'You have no crawl running. Send history to see earlier jobs.',
  'job.unknown': (it) =>
    it.given === ''
      ? 'You have no finished crawl yet. Start one first, for example: samsung'
      : `There is no job ${quote(it.given, 30)}. Send history to see the ids of your jobs.`,
  'job.not_failed': (it) =>
    it.state === 'queued' || it.state === 'running'
      ? 'That job is still running. Try again once it has ended.'
      : 'Only a failed job can be retried. To run the same request anew, send again with the id of the job.',
  'job.still_active': () => 'That job is still running and has no result yet. Its file comes when it ends.',
  'job.cleared': () =>
    'The words and the result of that job are removed: it was too old, or you deleted it. Please start a new one.',
  'job.no_products': () => 'That job found no products, so there is no file. Please try other words.',
  'admin.only': (it) =>
    `This command is for administrators. If you need it, ask whoever runs this bot to add your account (${it.account}) to ${it.setting}.`,
  'site.paused': (it, { shop }) =>
    `An administrator has paused ${shop(it.site)}, so no new crawl starts there now. Please choose another shop, or try again later.`,
  'site.held': (it, { shop }) =>
    `An administrator has paused ${shop(it.site)}. The crawl goes on by itself once it is resumed.`,
  'override.job_unknown': (it) => `There is no job ${quote(it.job, 30)}.`,
  'override.job_ended': (it) =>
    `The job has ended (${STATES[it.state as keyof typeof STATES] ?? it.state}); only a waiting or running one can be changed.`,
  'override.not_failed': (it) =>
    `The job is not a failed one (${STATES[it.state as keyof typeof STATES] ?? it.state}); only failed ones are retried.`,
  'override.job_active': (it) =>
    `Its owner has another crawl running (${it.job}). Wait for its end or cancel it, then retry.`,
  'override.user_unknown': (it) => `There is no user ${quote(it.user, 30)}.`,
  'override.user_blocked': () => 'Its owner is blocked. Unblock them first, then retry.',
  'override.site_unknown': (it) => `There is no shop ${quote(it.site, 30)}.`,
  'user.blocked': (it) => `You may not use this bot at present. Please ask ${it.contact ?? 'an administrator'}.`,
  'user.gone': () => 'Your data was deleted just now, so this was not done. Send it again to begin anew.',
  'user.unknown': (it) =>
    `There is nobody called ${quote(it.given, 100)}. Give the id of a user, or an account like slack:T1/U1 or discord:123; the administrator’s page shows both.`,
  'link.code_unknown': () =>
    'That code does not hold: it is wrong, was used before, or is older than ten minutes. Send link on the other app for a new one.',
  'link.too_many': (it) =>
    `That were too many wrong codes (${number('en', it.tries)}). Please try again in ${time(it.minutes * 60_000)}.`,
  'link.same_chat': (it) =>
    `That code comes from ${platformName(it.platform)} too. Send it on the other app, where your other account is.`,
  'link.already': () => 'These accounts are linked already. To separate this one, send unlink.',
  'link.both_active': (it, { shop }) =>
    `A crawl runs on each side, here and on ${platformName(it.platform)}, and one person can have one at a time. Wait for the end of this one, or cancel it: ${cut(`${shop(it.site)} ${it.words}`.trim(), 80)}. Then confirm again; the code still holds.`,
  'link.code_seen': () =>
    'Others can read what is written here, so that code no longer holds. Send link on the other app for a new one, and enter it as a slash command or in a direct message.',
  'link.none': () => 'This account is not linked to another, so there is nothing to separate. Send link to link one.',
  'quota.jobs': (it, { timeZone }) =>
    `You have used all ${some(it.limit, 'crawl')} of ${it.window === 'hour' ? 'an hour' : 'a day'}. You can ask again from ${moment('en', it.at, timeZone)}.`,
  'quota.pages': (it, { timeZone }) =>
    `You have used all ${some(it.limit, 'page')}${it.host === null ? '' : ` of ${hostName(it.host)}`} for a day. You can start again at ${moment('en', it.at, timeZone)}.`,
  'quota.hosts': (it, { timeZone }) =>
    `You may crawl ${some(it.limit, 'shop')} a day. Those that you have crawled still work; a new one works from ${moment('en', it.at, timeZone)}.`,
  'quota.bytes': (it, { timeZone }) =>
    `Your result files take ${size(it.bytes)}, and one person may keep ${size(it.limit)}. To make room, delete an old result: send forget and its id, which history shows.${it.at === null ? '' : ` The oldest goes by itself on ${dateTime('en', it.at, timeZone)}.`}`,
  'chat.backlog': (it) =>
    `${platformName(it.platform)} takes messages more slowly than they come, and many wait to be sent here. So no new crawl was started. Please try again in a few minutes.`,
  // robots.txt
  'robots.forbidden': (it) =>
    `The robots.txt of ${hostName(it.host)} forbids crawling, so it was not done. If the shop has given permission, an administrator has to name it in ${it.setting}.`,
  'robots.unreachable': (it) =>
    `The robots.txt of ${hostName(it.host)} could not be read, so it is unknown whether crawling is allowed. Please try again later.`,
  'robots.delay': (it) =>
    `The robots.txt of ${hostName(it.host)} asks for ${time(it.seconds * 1_000)} between requests; at most ${time(it.max * 1_000)} is possible. Please choose another shop.`,
  // the shop
  'page.dns': (it) => `The host ${hostName(it.host)} cannot be found. Please check the address.`,
  'page.network': (it) =>
    `No connection to ${hostName(it.host)} (${why(it.cause)}). Please try again later.${it.proxyHint ? ' Crawls do not go through HTTPS_PROXY: the firewall has to let this server out directly.' : ''}`,
  'page.tls': (it) =>
    `The certificate of ${hostName(it.host)} could not be verified (${why(it.cause)}). Try again once the shop has repaired it.`,
  'page.timeout': (it) =>
    `${hostName(it.host)} did not answer within ${time(it.seconds * 1_000)}. Please try again later.`,
  'page.status': (it) => `The shop answered ${address(it.url)} with an error (${it.status}). Please try again later.`,
  'page.not_found': (it) => `There is no page at ${address(it.url)} (${it.status}). Please check the address.`,
  'page.rate_limited': (it, { timeZone }) =>
    `${hostName(it.host)} says that there were too many requests. Please try again ${it.retryAt === null ? 'later' : `after ${moment('en', it.retryAt, timeZone)}`}.`,
  'page.too_large': (it) =>
    `The page at ${address(it.url)} is too large: at most ${number('en', it.megabytes)} MB are read. Please give a narrower list.`,
  'page.bomb': (it) =>
    `The page at ${address(it.url)} grows beyond measure when unpacked, so reading stopped. Please give another address.`,
  'page.encoding': (it) =>
    `The page at ${address(it.url)} is packed as ${quote(it.encoding, 30)}, which cannot be unpacked. Please give another address.`,
  'page.truncated': (it) => `The page at ${address(it.url)} broke off before its end. Please try again later.`,
  'page.redirect_loop': (it) =>
    `The page at ${address(it.url)} only leads on and on. Please give an address that opens in a browser.`,
  'page.redirect_left': (it) =>
    `The page at ${address(it.url)} leads to another site (${address(it.target)}). To crawl that one, give its address.`,
  'page.redirect_hosts': (it) =>
    `The page at ${address(it.url)} leads to ${hostName(it.host)}, but one crawl asks no more than ${some(it.max, 'host')}. To crawl that one, give its address.`,
  'page.not_a_page': (it) =>
    `At ${address(it.url)} there is no web page (${cut(it.contentType, 60) || 'unknown type'}). Please give the address of a product list.`,
  'page.blocked': (it) =>
    `${hostName(it.host)} refuses automatic visitors (${it.status}${it.title === '' ? '' : `, ${quote(it.title)}`}). The bot does not get around blocks. Try again later, or ask the shop for permission.`,
  'page.login': (it) =>
    `The page at ${address(it.url)} wants a log-in${it.title === '' ? '' : ` (${quote(it.title)})`}. Please give an address that shows without one.`,
  'page.unreadable': (it) =>
    `No products could be read at ${address(it.url)} (${it.status}${it.title === '' ? '' : `, ${quote(it.title)}`}). If it is a product list, the page has changed its form: please tell an administrator.`,
  'page.too_complex': (it) =>
    `The page at ${address(it.url)} is too complex to read (${{ depth: 'nesting of tags', elements: 'number of elements', attributes: 'number of attributes', json: 'size of its data' }[it.what]}). Please give another address.`,
  'page.too_slow': (it) =>
    `The page at ${address(it.url)} could not be read within ${time(it.seconds * 1_000)}. Please give a smaller list.`,
  'page.parser_crashed': (it) =>
    `Reading the page at ${address(it.url)} failed. Please tell an administrator this address.`,
  // a whole crawl
  'crawl.time_limit': (it) =>
    `The crawl did not end within ${some(it.hours, 'hour')} and was stopped. Ask for fewer products or narrower words.`,
  'crawl.stalled': (it) =>
    `No new page came for ${some(it.minutes, 'minute')}, so the crawl was stopped. Please try again later.`,
  'crawl.worker_crashed': (it) =>
    `The program died ${some(it.times, 'time')} over this job, so it was given up. Please tell an administrator.`,
  'crawl.pages_failing': (it) =>
    `${some(it.count, 'page')} in a row could not be fetched from ${hostName(it.host)}, so the crawl was stopped. Please try again later.`,
  // storage and start
  'store.busy': () => 'The storage is busy, so nothing was done. Please send it again in a moment.',
  'store.disk_full': (it) => `The disk is full (${it.path}). Please make room and try again.`,
  'store.corrupt': (it) =>
    `The database is damaged: ${it.path}. It was left as it is. Please put a copy made by backup in its place with restore.`,
  'store.absent': (it) => `There is no database at ${it.path}. Please check DATA_DIR.`,
  'store.newer': (it) =>
    `The data in ${it.path} was made by a newer shopcrawl (${it.found}). Please run that version or a later one. Nothing was changed.`,
  'store.unwritable': (it) =>
    `${it.path} cannot be written (${why(it.cause)}). Please check its permissions, or set DATA_DIR to another place.`,
  'store.locked': (it) => `Another program has locked ${it.path}. Please end it and start again.`,
  'store.unreachable': () =>
    `The database cannot be reached right now. Please try again in a moment; if it stays so, please tell an administrator.`,
  'store.denied': (it) =>
    `The database ${it.server} refuses this program (${why(it.cause)}). Please check DATABASE_URL and the rights of its user.`,
  'owner.taken': (it) =>
    `${it.path} is already in use by a running shopcrawl (${it.holder}). End that one, or set DATA_DIR to another place.`,
  'owner.alone': (it) =>
    `Another shopcrawl (${it.holder}) already runs on ${it.server}. On PostgreSQL alone one process runs; end the other one, or set ${it.setting} to run several.`,
  'owner.shared': (it) =>
    `Processes with ${it.setting} work on ${it.server}, and this one has none. Give this one the same ${it.setting}, or end all of them first.`,
  'owner.unshared': (it) =>
    `A shopcrawl without ${it.setting} works on ${it.server}. End that one first and start this one again; all processes of a database need the same ${it.setting}.`,
  'move.in_use': (it) => `A running shopcrawl uses ${it.place}. Please end it first, and start the move again.`,
  'move.target_denied': (it) =>
    `The database ${it.server} refuses this program (${why(it.cause)}). Please check --to and the rights of its user.`,
  'move.target_used': (it) =>
    `${it.server} holds data that the other database does not know. Please name an empty database. Nothing was changed.`,
  'move.differs': (it) =>
    `After copying, the table ${it.table} is not the same in both (${it.rows} rows there, ${it.copied} here). The source is unchanged; please name an empty database and start again.`,
  'backup.elsewhere': (it) =>
    `The data is in PostgreSQL (${it.server}), which has its own tool for this: ${it.tool}. docs/operations.md has the commands.`,
  'backup.exists': (it) => `${it.path} is there already. Please give another name.`,
  'backup.nothing': (it) => `There is no database at ${it.path}, so nothing to copy. Please check DATA_DIR.`,
  'backup.unwritable': (it) => `The copy cannot be written to ${it.path} (${why(it.cause)}). Please give another path.`,
  'restore.invalid': (it) =>
    ({
      absent: `There is no file ${it.path}. Please check the path.`,
      no_file: `${it.path} is not a file. Please give a file made by backup.`,
      foreign: `${it.path} is no backup of shopcrawl. Please give a file made by backup.`,
      damaged: `The backup ${it.path} is damaged and cannot be restored. Please give another one. Nothing was changed.`,
    })[it.reason],
  'env.unreadable': (it) =>
    `The settings in ${it.path} cannot be read (${why(it.cause)}). Please make it a file that can be read, or remove it.`,
  'env.invalid': (it) =>
    it.problem === 'binary'
      ? `The settings in ${it.path} are no text in UTF-8. Please save the file as UTF-8 text, with lines like NAME=value, or remove it.`
      : `The settings in ${it.path} hold no line like NAME=value. Please correct the file, or remove it.`,
  'config.invalid': (it, setting) =>
    [
      `${some(it.mistakes.length, 'setting')} of the environment ${it.mistakes.length === 1 ? 'is' : 'are'} wrong. Please correct and start again.`,
      ...it.mistakes.map((mistake) => `  ${en[`config.${mistake.problem}`](mistake, setting)}`),
    ].join('\n'),
  'port.taken': (it) =>
    `Port ${it.port} on ${it.host} is in use by another program. Please set PORT to another number.`,
  'port.unusable': (it) =>
    `The service cannot listen on port ${it.port} of ${it.host} (${why(it.cause)}). Please check HOST and PORT.`,
  'out.unwritable': (it) =>
    `The result cannot be written to ${it.path} (${why(it.cause)}). Please give --out another path.`,
  'folder.unwritable': (it) =>
    `No file can be written in the working folder ${it.path} (${why(it.cause)}). Please run it again in another folder.`,
  'temp.unwritable': (it) =>
    `No file can be made in ${it.path}, the folder for temporary files (${why(it.cause)}). Please set TMPDIR to another folder.`,
  'file.unreadable': (it) =>
    `The file ${it.path} cannot be read (${why(it.cause)}). Please check the path or the address.`,
  internal: (it) =>
    `Something went wrong inside the bot. If it happens again, please tell an administrator the number ${it.id}.`,
  // settings
  'config.unknown': (it) =>
    `${it.name}: there is no such name.${it.expected === '' ? '' : ` It looks like ${it.expected}.`}`,
  'config.url': (it) => `${it.name}: is no address.${it.expected === '' ? '' : ` Write it like ${it.expected}.`}`,
  'config.database': (it) => `${it.name}: is no address of a PostgreSQL database. Write it like ${it.expected}.`,
  'config.number': (it) => `${it.name}: is not a fitting number.${it.expected === '' ? '' : ` Range: ${it.expected}`}`,
  'config.choice': (it) => `${it.name}: is none of the choices. Possible: ${it.expected}`,
  'config.redis': (it) => `${it.name}: is no address of a Redis server. Write it like ${it.expected}.`,
  'config.needs': (it) => `${it.name}: needs ${it.expected} beside it.`,
  'config.list': (it) => `${it.name}: is no list with commas.${it.expected === '' ? '' : ` Example: ${it.expected}`}`,
  'config.text': (it) => `${it.name}: is not a fitting value.${it.expected === '' ? '' : ` Expected: ${it.expected}`}`,
  'config.address': (it) =>
    `${it.name}: is not of the form address:port.${it.expected === '' ? '' : ` Example: ${it.expected}`}`,
  'config.token': (it) =>
    `${it.name}: does not have the form of a token.${it.expected === '' ? '' : ` Expected: ${it.expected}`}`,
  'config.site': (it) => `${it.name}: names no shop.${it.expected === '' ? '' : ` Shops: ${it.expected}`}`,
  'config.length': (it) => `${it.name}: is too short or too long (${it.expected} characters are needed).`,
  'config.secret': (it) =>
    `${it.name}: is too short, too long, or holds a space (${it.expected} characters without spaces are needed).`,
  'config.host': (it) =>
    `${it.name}: is no list of hosts with commas between. Write hosts alone, without https://, port or *, for example ${it.expected}.`,
  'config.permission': (it) =>
    `${it.name}: names neither a shop nor a host. Shops: ${it.expected}. Write a host like shop.example.com, without https://.`,
  'config.same': (it) => `${it.name}: is the same as ${it.expected}. Give it a value of its own.`,
  // states
  'state.queued': () => STATES.queued,
  'state.running': () => STATES.running,
  'state.succeeded': () => STATES.succeeded,
  'state.failed': () => STATES.failed,
  'state.cancelled': () => STATES.cancelled,
  'stop.limit': () => 'All the products asked for were found.',
  'stop.page_limit': () => 'It stopped at the number of pages that one job may read.',
  'stop.repeats': () => 'The same products came again, so the list was taken to have ended.',
  'stop.end': () => 'The list was read to its end.',
  'stop.nothing': () => 'The shop has no such product.',
  // columns
  'field.site': () => 'shop',
  'field.id': () => 'product id',
  'field.name': () => 'name',
  'field.brand': () => 'brand',
  'field.seller': () => 'seller',
  'field.price': () => 'price',
  'field.originalPrice': () => 'price before reduction',
  'field.discountRate': () => 'reduction (%)',
  'field.currency': () => 'currency',
  'field.rating': () => 'rating (of 5)',
  'field.reviewCount': () => 'number of reviews',
  'field.inStock': () => 'in stock',
  'field.url': () => 'address of the product',
  'field.imageUrl': () => 'address of the image',
  'field.category': () => 'category',
  'field.page': () => 'page within the list',
  'field.position': () => 'position in the result',
  'field.crawledAt': () => 'time of crawling (UTC)',
  // a job in chat
  'job.topic': topic,
  'root.title': (it) => `${topic(it)} (up to ${number('en', it.limit)}, ${it.format.toUpperCase()})`,
  'root.active': () => 'Progress and the result follow here.',
  'root.ended': (it) => `${STATES[it.state]} · ${products(it.products)} · ${time(it.ms)}`,
  'thread.title': topic,
  'progress.products': (it) => `${number('en', it.products)} of ${products(it.limit)}`,
  'progress.pages': (it) => some(it.pages, 'page'),
  'progress.speed': (it) => `${number('en', Math.round(it.perMinute))} a minute`,
  'progress.left': (it) => `about ${time(it.ms)} left`,
  'progress.elapsed': (it) => `took ${time(it.ms)}`,
  'progress.queued': (it) =>
    it.ms <= 0 ? 'Waiting for its turn; it starts soon.' : `Waiting for its turn; it starts in ${time(it.ms)}.`,
  'progress.no_worker': (it) =>
    `No worker is running, so this job waits. It goes on by itself as soon as one is back. Please tell ${it.contact ?? 'an administrator'}.`,
  'progress.again': (it) =>
    `Trying again in ${time(it.ms)} (attempt ${number('en', it.attempt)} of ${number('en', it.attempts)}).`,
  'progress.failed_pages': (it) => `${some(it.count, 'page')} not fetched`,
  'waiting.turn': (it) =>
    `waiting for a turn at ${hostName(it.host)}${it.ms === null ? '' : ` (about ${time(it.ms)})`}`,
  'waiting.robots': (it) =>
    `reading the robots.txt of ${hostName(it.host)}${it.ms === null ? '' : ` (again in ${time(it.ms)})`}`,
  'waiting.retry-after': (it) => `${hostName(it.host)} asked for a pause${it.ms === null ? '' : ` of ${time(it.ms)}`}`,
  'waiting.disk': () => 'waiting because the disk is nearly full',
  'waiting.budget': () => 'waiting for the storage that counts requests',
  'waiting.backoff': (it) =>
    `a page of ${hostName(it.host)} failed; trying again ${it.ms === null ? 'soon' : `in ${time(it.ms)}`}`,
  'warning.coverage': (it) => `Only ${percent('en', it.percent / 100)} of the products have a ${it.field}.`,
  'warning.coverage_fell': (it) =>
    `${products(it.count)} without “${it.field}”, which nearly all had before: the shop may have changed its pages.`,
  'warning.route_fallback': (it) =>
    `${some(it.count, 'page')} had to be read in another way than usual, so values may be missing: the shop may have changed its pages.`,
  'warning.page_truncated': (it) => `${some(it.count, 'page')} broke off at every try; what had come was taken.`,
  'warning.price_conditional': (it) =>
    `The price of ${products(it.count)} is tied to a condition, such as a card, a contract or a plan.`,
  'warning.lists_failed': (it) => `${some(it.count, 'list page')} could not be read, so products may be missing.`,
  'warning.details_failed': (it) => `${some(it.count, 'product page')} could not be read, so values may be missing.`,
  'warning.sitemaps_failed': (it) => `${some(it.count, 'sitemap')} could not be read, so products may be missing.`,
  'warning.hosts': (it) =>
    `The shop spreads over many hosts: ${some(it.count, 'link')} to further ones were not followed, so products may be missing. To crawl one of them, give its address.`,
  'warning.garbled': (it) => `${products(it.count)} with letters that could not be decoded.`,
  'warning.other': (it) => `${products(it.count)} should be looked at (${cut(it.code, 40)}).`,
  'last.succeeded': (it) => `${topic(it)}: ${products(it.products)} collected.`,
  'last.nothing': (it) => `${topic(it)}: the shop has no such product. Please try other words.`,
  'last.nothing_matched': (it) =>
    `${topic(it)}: ${it.pages === 1 ? '1 list page was' : `${number('en', it.pages)} list pages were`} read, but no product on them matches. Please try shorter words.`,
  'last.failed': (it) => `${topic(it)}: the crawl failed.`,
  'last.failed_partial': (it) =>
    `${topic(it)}: the crawl failed on the way. Here is what it had: ${products(it.products)}.`,
  'last.cancelled': (it) =>
    it.products === 0
      ? `${topic(it)}: cancelled.`
      : `${topic(it)}: cancelled. Here is what it had: ${products(it.products)}.`,
  'last.counts': (it) =>
    `${products(it.products)} · ${some(it.pages, 'page')}${it.failedPages > 0 ? ` · ${some(it.failedPages, 'page')} not fetched` : ''} · ${time(it.ms)}`,
  'last.prices': (it) =>
    it.lowest === it.highest
      ? `Price ${money('en', it.lowest, it.currency)}`
      : `Prices ${money('en', it.lowest, it.currency)} – ${money('en', it.highest, it.currency)}`,
  'last.first': () => 'First products',
  'last.product': (it) =>
    `${number('en', it.position)}. ${cut(it.name, 80)}${it.price === null ? '' : ` · ${money('en', it.price, it.currency)}`}${it.discountRate ? ` (${percent('en', it.discountRate / 100)} off)` : ''}`,
  'last.untitled': () => 'a product without a name',
  'last.of_total': (it) => `${number('en', it.products)} of the ${number('en', it.total)} that the shop names.`,
  'last.partial_file': () => 'The result is partial: it holds what was found until then.',
  'last.moved': () => 'The original thread cannot be written to, so the result comes here.',
  'file.title': (it) => `${it.name} · ${products(it.rows)} · ${size(it.size)}`,
  'file.partial_title': (it) => `${it.name} · ${products(it.rows)} until it ended early · ${size(it.size)}`,
  'file.refused': (it) =>
    `${it.name} (${size(it.size)}) could not be posted here. The button below tells you how to get it.`,
  'file.disk_full': () =>
    'The disk is full, so the file could not be written. The products are kept: please press the button a little later.',
  'file.later': () => 'This file cannot be given right now. Please open the link again in a few minutes.',
  'file.needs_public_url': (it) =>
    `${it.name} is too large to post here; it is kept on the server. An administrator can offer a link by setting ${it.setting}.`,
  'file.partial_word': () => 'partial',
  'sheet.products': () => 'Products',
  'sheet.summary': () => 'Summary',
  'sheet.shop': () => 'Shop',
  'sheet.words': () => 'Search words',
  'sheet.address': () => 'Address',
  'sheet.limit': () => 'Limit',
  'sheet.state': () => 'State',
  'sheet.stop': () => 'Why it ended',
  'sheet.started': () => 'Started',
  'sheet.finished': () => 'Finished',
  'sheet.duration': () => 'Duration',
  'sheet.pages': () => 'Pages read',
  'sheet.failed_pages': () => 'Pages not fetched',
  'sheet.lowest_price': (it) => `Lowest price${it.currency === null ? '' : ` (${it.currency})`}`,
  'sheet.highest_price': (it) => `Highest price${it.currency === null ? '' : ` (${it.currency})`}`,
  'sheet.coverage': () => 'Share of products with a value',
  'sheet.routes': () => 'Ways of reading',
  'sheet.warnings': () => 'Warnings',
  'sheet.columns': () => 'Columns',
  'sheet.asked': () => 'Asked for',
  'sheet.job': () => 'Job',
  'sheet.front_list': () => '(none: the front list)',
  'sheet.result': () => 'Result',
  'sheet.whole': () => 'Whole',
  'sheet.part': () => 'Only a part.',
  'sheet.left_out': () => 'Products left out by the file size limit',
  // buttons
  'button.cancel': () => 'Cancel',
  'button.retry': () => 'Retry',
  'button.again': () => 'Run again',
  'button.status': () => 'Status',
  'button.history': () => 'Earlier jobs',
  'button.help': () => 'Help',
  'button.sites': () => 'Shops',
  'button.link': () => 'Link them',
  'button.unlink': () => 'Unlink',
  'button.forget': () => 'Delete everything',
  'button.download': () => 'Download',
  'button.format': (it) => `Get as ${it.format.toUpperCase()}`,
  'button.other_shop': (it) => `Look in ${it.site}`,
  'button.example': (it) => cut(it.line, 40),
  // answers
  'reply.accepted': (it) =>
    `The crawl begins: ${topic(it)}, up to ${products(it.limit)}, as ${it.format.toUpperCase()}.`,
  'reply.accepted_private': () => 'Progress and result come where only you can see them.',
  'reply.where': () => 'Progress and the result file come in the thread.',
  'reply.meant': (it) => `I took ${quote(it.word)} for ${it.site}. If you meant ${it.other}, press the button below.`,
  'reply.switched': (it) => `The former job is cancelled and a new one begins: ${topic(it)}.`,
  'reply.retried': (it) => `Trying again in the same thread: ${topic(it)}.`,
  'reply.again': (it) => `The same request begins anew: ${topic(it)}.`,
  'reply.cancelled': (it) =>
    it.products === 0
      ? `Cancelled: ${topic(it)}.`
      : `Cancelled: ${topic(it)}. You get the ${products(it.products)} collected so far as a file.`,
  'reply.idle': () => 'You have no crawl running. Start one, for example: samsung',
  'reply.newest': (it) => `Last job: ${topic(it)} · ${STATES[it.state]} · ${products(it.products)} · ${it.ago}`,
  'reply.history': (it) => (it.count === 1 ? 'Your latest job.' : `Your latest ${number('en', it.count)} jobs.`),
  'reply.history_empty': () => 'You have no jobs yet. Start one, for example: samsung',
  'reply.history_row': (it) => `${topic(it)} · ${STATES[it.state]} · ${products(it.products)}`,
  'reply.result': (it) => `Here is the file: ${it.name} · ${products(it.rows)} · ${size(it.size)}`,
  'reply.locale': () => 'I will answer in English from now on.',
  'reply.locale_auto': () => 'I will follow the language of your chat app from now on.',
  'reply.sites': (it) => `${some(it.count, 'shop')} to choose from.`,
  'reply.site': (it) =>
    `${it.label}: ${it.search === 'shop' ? 'searched by the shop itself' : 'lists filtered by name, brand and category'}`,
  'reply.site_aliases': (it) => `also: ${it.aliases}`,
  'reply.site_web': () => 'For any other shop, send the address of its product list.',
  'reply.site_robots': (it) =>
    `Its robots.txt forbids crawling. If the shop has given permission, an administrator has to name it in ${it.setting}.`,
  'link.how': (it) =>
    `Send this to the bot on the other app within ${time(it.minutes * 60_000)}. Both accounts then are one person: jobs and files are the same on both, and one crawl runs at a time.`,
  'link.keep': () => 'Give the code to nobody: whoever has it can ask to see your jobs and files.',
  'link.accounts': (it) => `Linked accounts: ${it.accounts}`,
  'link.ask': (it) =>
    `Link ${it.own} and ${it.other}? Jobs and files then are the same on both, and one crawl runs at a time.`,
  'link.ask_trust': () => 'Confirm only if both accounts are yours. To confirm by words, send:',
  'link.done': (it) => `Linked: ${it.accounts}. unlink separates them again at any time.`,
  'link.split': (it) =>
    `${it.own} is on its own again, with the jobs and files that it began. It was linked with ${it.others}.`,
  'notice.linked': (it) =>
    `${it.other} was linked with your account ${it.own}, by the code that you asked for. Jobs and files are the same on both now. If that was not you, press the button or send unlink.`,
  'forget.ask': (it) =>
    `Delete everything that is stored about you (${it.accounts})? That is ${some(it.jobs, 'job')} with words, products and result files (${size(it.size)}), your commands and settings. It cannot be undone.`,
  'forget.ask_active': (it) => `The crawl that is running ends with it, without a result: ${topic(it)}.`,
  'forget.stays': () =>
    'What was written in chat stays there; delete it there. Totals stay, and what administrators did, neither with your name.',
  'forget.ask_words': () => 'To confirm by words, send:',
  'forget.done': (it) =>
    `Everything that was stored about you is deleted (${it.accounts}). Whatever you send next begins anew.`,
  'forget.begun': () =>
    'Your data is out of everybody’s reach now. Not all of it could be removed at once; the rest goes by itself within a day.',
  'forget.told': (it) => `${it.count === 1 ? 'Your other account is' : 'Your other accounts are'} told there.`,
  'forget.thread': () => 'Whoever asked for this crawl has had everything about them deleted. It has ended.',
  'forget.job_done': (it) => `Deleted: words, products and files of ${topic(it)}.`,
  'notice.forgotten': (it) =>
    `Everything that was stored about you is deleted, as was asked from your linked account on ${platformName(it.platform)}. Whatever you send next begins anew.`,
  'reply.usage': (it) =>
    `In 24 hours: ${of(it.crawls)} crawls, ${of(it.reads)} pages, ${of(it.hosts)} shops. Result files: ${size(it.kept.used)} of ${size(it.kept.limit)}`,
  'reply.open': () => 'Open the running thread',
  // numbers for administrators
  'stats.users': (it) =>
    `${some(it.users, 'user')}, ${number('en', it.activeUsers)} of them active in the last 24 hours`,
  'stats.jobs': (it) =>
    `Jobs: ${number('en', it.runningJobs)} running, ${number('en', it.queuedJobs)} waiting, ${number('en', it.completedJobs)} done, ${number('en', it.failedJobs)} failed, ${number('en', it.cancelledJobs)} cancelled`,
  'stats.workers': (it) =>
    it.workers === 0 ? 'No worker is running: jobs wait until one is started.' : `Workers: ${number('en', it.workers)}`,
  'stats.by_site': () => 'By shop',
  'stats.site': (it) =>
    `${it.site}: ${number('en', it.running)} running, ${number('en', it.queued)} waiting, ${endings(it)}`,
  'stats.by_day': () => 'The last 7 days',
  'stats.day': (it) => `${it.day}: ${endings(it)}`,
  // help
  'help.title': () => 'I collect product lists of shops and hand them to you as a file.',
  'help.examples': () => 'Try one of these',
  'help.commands': () => 'Commands',
  'help.options': () => 'Options',
  'help.crawl': () => 'Collects products into a file. Without words: the front list of the shop.',
  'help.help': () => 'Shows this help.',
  'help.sites': () => 'Shows the shops.',
  'help.status': () => 'Shows your running job.',
  'help.cancel': () => 'Cancels your running job; what it has collected comes as a file.',
  'help.retry': () => 'Tries a failed job once more, in the same thread.',
  'help.again': () => 'Runs the request of an earlier job anew.',
  'help.history': () => 'Shows your earlier jobs.',
  'help.result': () => 'Hands you the file of an ended job again.',
  'help.press': () => 'Presses a button of the last answer by its number.',
  'help.lang': () => 'Changes the language of the answers.',
  'help.stats': () => 'Shows how many users and jobs there are. For administrators.',
  'help.link': () => 'Makes your accounts on two chat apps one person.',
  'help.unlink': () => 'Separates this account again, with its own jobs and files.',
  'help.forget': () => 'Deletes everything stored about you; with the id of a job, only the result of that job.',
  'help.code': () => 'The code that link gave on the other app',
  'help.confirm': () => 'Confirms that both accounts are yours',
  'help.confirm_forget': () => 'Confirms that everything shall be deleted',
  'help.switch': () => 'Cancels the running job and starts one at another shop.',
  'help.private': () => 'Shows progress and result to you alone.',
  'help.site': () => 'shop',
  'help.words': () => 'search words',
  'help.url': () => 'address of a product list',
  'help.id': () => 'id of a job (history shows it)',
  'help.number': () => 'number of the button',
  'help.locale': () => 'language: ko, en, auto (as the chat app)',
  'help.limit': (it) => `how many products (${number('en', it.standard)} unless said, at most ${number('en', it.max)})`,
  'help.format': (it) => `form of the file: ${it.formats} (xlsx unless said)`,
  'help.rule': () => 'One crawl at a time for each person.',
  'placeholder.site': () => 'shop',
  'placeholder.words': () => 'words',
  'placeholder.url': () => 'url',
  'placeholder.id': () => 'id',
  'placeholder.number': () => 'number',
  'placeholder.count': () => 'count',
  'placeholder.locale': () => 'language',
  'placeholder.code': () => 'code',
  'placeholder.confirm': () => 'confirm',
  'placeholder.user': () => 'user|account',
  'placeholder.format': () => 'format',
  'placeholder.file': () => 'file',
  'placeholder.folder': () => 'folder',
  // terminal
  'console.welcome': (it) =>
    `Hello ${it.name}. Type a command and press Enter; help shows the commands, exit or Ctrl-D ends.`,
  'console.as': (it) => `You now speak as ${it.name}.`,
  'console.as_missing': () => 'Please put a name behind /as, for example: /as minji',
  'console.saved': (it) => `File saved: ${it.path}`,
  'console.button_hint': () => 'press and a number presses a button.',
  'console.bye': () => 'Good-bye.',
  'cli.description': () => 'a bot that collects product lists of shops into files',
  'cli.start': () => 'start the service',
  'cli.crawl': () => 'crawl once and save the file',
  'cli.console': () => 'talk to the bot in the terminal',
  'cli.demo': () => 'show everything once, with a bundled shop',
  'cli.check': () => 'check settings and connections',
  'cli.try': () => 'show how one page is read',
  'cli.backup': () => 'copy the live database',
  'cli.migrate': () => 'copy all data from the SQLite file to PostgreSQL',
  'cli.export_user': () => 'write everything stored about a person into one file',
  'cli.delete_user': () => 'delete everything stored about a person',
  'cli.option_export': () => 'file to write (JSON); it must not be there yet',
  'cli.option_yes': () => 'do not ask',
  'cli.exported': (it) => `Everything stored about this person: ${some(it.jobs, 'job')}, ${size(it.size)}`,
  'cli.ask_delete': (it) =>
    `Delete everything stored about ${it.accounts}: ${some(it.jobs, 'job')}, ${size(it.size)} of result files? It cannot be undone. Type ${it.yes} to do it:`,
  'cli.deleted': (it) => `Deleted: everything that was stored about ${it.accounts}.`,
  'cli.deleted_begun': () =>
    'The data is out of reach now, but not all could be removed. The service removes the rest at its start and once a day; the log says what was in the way.',
  'cli.not_deleted': () => 'Nothing was deleted.',
  'cli.moved': (it) =>
    `Moved and compared: ${some(it.rows, 'row')}, ${some(it.jobs, 'job')}. Now set DATABASE_URL to the new address.`,
  'cli.restore': () => 'put a copy in place of the database',
  'cli.option_from': () => 'where the data is: the folder that DATA_DIR named, or the SQLite file in it',
  'cli.option_to': () => 'PostgreSQL database that gets the data: what DATABASE_URL will be',
  'cli.option_out': () => 'file to write; its ending decides the format',
  'cli.sites': () => 'show the shops',
  'cli.site_unknown': (it) =>
    `I know no shop called ${quote(it.word)}. ${guess(it.suggestion, 'npx shopcrawl sites shows the shops.')}`,
  'cli.site_absent': (it) => `This version has no shop ${it.site}. npx shopcrawl sites shows those that it has.`,
  'cli.unknown_command': (it) =>
    `There is no command ${quote(it.word)}. ${guess(it.suggestion, 'shopcrawl --help shows the commands.')}`,
  'cli.unknown_option': (it) =>
    `There is no option ${quote(it.option)}. ${guess(it.suggestion, '--help shows the options.')}`,
  'cli.argument_missing': (it) =>
    `There is nothing in the place of ${quote(it.name)}. Please give it; --help shows how.`,
  'cli.option_missing': (it) => `The option ${quote(it.option)} is missing. Please give it; --help shows how.`,
  'cli.argument_unexpected': () => 'Those are too many words. --help shows how to write it.',
  'cli.see_help': () => 'The command is written wrong. --help shows how to write it.',
  'usage.title': () => 'Usage:',
  'usage.arguments': () => 'Arguments:',
  'usage.options': () => 'Options:',
  'usage.commands': () => 'Commands:',
  'usage.option': () => 'options',
  'usage.command': () => 'command',
  'usage.help': () => 'show this help',
  'usage.help_command': () => 'show the help of a command',
  'usage.version': () => 'show the version',
  'cli.continued': (it) => `Going on with the job that was interrupted: ${topic(it)}`,
  'cli.dropped': (it) => `Another interrupted job was cancelled: ${topic(it)}`,
  'cli.left': () => 'Asked to end, so it stopped. The same command goes on from here.',
  'cli.left_running': () => 'Asked to end, so it watches no more. The running shopcrawl goes on with the job.',
  'cli.submitted': (it) => `Handed to the running shopcrawl (${it.holder}).`,
  'cli.started': (it) => `shopcrawl is running: ${it.address}${it.platforms === '' ? '' : ` · ${it.platforms}`}`,
  'cli.admin_closed': (it) =>
    `The administrator’s page is closed: everything under /admin answers 401. To open it, set ADMIN_TOKEN and restart, for example ADMIN_TOKEN=${it.proposal}`,
  'cli.token_short': (it) =>
    `${it.name} is shorter than ${it.length} characters and can be guessed. Please take a longer one, for example ${it.proposal}`,
  'cli.admin_open': (it) => `The administrator’s page is at ${it.address}/admin`,
  'cli.worker_started': (it) =>
    `shopcrawl crawls for the bots of this installation${it.address ? `; its health is at ${it.address}` : ''}. End it with Ctrl-C.`,
  'cli.no_platforms': () => 'No chat is connected. Set SLACK_BOT_TOKEN or DISCORD_TOKEN, or try shopcrawl console.',
  'cli.stopped': () => 'Ended. The next start goes on from here.',
  'cli.waiting_owner': (it) => `Waiting up to ${time(it.seconds * 1_000)} for a single crawl to end.`,
  'cli.waiting_service': (it) =>
    `Another shopcrawl runs on this database. Waiting up to ${time(it.seconds * 1_000)} for it to end.`,
  'cli.waiting_queue': () =>
    'Redis (REDIS_URL) cannot be reached. The job is kept and goes on once it can; Ctrl-C cancels the job.',
  'cli.queue_away': () => 'Redis (REDIS_URL) cannot be reached. New jobs are kept and begin once it can.',
  'cli.store_unreachable': (it) =>
    `The database ${it.server} cannot be reached. Please check its address and that its server runs, then try again.`,
  'cli.output_lost': (it) =>
    `The output could not be written (${why(it.cause)}). Please send it elsewhere and run it again.`,
  'cli.waiting_database': (it) => `The database ${it.server} cannot be reached. Waiting until it can.`,
  'cli.backed_up': (it) => `Backup written: ${it.path} (${size(it.size)})`,
  'cli.restored': (it) =>
    `Restored from: ${it.path}${it.former === null ? '' : `. The former database is kept at ${it.former}.`}`,
  'cli.config_warning': (it) => `${it.name}: unknown name, not used. ${guess(it.suggestion, '')}`.trim(),
  'cli.fault': (it) => `The program failed. Look for ${it.id} in the log.`,
  'demo.intro': () => 'Opens a bundled shop on this machine and shows one command from start to end.',
  'demo.shop': (it) => `Practice shop: ${it.address}`,
  'demo.result': (it) => `Result: ${it.path} (${products(it.rows)}). Its first rows:`,
  'demo.next': () => 'Talk to it yourself with npm run console; run it as a service with npm start.',
  'try.option_site': () => 'read it as pages of this shop; otherwise the address decides',
  'try.option_url': () => 'address of the page that the file holds',
  'try.page': (it) => `Page: ${it.url}`,
  'try.assumed': (it) => `Page: ${it.url} (the file names no address, so this one is taken; give it with --url)`,
  'try.instead': (it) => `A crawl of that address asks for this one first: ${it.method} ${it.url}`,
  'try.site': (it) => `Shop: ${it.name} (${it.label})`,
  'try.answer': (it) =>
    `Answer: ${[it.status === null ? 'a file' : `status ${it.status}`, it.contentType || 'no content type', it.charset, size(it.size)].join(' · ')}`,
  'try.title': (it) => `Title: ${it.title || '(none)'}`,
  'try.unfit_missing': (it) => `does not fit: the page lacks ${it.markers}`,
  'try.unfit_shape': () => 'does not fit: what it looks for is there, but in another shape',
  'try.unfit_text': () => 'does not fit: its text holds nothing of what it looks for',
  'try.unfit_request': () => 'does not fit: it is for answers to another kind of request',
  'try.unfit_address': () => 'does not fit: it is not for pages at such an address',
  'try.unfit_kind': (it) =>
    `does not fit: it is not for ${{ list: 'lists', detail: 'product pages', sitemap: 'sitemaps' }[it.kind]}`,
  'try.unfit_unknown': () => 'does not fit',
  'try.too_complex': (it) =>
    `read nothing: too complex (${{ depth: 'nesting', elements: 'number of elements', attributes: 'attributes', json: 'nesting of its JSON' }[it.what]})`,
  'try.failed': (it) => `read nothing: an error of the program (${it.cause})`,
  'try.read': (it) =>
    `${products(it.products)}, ${some(it.requests, 'page')} to fetch next${it.total === null ? '' : `, ${number('en', it.total)} in all by the shop's count`}`,
  'try.coverage': (it) => `filled: ${it.shares}`,
  'try.first': (it) => `first product: ${it.line}`,
  'try.slow_same': () => 'the fast and the slow road read the same',
  'try.slow_absent': () => 'there is no slow road to compare with',
  'try.slow_beyond': () => 'not compared: too complex for the slow road',
  'try.slow_differs': (it) =>
    `the roads differ: ${products(it.fast)} by the fast one, ${number('en', it.slow)} by the slow`,
  'try.slow_at': (it) =>
    `first difference: ${it.field} of ${it.id}, ${quote(it.byFast)} and by the slow road ${quote(it.bySlow)}`,
  'try.verdict_products': (it) =>
    `Verdict: ${it.route} reads ${products(it.products)}; ${some(it.requests, 'page')} to fetch next`,
  'try.verdict_links': (it) =>
    `Verdict: ${it.route} reads it: no product, but ${some(it.requests, 'page')} to fetch next`,
  'try.verdict_empty': () => 'Verdict: a page on which the shop says that it has no such product',
  'try.fell': (it) => `${it.expected} should have read this page: the shop may have changed it`,
  ...checkEn,
}
