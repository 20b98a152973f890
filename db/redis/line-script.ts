import {
  ANSWERS_TO_RECOVER,
  ANSWERS_TO_TRUST,
  FORGET_HOST_MS,
  MAX_SLOWED_INTERVAL_MS,
} from '../../src/budget/limits.ts'

/** A process that says nothing for so long has lost its slots and its places in lines. */
export const LEASE_MS = 6_000
/** How often a process that holds or waits says so, and hears what it has missed. */
export const BEAT_MS = 2_000
/** The longest rest that a host may ask for, with an hour to spare; what is known of it is kept so long. */
const LONGEST_REST_MS = 25 * 3_600_000
/** After Redis lost everything nobody knows who was just asked: for so long an unknown host counts as asked just now. */
const CAUTION_MS = 60_000
/** A process remembers a rest a little otherwise than Redis: only one that is longer by this was lost. */
const REST_DIFFERS_MS = 1_000
/** Who has lost a slot and finds no other free looks again after this. */
const LOOK_AGAIN_MS = 250

/** What a process sends; what it remembers of the host stands in for a Redis that lost it. */
export interface LineCall {
  op: 'ask' | 'cancel' | 'leave' | 'turn' | 'beat' | 'complain'
  /** This process. */
  me: string
  host: string
  /** Before the name of a process: the channel on which it hears of its turns. */
  channel: string
  rate: number
  concurrency: number
  slowness: number
  restMs: number
  /** Crawl-delay, when it is known. */
  delayMs?: number | undefined
  user?: string
  slot?: string
  end?: 'good' | 'nothing' | 'complaint'
  /** Retry-After of a complaint. */
  afterMs?: number
  /** Slots that this process has, and whose turn they are. */
  held?: Record<string, string>
  /** How many of each user's requests wait in this process. */
  wants?: [user: string, count: number][]
}

/** A slot for one of a user's requests; `wait` milliseconds until its moment, below 0 when none is reserved yet. */
export type Grant = [user: string, slot: string, wait: number]

/** What Redis answers. */
export interface LineReply {
  /** For this process. An empty list comes as an object. */
  grants: Grant[] | Record<string, never>
  restMs: number
  intervalMs: number
  atOnce: number
  slowness: number
  /** Of `turn`: as in a grant. */
  wait?: number
  /** Of `turn`: the slot went to somebody else meanwhile. */
  isLost?: boolean
  isSlowed?: boolean
  isRecovered?: boolean
}

/** What a process is told on its channel: a grant, or that a host rests. */
export type LineNews = { host: string; grant: Grant } | { host: string; restMs: number }

/**
 * A host's line: one step of it at a time, on Redis's own clock. All times are milliseconds.
 *
 * KEYS: 1 the host (hash: pace as src/budget/pace.ts, rate as src/budget/in-memory.ts) · 2 processes (hash: until when
 * each is taken to live) · 3 slots (hash: "process moment user") · 4 the round (sorted set: users in the order of their
 * turns) · 5 who waits (hash by user: [[process, requests], …]) · 6 when this Redis was first used.
 */
