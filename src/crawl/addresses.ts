import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Addresses that count as public but answer with a cloud machine's secrets. */
const DENIED = new Set(['168.63.129.16']) // Azure's platform address; ipaddr.js calls it unicast

/** All public IPv6 addresses so far (RFC 4291 §2.4, IANA's registry); ipaddr.js calls `::127.0.0.1` unicast, too. */
const PUBLIC_IPV6 = ipaddr.parseCIDR('2000::/3')

/** The name of an address's range by ipaddr.js: `unicast` is the public Internet, everything else is special. */
export function rangeOf(address: string): string {
  const plain = ipaddr.parse(address)
  const isPublic = plain.kind() === 'ipv4' ? !DENIED.has(plain.toString()) : plain.match(PUBLIC_IPV6)
  const range = plain.range()
  return range === 'unicast' && !isPublic ? 'reserved' : range
}

/** Whether a host name of a parsed URL is an address in itself, without brackets; WHATWG has normalised its notation. */
export function literalOf(hostname: string): string | undefined {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  return isIP(bare) ? bare : undefined
}

/** Exact `address:port` pairs that the operator allows. */
export interface AllowedAddresses {
  has(address: string, port: number): boolean
  /** Whether any pair has this port: then a name may lead there, and its look-up decides. */
  hasPort(port: number): boolean
}

/**
 * Reads `address:port` pairs, IPv6 in brackets.
 * @throws RangeError for one that is none; the configuration has checked them before
 */
export function readAllowedAddresses(entries: readonly string[]): AllowedAddresses {
  const pairs = new Set<string>()
  const ports = new Set<number>()
  for (const entry of entries) {
    const [, address, port] = /^(.+):(\d{1,5})$/.exec(entry) ?? []
    const literal = address === undefined ? undefined : literalOf(address)
    if (literal === undefined) throw new RangeError(`not an address:port pair: ${entry}`)
    pairs.add(pairOf(literal, Number(port)))
    ports.add(Number(port))
  }
  return { has: (address, port) => pairs.has(pairOf(address, port)), hasPort: (port) => ports.has(port) }
}

const pairOf = (address: string, port: number): string => `${ipaddr.parse(address).toNormalizedString()} ${port}`
