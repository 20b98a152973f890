import { lookup } from 'node:dns/promises'
import ipaddr from 'ipaddr.js'
import type { Clock } from '../clock.ts'
import { rangeOf } from '../crawl/addresses.ts'
import type { Say } from '../messages/say.ts'
import { askSignal, type Check, type CheckContext, causeOf } from './finding.ts'

/** PUBLIC_URL: whether this very service answers there, asked from this machine. */
export const checkPublicUrl =
  (port: number, say: Say): Check =>
  async (context) => {
    const { locale, publicUrl: address, isServing } = context
    if (address === null) return [{ verdict: 'note', sentence: say(locale, 'check.public_none') }]
    const answer = await fetch(`${address}/healthz`, { redirect: 'manual', signal: askSignal(context) }).then(
      async (response) => ({ status: response.status, isOurs: response.ok && (await response.text()) === 'ok' }),
      (error) => ({ cause: causeOf(error) }),
    )
    if ('cause' in answer) {
      const facts = { address, port, cause: answer.cause }
      return isServing
        ? [{ verdict: 'failure', sentence: say(locale, 'check.public_silent', facts) }]
        : [{ verdict: 'warning', sentence: say(locale, 'check.public_idle', facts) }]
    }
    if (!answer.isOurs) {
      const sentence = say(locale, 'check.public_other', { address, port, status: answer.status })
      return [{ verdict: isServing ? 'failure' : 'warning', sentence }]
    }
    return [
      address.startsWith('https:')
        ? { verdict: 'pass', sentence: say(locale, 'check.public_ok', { address }) }
        : { verdict: 'warning', sentence: say(locale, 'check.public_plain', { address }) },
    ]
  }

/** RFC 7050: these addresses, in an IPv6 form, are what a NAT64 makes of the name ipv4only.arpa. */
const WELL_KNOWN = ['192.0.0.170', '192.0.0.171']
const PROBE = 'ipv4only.arpa'
/** RFC 6052 §2.2: lengths of a prefix, and which bytes then hold the IPv4 address. */
const FORMS: [length: number, bytes: [number, number, number, number]][] = [
  [96, [12, 13, 14, 15]],
  [64, [9, 10, 11, 12]],
  [56, [7, 9, 10, 11]],
  [48, [6, 7, 9, 10]],
  [40, [5, 6, 7, 9]],
  [32, [4, 5, 6, 7]],
]

/** A NAT64: its prefix can hide a private address, which the guard takes for a public one. */
export const checkNat64 =
  (say: Say): Check =>
  async (context) => {
    const { locale } = context
    const found = await Promise.race([addressesOfProbe(), tooLate(askSignal(context))])
    if (found === undefined) return [{ verdict: 'note', sentence: say(locale, 'check.nat64_unknown') }]
    const prefixes = [...new Set(found.map(prefixOf).filter((prefix) => prefix !== undefined))]
    if (prefixes.length === 0) return [{ verdict: 'pass', sentence: say(locale, 'check.nat64_none') }]
    return prefixes.map((prefix) => {
      const isSeen = rangeOf(prefix.split('/')[0]!) !== 'unicast'
      const key = isSeen ? 'check.nat64_refused' : 'check.nat64_hidden'
      return { verdict: 'warning', sentence: say(locale, key, { prefix }) }
    })
  }

/** @returns undefined where the resolver cannot be asked */
async function addressesOfProbe(): Promise<string[] | undefined> {
  try {
    return (await lookup(PROBE, { all: true, family: 6 })).map(({ address }) => address)
  } catch (error) {
    return ['ENOTFOUND', 'ENODATA'].includes(causeOf(error)) ? [] : undefined
  }
}

const tooLate = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }))

/** The prefix of an address that holds one of the well-known ones, e.g. `2001:db8:64::/96`. */
function prefixOf(address: string): string | undefined {
  const bytes = ipaddr.parse(address).toByteArray()
  if (bytes.length !== 16) return undefined
  for (const [length, places] of FORMS) {
    if (!WELL_KNOWN.includes(places.map((place) => bytes[place]).join('.'))) continue
    const prefix = bytes.map((byte, index) => (index < length / 8 ? byte : 0))
    return `${ipaddr.fromByteArray(prefix)}/${length}`
  }
  return undefined
}

/** A proxy in the environment: what goes through it, and what does not. */
export const checkProxy =
  (env: NodeJS.ProcessEnv, say: Say): Check =>
  async ({ locale }) => {
    const proxy = env.HTTPS_PROXY ?? env.https_proxy ?? env.HTTP_PROXY ?? env.http_proxy
    if (!proxy) return []
    const host = URL.canParse(proxy) ? new URL(proxy).host : '?' // a name and a password may stand in it
    return [{ verdict: 'warning', sentence: say(locale, 'check.proxy', { host }) }]
  }

/** Slack refuses requests that are five minutes off, and so does this program. */
const SKEW_FAILS_SECONDS = 300
const SKEW_WARNS_SECONDS = 30

/** Hears the clocks of those who answer, and compares this machine's with them. */
export function createClockCheck(clock: Clock, say: Say): { hearDate: CheckContext['hearDate']; check: Check } {
  const heard: { host: string; seconds: number }[] = []
  return {
    hearDate(host, date) {
      const at = Date.parse(date ?? '')
      if (Number.isFinite(at)) heard.push({ host, seconds: Math.round((clock.now() - at) / 1_000) })
    },
    async check({ locale }) {
      if (heard.length === 0) return [{ verdict: 'note', sentence: say(locale, 'check.clock_unknown') }]
      // one server's clock may be wrong itself: the one in the middle is believed
      const { host, seconds } = heard.sort((a, b) => a.seconds - b.seconds)[Math.floor(heard.length / 2)]!
      const facts = { host, seconds: Math.abs(seconds), isAhead: seconds > 0 }
      if (facts.seconds <= SKEW_WARNS_SECONDS)
        return [{ verdict: 'pass', sentence: say(locale, 'check.clock_ok', facts) }]
      const verdict = facts.seconds < SKEW_FAILS_SECONDS ? 'warning' : 'failure'
      return [{ verdict, sentence: say(locale, 'check.clock_off', facts) }]
    },
  }
}
