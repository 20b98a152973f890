import type { buildConnector } from 'undici'
import { Refusal } from '../errors.ts'
import { type AddressRuleOptions, createRules } from './address-rules.ts'
import { literalOf } from './addresses.ts'
import { createConnector } from './connector.ts'
import { HTTP_LIMITS, MAX_URL_LENGTH } from './http-limits.ts'
import { createLookUp, type LookUp } from './look-up.ts'
import { checkScheme, hasUserInfo, parseRawAddress } from './raw-address.ts'

export interface GuardOptions extends AddressRuleOptions {
  /** Answers a name with all its addresses; the system's resolver unless a test hands one in. */
  lookup?: LookUp
  limits?: { lookUpMs: number; connectMs: number }
}

/** The one gate for addresses. Three walls: the parsed host, every address of its name, the address of the socket. */
export interface Guard {
  /**
   * For text from outside (a person, a Location header).
   * @throws Refusal of a `url.…`, `address.forbidden` or `host.blocked` code
   */
  checkRaw(text: string): URL
  /** The first wall, without a look-up. @throws like `checkRaw` */
  check(url: URL): void
  /** The block list alone; for the public host where another one is really asked. @throws Refusal `host.blocked` */
  checkHost(hostname: string): void
  /** The first two walls, for an answer before a job is made. @throws Refusal also `page.dns`, `page.network`, `page.timeout` */
  checkNames(url: URL): Promise<void>
  /** Connects for undici, behind all three walls. */
  connector: buildConnector.connector
  /** What is known of connections to the URL's host and port: how many were opened, and the last one's range. */
  connectionsTo(url: URL): { opened: number; addressClass: string | null }
}

/** @throws RangeError for a malformed `address:port` pair */
export function createGuard(options: GuardOptions): Guard {
  const limits = options.limits ?? HTTP_LIMITS
  const rules = createRules(options)
  const lookUp = createLookUp({ lookUpMs: limits.lookUpMs, ...(options.lookup && { lookup: options.lookup }) })
  const { connector, connectionsTo } = createConnector({ rules, lookUp, connectMs: limits.connectMs })

  const check = (url: URL): void => {
    checkScheme(url)
    if (url.href.length > MAX_URL_LENGTH) {
      throw new Refusal('url.too_long', { length: url.href.length, max: MAX_URL_LENGTH })
    }
    if (hasUserInfo(url)) throw new Refusal('url.credentials', { host: url.hostname })
    rules.checkName(url.hostname, portOf(url))
  }

  return {
    check,
    connector,
    checkHost: rules.checkHost,
    connectionsTo: (url) => connectionsTo(url.hostname, portOf(url)),
    checkRaw(text) {
      const url = parseRawAddress(text)
      check(url)
      return url
    },
    async checkNames(url) {
      check(url)
      if (literalOf(url.hostname)) return
      const addresses = await lookUp(url.hostname)
      for (const { address } of addresses) rules.checkAddress(url.hostname, address, portOf(url))
    },
  }
}

/** The port that a URL asks, also when it is the scheme's own. */
export const portOf = (url: URL): number => Number(url.port || (url.protocol === 'https:' ? 443 : 80))