export const LINE = `
local lane, processes, slots, round, waiters, first_used = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local call = cjson.decode(ARGV[1])
local me, user, slot = call.me, call.user, call.slot
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local reply = { grants = {} }

local kept = redis.call('HMGET', lane, 'turn', 'paused', 'number', 'last', 'slowness', 'answers', 'row', 'delay', 'used')
local turn, paused, number, last = tonumber(kept[1]), tonumber(kept[2]) or 0, tonumber(kept[3]) or 0, kept[4] or ''
local slowness, answers = tonumber(kept[5]) or 1, tonumber(kept[6]) or 0
local row, delay = tonumber(kept[7]) or 0, tonumber(kept[8]) or 0
if not turn then
  local born = tonumber(redis.call('GET', first_used))
  if not born then
    born = now
    redis.call('SET', first_used, now)
  end
  turn = now - born < ${CAUTION_MS} and now or 0
  slowness = call.slowness
elseif now - tonumber(kept[9]) >= ${FORGET_HOST_MS} then
  slowness, answers, row, delay = 1, 0, 0, 0
end
-- a clock that was set back must not hold anybody longer than the pace explains
if turn > now + (call.concurrency + 1) * math.max(1000 / call.rate, ${MAX_SLOWED_INTERVAL_MS}) then turn = now end
if paused > now + ${LONGEST_REST_MS} then paused = now end
if call.delayMs then delay = call.delayMs end

local function base() return math.max(1000 / call.rate, delay) end
local function interval() return math.max(base(), math.min(base() * slowness, ${MAX_SLOWED_INTERVAL_MS})) end
local function at_once()
  if answers < ${ANSWERS_TO_TRUST} or slowness > 1 or delay > 0 then return 1 end
  return call.concurrency
end
local function reserve()
  if paused > now then return -1 end
  turn = math.max(turn + interval(), now)
  return turn - now
end

if call.op ~= 'complain' then redis.call('HSET', processes, me, string.format('%.3f', now + ${LEASE_MS})) end
local lives = {}
local listed = redis.call('HGETALL', processes)
for at = 1, #listed, 2 do
  local left = tonumber(listed[at + 1]) - now
  lives[listed[at]] = left > 0 and left < ${2 * LEASE_MS} -- more: the clock was set back
end

local function tell(process, news)
  news.host = call.host
  return redis.call('PUBLISH', call.channel .. process, cjson.encode(news)) > 0
end

local function pause(ms)
  paused = now + ms
  for process, is_alive in pairs(lives) do
    if is_alive and process ~= me then tell(process, { restMs = ms }) end
  end
end
if call.restMs > 0 and now + call.restMs > paused + ${REST_DIFFERS_MS} then pause(call.restMs) end

local function settle(kind, after)
  if kind == 'good' then
    answers, row = answers + 1, row + 1
    if slowness > 1 and row >= ${ANSWERS_TO_RECOVER} then
      slowness, row, reply.isRecovered = slowness / 2, 0, true
    end
  elseif kind == 'complaint' then
    answers, row = answers + 1, 0
    local before = interval()
    if base() * slowness < ${MAX_SLOWED_INTERVAL_MS} then slowness = slowness * 2 end
    reply.isSlowed = interval() > before
    if after > 0 and now + after > paused then pause(after) end
  end
end

local function to_end(of)
  number = number + 1
  redis.call('ZADD', round, number, of)
end
local function waiting(of) return cjson.decode(redis.call('HGET', waiters, of) or '[]') end
local function keep(of, list)
  if #list == 0 then
    redis.call('HDEL', waiters, of)
    redis.call('ZREM', round, of)
  else
    redis.call('HSET', waiters, of, cjson.encode(list))
    if not redis.call('ZSCORE', round, of) then to_end(of) end
  end
end
local function want(of, change)
  local list = waiting(of)
  local mine
  for at, entry in ipairs(list) do if entry[1] == me then mine = at end end
  local count = change(mine and list[mine][2] or 0)
  if mine and count == list[mine][2] then return end
  if mine and count > 0 then list[mine][2] = count end
  if mine and count <= 0 then table.remove(list, mine) end
  if not mine and count > 0 then list[#list + 1] = { me, count } end
  keep(of, list)
end

local function held()
  local count = 0
  local taken = redis.call('HGETALL', slots)
  for at = 1, #taken, 2 do
    if lives[taken[at + 1]:match('^%S+')] then count = count + 1 else redis.call('HDEL', slots, taken[at]) end
  end
  return count
end

-- whose turn it is: who was served last goes after everybody else, also when back in the line first
local function next_user()
  local first = redis.call('ZRANGE', round, 0, 1)
  if #first > 1 and first[1] == last then
    to_end(last)
    return first[2]
  end
  return first[1]
end
local deaf = {}
local function next_process(of)
  local list = waiting(of)
  local found
  while #list > 0 and not found do
    local entry = table.remove(list, 1)
    if lives[entry[1]] and not deaf[entry[1]] then
      found = entry[1]
      if entry[2] > 1 then list[#list + 1] = { found, entry[2] - 1 } end
    end
  end
  keep(of, list)
  if found and #list > 0 then to_end(of) end
  return found
end

local function hand_out()
  local of = next_user()
  if not of then return end
  local count = held()
  while of and count < at_once() do
    local process = next_process(of)
    if process then
      local before = turn
      local grant = { of, string.format('%d-%s%06d', number, time[1], time[2]), reserve() }
      number = number + 1
      if process == me then
        reply.grants[#reply.grants + 1] = grant
      elseif not tell(process, { grant = grant }) then
        turn, deaf[process], process = before, true, nil -- its next beat puts it back into the line
      end
      if process then
        local moment = grant[3] < 0 and 0 or now + grant[3]
        redis.call('HSET', slots, grant[2], string.format('%s %.3f %s', process, moment, of))
        count, last = count + 1, of
      end
    end
    of = next_user()
  end
end

local function beat()
  for process, is_alive in pairs(lives) do if not is_alive then redis.call('HDEL', processes, process) end end
  local unheard = {}
  local taken = redis.call('HGETALL', slots)
  for at = 1, #taken, 2 do
    local process, moment, of = taken[at + 1]:match('^(%S+) (%S+) (.*)$')
    if process == me and not call.held[taken[at]] then
      local wait = tonumber(moment) == 0 and -1 or math.max(0, tonumber(moment) - now)
      reply.grants[#reply.grants + 1] = { of, taken[at], wait }
      unheard[of] = (unheard[of] or 0) + 1
    end
  end
  for id, of in pairs(call.held) do redis.call('HSETNX', slots, id, me .. ' 0 ' .. of) end
  for _, entry in ipairs(call.wants) do
    want(entry[1], function() return entry[2] - (unheard[entry[1]] or 0) end)
  end
end

if call.op == 'ask' then
  want(user, function(count) return count + 1 end)
elseif call.op == 'cancel' then
  want(user, function(count) return count - 1 end)
elseif call.op == 'leave' then
  local had = redis.call('HDEL', slots, slot)
  if had == 1 or call['end'] == 'complaint' then settle(call['end'], call.afterMs or 0) end
elseif call.op == 'complain' then
  settle('complaint', 0)
elseif call.op == 'turn' then
  if redis.call('HEXISTS', slots, slot) == 0 and held() >= at_once() then
    reply.isLost, reply.wait = true, math.max(interval(), ${LOOK_AGAIN_MS})
  else
    reply.wait = reserve()
    redis.call('HSET', slots, slot, string.format('%s %.3f %s', me, reply.wait < 0 and 0 or turn, user))
  end
elseif call.op == 'beat' then
  beat()
end
hand_out()

redis.call('HSET', lane, 'turn', string.format('%.3f', turn), 'paused', string.format('%.3f', paused),
  'number', number, 'last', last, 'slowness', slowness, 'answers', answers, 'row', row, 'delay', delay,
  'used', string.format('%.3f', now))
redis.call('PEXPIRE', lane, ${LONGEST_REST_MS})
if call.op == 'ask' or call.op == 'beat' then
  for at = 2, 5 do redis.call('PEXPIRE', KEYS[at], ${10 * LEASE_MS}) end
end
reply.restMs, reply.intervalMs = math.max(0, paused - now), interval()
reply.atOnce, reply.slowness = at_once(), slowness
return cjson.encode(reply)
`
