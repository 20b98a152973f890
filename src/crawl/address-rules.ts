import { Refusal } from '../errors.ts'
import { type AllowedAddresses, literalOf, rangeOf, readAllowedAddresses } from './addresses.ts'

const ALLOW_SETTING = 'CRAWL_ALLOW_ADDRESSES'
const PORTS_SETTING = 'CRAWL_PORTS'

export interface AddressRuleOptions {
  /** Exact `address:port` pairs, IPv6 in brackets; each permits its port as well. */
  allowAddresses: readonly string[]
  /** Ports of public addresses. */
  ports: readonly number[]
  /** Hosts that are never crawled, with everything below them. */
  blockHosts: readonly string[]
}

/** What the guard decides, without any network. */
export interface AddressRules {
  /** @throws Refusal `host.blocked` */
  checkHost(hostname: string): void
  /** @throws Refusal for a host name or literal that must not be asked at this port */
  checkName(hostname: string, port: number): void
  /** @throws Refusal for an address, of a look-up or of a socket, that must not be connected at this port */
  checkAddress(hostname: string, address: string, port: number): void
}

/** @throws RangeError for a malformed `address:port` pair */
export function createRules({ allowAddresses, ports, blockHosts }: AddressRuleOptions): AddressRules {
  const allowed = readAllowedAddresses(allowAddresses)
  const isBlocked = createBlockList(blockHosts)

  const checkHost = (hostname: string): void => {
    if (isBlocked(hostname)) throw new Refusal('host.blocked', { host: hostname })
  }
  const checkAddress = (hostname: string, address: string, port: number): void => {
    if (allowed.has(address, port)) return
    if (rangeOf(address) !== 'unicast') {
      throw new Refusal('address.forbidden', { host: hostname, setting: ALLOW_SETTING })
    }
    if (!ports.includes(port)) throw new Refusal('url.port', { host: hostname, port, setting: PORTS_SETTING })
  }
  return {
    checkHost,
    checkAddress,
    checkName(hostname, port) {
      checkHost(hostname)
      const literal = literalOf(hostname)
      if (literal) return checkAddress(hostname, literal, port)
      if (isLocalName(hostname) && !isLoopbackAllowed(allowed, port)) {
        throw new Refusal('address.forbidden', { host: hostname, setting: ALLOW_SETTING })
      }
      if (!ports.includes(port) && !allowed.hasPort(port)) {
        throw new Refusal('url.port', { host: hostname, port, setting: PORTS_SETTING })
      }
    },
  }
}

/** RFC 6761 §6.3: these names mean this machine, whatever a resolver says. */
const isLocalName = (hostname: string): boolean => /(^|\.)localhost\.?$/i.test(hostname)

const isLoopbackAllowed = (allowed: AllowedAddresses, port: number): boolean =>
  allowed.has('127.0.0.1', port) || allowed.has('::1', port)

function createBlockList(hosts: readonly string[]): (hostname: string) => boolean {
  const blocked = hosts.map(bareHost).filter((host) => host !== '')
  return (hostname) => {
    const host = bareHost(hostname)
    return blocked.some((entry) => host === entry || host.endsWith(`.${entry}`))
  }
}

const bareHost = (hostname: string): string => hostname.toLowerCase().replace(/^\.|\.$/g, '')
