// Preload: the resolver answers ipv4only.arpa as behind the NAT64 whose prefix stands in NAT64_PREFIX.
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'

const { lookup } = dns.promises
dns.promises.lookup = async (name, options) => {
  if (name !== 'ipv4only.arpa') return lookup(name, options)
  return [{ address: `${process.env.NAT64_PREFIX}c000:aa`, family: 6 }]
}
syncBuiltinESMExports()
