import { createInMemoryBudget } from '../budget/in-memory.ts'
import { createInMemoryLine } from '../budget/in-memory-line.ts'
import { systemClock } from '../clock.ts'
import type { Config } from '../config.ts'
import { createShopHttp } from '../crawl/http.ts'
import { shopHttpSettings } from '../crawl/http-settings.ts'
import type { Robots, RobotsAnswer } from '../crawl/robots.ts'
import { isRefusal, Refusal } from '../errors.ts'
import { isoDay } from '../messages/format.ts'
import { type Say, sayRefusal } from '../messages/say.ts'
import { loadSites, type SiteRegistry } from '../sites/registry.ts'
import type { Site, SiteRequest } from '../sites/site.ts'
import type { Emit } from '../telemetry/events.ts'
import { ASK_MS, askSignal, type Check, type CheckContext, type Finding } from './finding.ts'

/** What the check of the shops needs. */
interface ShopsCheck {
  sites: SiteRegistry
  robots: Pick<Robots, 'check'>
  say: Say
  /** yyyy-mm-dd in TIME_ZONE. */
  today(): string
}

/** Words that stand for any search. */
const ANY_WORDS = '노트북'

/** What one robots.txt said of the front list or the search of a shop. */
type Said = { request: SiteRequest; answer: RobotsAnswer } | { request: SiteRequest; refusal: Refusal }

export interface ShopCheckParts {
  config: Config
  emit: Emit
  say: Say
  /** Hears what every answer says of the time. */
  hearDate: CheckContext['hearDate']
}

/** Asks the shops as a crawl does, with all its manners, and keeps nothing: the check must not need the store. */
export async function openShopCheck(parts: ShopCheckParts): Promise<{ check: Check; close(): Promise<void> }> {
  const { config, emit, say, hearDate } = parts
  const clock = systemClock
  const sites = await loadSites({ origins: config.siteOrigins })
  const http = createShopHttp(shopHttpSettings(config), {
    ...{ sites, clock, emit, log: () => undefined },
    openLine: (rule) => createInMemoryLine({ budget: createInMemoryBudget({ clock }), clock, emit, ...rule }),
    robotsStore: { get: async () => undefined, put: async () => undefined },
    onAnswer: ({ host }, { headers }) => hearDate(host, headers.date ?? null),
  })
  const today = () => isoDay(clock.now(), config.timeZone)
  return { check: checkShops({ sites, robots: http.robots, say, today }), close: http.close }
}

/** The robots.txt of every shop, asked as a crawl asks it: may its front list be read, and its search? */
const checkShops =
  (parts: ShopsCheck): Check =>
  async (context) => {
    const shops = parts.sites.all().filter(({ hosts }) => hosts.length > 0)
    const found = await Promise.all(
      shops.map(async (site) => [...elsewhere(parts, site, context), ...(await checkShop(parts, site, context))]),
    )
    return found.flat()
  }

async function checkShop(parts: ShopsCheck, site: Site, context: CheckContext): Promise<Finding[]> {
  const first = (words: string) => site.start({ words, url: null, limit: 1, today: parts.today() })[0]!
  const front = await ask(parts, site, first(''), context)
  const search = site.search === 'shop' ? await ask(parts, site, first(ANY_WORDS), context) : front
  if (isForbidden(front) && isForbidden(search)) return [forbidden(parts, site, 'both', front, context)]
  const told = [front, ...(search === front ? [] : [search])]
  const findings = told.flatMap((said): Finding[] => {
    if (!('refusal' in said)) return []
    if (isForbidden(said)) return [forbidden(parts, site, said === front ? 'front' : 'search', said, context)]
    const sentence = `${site.label[context.locale]}: ${sayRefusal(parts.say, context.locale, said.refusal)}`
    return [{ verdict: 'failure', sentence }]
  })
  const unlike = findings.filter(
    (it, index) => findings.findIndex(({ sentence }) => sentence === it.sentence) === index,
  )
  const good = told.find((said) => 'answer' in said)
  return good && unlike.length === 0 ? [allowed(parts, site, good, context)] : unlike
}

/** What is said of a shop is said of another address: a forgotten setting must not look like the shop's permission. */
function elsewhere({ sites, say, today }: ShopsCheck, site: Site, { locale }: CheckContext): Finding[] {
  const [request] = site.start({ words: '', url: null, limit: 1, today: today() })
  const url = new URL(request!.url)
  const { origin } = sites.actual(site.name, url)
  if (origin === url.origin) return []
  const facts = { site: site.label[locale], origin, name: `SITE_${site.name.toUpperCase()}_URL` }
  return [{ verdict: 'note', sentence: say(locale, 'check.shop_elsewhere', facts) }]
}

async function ask({ robots }: ShopsCheck, site: Site, request: SiteRequest, context: CheckContext): Promise<Said> {
  try {
    const errand = { jobId: null, turn: 'check', tryNumber: 1, signal: askSignal(context) }
    return { request, answer: await robots.check(new URL(request.url), site.name, errand) }
  } catch (error) {
    context.signal.throwIfAborted()
    const isLate = (error as Error).name === 'TimeoutError'
    const late = new Refusal('page.timeout', { host: new URL(request.url).hostname, seconds: ASK_MS / 1_000 })
    if (!isLate && !(error instanceof Refusal)) throw error
    return { request, refusal: isLate ? late : (error as Refusal) }
  }
}

const isForbidden = (said: Said): boolean => 'refusal' in said && isRefusal(said.refusal, 'robots.forbidden')

function forbidden(
  { say }: ShopsCheck,
  site: Site,
  part: 'front' | 'search' | 'both',
  { request }: Said,
  { locale }: CheckContext,
): Finding {
  const facts = { name: site.name, site: site.label[locale], part, host: new URL(request.url).hostname }
  return { verdict: 'warning', sentence: say(locale, 'check.shop_forbidden', facts) }
}

function allowed({ say }: ShopsCheck, site: Site, said: Said, { locale }: CheckContext): Finding {
  const { answer, request } = said as Extract<Said, { answer: RobotsAnswer }>
  const facts = { site: site.label[locale], host: new URL(request.url).hostname, seconds: answer.delayMs / 1_000 }
  return { verdict: 'pass', sentence: say(locale, `check.shop_${answer.verdict}`, facts) }
}
