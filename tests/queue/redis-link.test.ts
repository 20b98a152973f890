import { afterEach, beforeEach, expect, test } from 'vitest'
import { openRedisLink, type RedisLink } from '../../db/redis/link.ts'
import { hasRedis, startRedis, type TestRedis } from '../support/redis.ts'
import { suiteWhere } from '../support/suites.ts'
import { until } from '../support/until.ts'

suiteWhere(hasRedis, 'redis-server', 'the connections to Redis', () => {
  let redis: TestRedis
  let link: RedisLink
  let told: string[]

  beforeEach(async () => {
    redis = await startRedis()
    told = []
    link = openRedisLink({ url: redis.url, emit: (name) => void told.push(name) })
    await until(() => link.commands.status === 'ready', 'a connection')
  })
  afterEach(async () => {
    await link.close()
    await redis.stop()
  })

  test('are well again after an outage, whatever another connection tells late, and a second outage is told', async () => {
    await redis.kill()
    await until(() => link.trouble() === 'away', 'the outage')
    await redis.restart()
    await until(() => link.trouble() === null, 'its end')
    link.tell(new Error('could not renew lock for job 1'))
    expect(link.trouble()).toBeNull()
    await redis.kill()
    await until(() => link.trouble() === 'away', 'the second outage')
    expect(told).toEqual(['redis.away', 'redis.back', 'redis.away'])
  })

  test('to a Redis that is there and says nothing: told once as away, and as back with its next answer', async () => {
    const ask = () => link.answered(() => link.commands.ping())
    redis.freeze()
    await expect(ask()).rejects.toThrow(/did not answer|timed out/i)
    expect(link.trouble()).toBe('does not answer')
    await expect(ask()).rejects.toThrow(/did not answer|timed out/i)
    expect(told).toEqual(['redis.away'])
    redis.thaw()
    await ask()
    expect(link.trouble()).toBeNull()
    expect(told).toEqual(['redis.away', 'redis.back'])
  })
})
