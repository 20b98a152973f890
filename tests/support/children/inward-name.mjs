// Preload: the name shop.test is at 127.0.0.1, as a hostile name server would say.
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'

const { lookup } = dns
const inward = [{ address: '127.0.0.1', family: 4 }]
dns.lookup = (name, options, done) => {
  if (name !== 'shop.test') return lookup(name, options, done)
  if (options?.all) queueMicrotask(() => done(null, inward))
  else queueMicrotask(() => done(null, '127.0.0.1', 4))
}
const resolve = dns.promises.lookup
dns.promises.lookup = async (name, options) => {
  if (name !== 'shop.test') return resolve(name, options)
  return options?.all ? inward : inward[0]
}
syncBuiltinESMExports()
