import { Redis } from 'ioredis'
import { type Connection, LookFailed, type RedisLook } from '../../src/upkeep/check-storage.ts'

/** The oldest major version that the queue is made for. */
const OLDEST_MAJOR = 7
/** Questions by which the latency is measured. */
const LOOKS = 3

/** How a Redis would be reached. */
export function connectionToRedis(url: string): Connection {
  const { hostname, host, port, protocol, password } = new URL(url)
  return {
    ...{ server: port ? host : `${host}:6379`, host: hostname },
    ...{ isEncrypted: protocol === 'rediss:', isVerified: true, hasPassword: password !== '' },
  }
}

/**
 * Looks at a Redis over one connection, and changes nothing.
 * @throws LookFailed with what Redis, the network or the signal said as its cause
 */
export async function lookAtRedis(url: string, signal: AbortSignal): Promise<RedisLook> {
  const connection = connectionToRedis(url)
  const { server } = connection
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 })
  let told: unknown
  redis.on('error', (error) => {
    told ??= error
  })
  const tooLong = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  try {
    const { info, ms } = await Promise.race([factsOf(redis), tooLong])
    const version = /^redis_version:(\S+)/m.exec(info)?.[1] ?? '?'
    return {
      connection,
      version: `Redis ${version}`,
      isTooOld: Number.parseInt(version, 10) < OLDEST_MAJOR,
      evictionPolicy: /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? 'noeviction',
      ms,
    }
  } catch (error) {
    throw new LookFailed(server, told ?? error) // the library's own says only that the connection is closed
  } finally {
    tooLong.catch(() => undefined)
    redis.disconnect()
  }
}

async function factsOf(redis: Redis): Promise<{ info: string; ms: number }> {
  await redis.connect()
  const info = `${await redis.info('server')}\n${await redis.info('memory')}`
  let ms = Number.POSITIVE_INFINITY
  for (let look = 0; look < LOOKS; look++) {
    const startedAt = performance.now()
    await redis.ping()
    ms = Math.min(ms, performance.now() - startedAt)
  }
  return { info, ms }
}
