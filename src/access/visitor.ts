import type { IncomingMessage } from 'node:http'
import ipaddr from 'ipaddr.js'

/** Where a request comes from and how, as far as the port and the proxies before it can tell. */
export interface Visitor {
  /** One machine's: an IPv4 address, or the /64 network of an IPv6 one, which one machine has to itself. */
  address: string
  /** How a browser reaches us: encrypted, in the clear on this very machine, or in the clear over a network. */
  way: 'https' | 'loopback' | 'http'
  /** scheme://host as a browser names it in Origin. */
  origin: string
}

export interface VisitorSettings {
  /** Proxies between the internet and the port, each of which appends to X-Forwarded-For (TRUST_PROXY). */
  trustProxy: number
  /** PUBLIC_URL. */
  publicUrl: string | null
}

/** Headers of proxies are believed only where TRUST_PROXY says that there are some: anybody can send them. */
export function visitorOf(request: IncomingMessage, { trustProxy, publicUrl }: VisitorSettings): Visitor {
  const peer = request.socket.remoteAddress ?? ''
  const host = request.headers.host ?? ''
  const address = network(forwardedFor(request, trustProxy) ?? peer)
  const isEncrypted =
    (trustProxy > 0 && lastOf(request.headers['x-forwarded-proto']) === 'https') ||
    (publicUrl !== null && publicUrl === `https://${host}`)
  if (isEncrypted) return { address, way: 'https', origin: `https://${host}` }
  const isHere = isLoopback(peer) && /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i.test(host)
  return { address, way: isHere && !isProxied(request) ? 'loopback' : 'http', origin: `http://${host}` }
}

/** The address that the outermost trusted proxy saw: the n-th from the end of X-Forwarded-For. */
function forwardedFor(request: IncomingMessage, trustProxy: number): string | undefined {
  if (trustProxy === 0) return undefined
  const hops = listOf(request.headers['x-forwarded-for'])
  const hop = hops.at(-trustProxy) ?? hops[0]
  return hop && ipaddr.isValid(hop) ? hop : undefined
}

const listOf = (header: string | string[] | undefined): string[] =>
  String(header ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)

const lastOf = (header: string | string[] | undefined): string | undefined => listOf(header).at(-1)

const isProxied = (request: IncomingMessage): boolean =>
  ['x-forwarded-for', 'x-forwarded-proto', 'forwarded'].some((name) => request.headers[name] !== undefined)

const isLoopback = (address: string): boolean =>
  ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback'

function network(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown'
  const parsed = ipaddr.process(address)
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString()
  return `${new ipaddr.IPv6([...parsed.parts.slice(0, 4), 0, 0, 0, 0]).toString()}/64`
}
