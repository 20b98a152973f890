import type { Budget } from '../../src/budget/budget.ts'
import type { RedisLink } from './link.ts'
import { createScript } from './script.ts'

/** A key without a turn for so long holds nobody back: above the longest rest that a host may ask for (a day). */
const FORGET_MS = 25 * 3_600_000
/** After Redis lost everything nobody knows who was just asked: for so long an unknown key counts as asked just now. */
const CAUTION_MS = 60_000

/**
 * The generic cell rate algorithm (ITU-T I.371) on Redis's own clock, the same as src/budget/in-memory.ts.
 * A lane is a hash { turn, paused }, in milliseconds. Returns the wait in milliseconds.
 */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local credit = (burst - 1) * interval
local born = tonumber(redis.call('GET', KEYS[2]))
if not born then
  born = now
  redis.call('SET', KEYS[2], now)
end
local lane = redis.call('HMGET', KEYS[1], 'turn', 'paused')
local turn, paused = tonumber(lane[1]), tonumber(lane[2]) or 0
if not turn then
  turn = -math.huge
  if now - born < tonumber(ARGV[3]) then turn = now + credit end
end
local from = now
if paused > now then from = paused + credit end
turn = math.max(turn + interval, from)
redis.call('HSET', KEYS[1], 'turn', string.format('%.3f', turn))
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return string.format('%.3f', math.max(0, turn - credit - now))
`

/** A pause never shortens another. */
const PAUSE = `
local time = redis.call('TIME')
local till = time[1] * 1000 + time[2] / 1000 + tonumber(ARGV[1])
local paused = tonumber(redis.call('HGET', KEYS[1], 'paused')) or 0
if till > paused then redis.call('HSET', KEYS[1], 'paused', string.format('%.3f', till)) end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
`

/** The budget of all processes together. Fails closed: while Redis is away, `take` throws and no request leaves. */
export function createRedisBudget({ link, prefix }: { link: RedisLink; prefix: string }): Budget {
  const keyOf = (key: string) => `${prefix}:budget:${key}`
  const born = `${prefix}:budget-born`
  const take = createScript(link, TAKE)
  const pause = createScript(link, PAUSE)
  return {
    async take(key, { intervalMs, burst }) {
      return Number(await take([keyOf(key), born], [intervalMs, burst, CAUTION_MS, FORGET_MS]))
    },
    async pause(key, ms) {
      await pause([keyOf(key)], [ms, FORGET_MS])
    },
  }
}
