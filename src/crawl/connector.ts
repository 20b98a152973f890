import type { LookupFunction, Socket } from 'node:net'
import { buildConnector } from 'undici'
import { MAX_HOSTS } from '../budget/limits.ts'
import { Refusal } from '../errors.ts'
import type { AddressRules } from './address-rules.ts'
import { rangeOf } from './addresses.ts'
import type { LookUp } from './look-up.ts'

/** Between the attempts at a name's several addresses: Node's 250 ms gives up on a far host that only is slow. */
const ATTEMPT_MS = 2_000

interface ConnectorOptions {
  rules: AddressRules
  lookUp: LookUp
  connectMs: number
}

interface Connections {
  opened: number
  addressClass: string | null
}

/** undici's connector inside the second and the third wall. */
export function createConnector({ rules, lookUp, connectMs }: ConnectorOptions): {
  connector: buildConnector.connector
  connectionsTo: (hostname: string, port: number) => Connections
} {
  const byPort = new Map<number, buildConnector.connector>()
  const seen = new Map<string, Connections>()

  /** One for each port: a look-up function is not told the port, and the rules depend on it. */
  const connectorOf = (port: number): buildConnector.connector => {
    const known = byPort.get(port)
    if (known) return known
    const made = buildConnector({
      timeout: connectMs,
      lookup: checkedLookUp(rules, lookUp, port),
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: ATTEMPT_MS,
    } as buildConnector.BuildOptions)
    byPort.set(port, made)
    return made
  }

  const remember = (key: string, address: string): void => {
    const opened = (seen.get(key)?.opened ?? 0) + 1
    seen.delete(key)
    seen.set(key, { opened, addressClass: rangeOf(address) })
    if (seen.size > MAX_HOSTS) seen.delete(seen.keys().next().value!)
  }

  return {
    connectionsTo: (hostname, port) => seen.get(keyOf(hostname, port)) ?? { opened: 0, addressClass: null },
    connector(options, callback) {
      const port = Number(options.port || (options.protocol === 'https:' ? 443 : 80))
      try {
        // Node asks no look-up for a literal address, so the first wall stands here, too.
        rules.checkName(options.hostname, port)
      } catch (error) {
        return callback(error as Error, null)
      }
      let refused: Refusal | undefined
      // It returns its socket, though its type does not say so.
      const socket = connectorOf(port)(options, (...[error, connected]) => {
        if (refused) return callback(refused, null)
        if (error) return callback(error, null)
        remember(keyOf(options.hostname, port), connected.remoteAddress!)
        callback(null, connected)
      }) as unknown as Socket
      // Before all others: before a TLS handshake or a request puts the first byte on the wire.
      socket.prependOnceListener('connect', () => {
        refused = refusalOf(rules, options.hostname, socket.remoteAddress, port)
        if (refused) socket.destroy(refused)
      })
    },
  }
}

function refusalOf(
  rules: AddressRules,
  hostname: string,
  address: string | undefined,
  port: number,
): Refusal | undefined {
  // Already closed by the other side: an address that cannot be seen is not taken for a good one.
  if (address === undefined)
    return new Refusal('page.network', { host: hostname, cause: 'ECONNRESET', proxyHint: false })
  try {
    rules.checkAddress(hostname, address, port)
    return undefined
  } catch (error) {
    return error as Refusal
  }
}

/** The second wall: all addresses of the name are checked, and the connection uses these and no others. */
function checkedLookUp(rules: AddressRules, lookUp: LookUp, port: number): LookupFunction {
  return (hostname, options, callback) => {
    lookUp(hostname)
      .then((addresses) => {
        for (const { address } of addresses) rules.checkAddress(hostname, address, port)
        return addresses
      })
      .then(
        (addresses) =>
          options.all ? callback(null, addresses) : callback(null, addresses[0]!.address, addresses[0]!.family),
        (error) => callback(error, []),
      )
  }
}

const keyOf = (hostname: string, port: number): string => `${hostname.replace(/^\[|\]$/g, '')} ${port}`
