import type { HostLine, Place, VisitEnd, Wish } from '../../src/budget/host-line.ts'
import { FORGET_HOST_MS, MAX_HOSTS } from '../../src/budget/limits.ts'
import type { Clock } from '../../src/clock.ts'
import {
  addWaiter,
  createLane,
  failWaiters,
  isBusy,
  type Lane,
  removeWaiter,
  rest,
  takeWaiter,
  type Unsaid,
  type Waiter,
  wantsOf,
} from './lane.ts'
import { type Call, createCall, createEars, type RedisLineParts } from './line-calls.ts'
import { BEAT_MS, type Grant, LEASE_MS } from './line-script.ts'

/** A line that ends with its process. */
export interface RedisLine extends HostLine {
  close(): void
}

/**
 * The hosts' lines of all processes together. A request costs two calls, one before it leaves and one after it has
 * ended; a turn that comes later is published to the process that has it, so nobody looks again and again. Every two
 * seconds a process says what it holds and who waits in it, which mends whatever was lost in between.
 */
export function createRedisLine(parts: RedisLineParts): RedisLine {
  const { clock } = parts
  const lanes = createLanes(parts)
  const call: Call = createCall(parts, (lane, grant) => slots.take(lane, grant))
  const slots = createSlots(call, clock)
  const listen = createEars(parts, (news) => {
    const lane = lanes.known(news.host)
    if (!lane) return
    if ('grant' in news) slots.take(lane, news.grant)
    else rest(lane, clock.monotonic() + news.restMs)
  })
  const beating = setInterval(() => {
    for (const lane of lanes.all()) if (isBusy(lane)) void slots.beat(lane)
  }, BEAT_MS)
  beating.unref()

  return {
    async join(wish) {
      wish.signal.throwIfAborted()
      await listen()
      const lane = lanes.of(wish.host)
      if (wish.delayMs !== undefined) lane.delayMs = wish.delayMs
      const standing = stand(lane, wish, {
        placeAt: (slot, wait) => placeAt(lane, { user: wish.turn, slot, wait }, { clock, call, leave: slots.leave }),
        left: () => void call(lane, 'cancel', { user: wish.turn }).catch(() => undefined),
      })
      try {
        await call(lane, 'ask', { user: wish.turn })
      } catch (error) {
        standing.giveUp(error)
        standing.place.then(
          (place) => place.leave({ kind: 'nothing' }), // its turn had come all the same
          () => undefined,
        )
        throw error
      }
      return standing
    },
    complain: (host, cause) => void call(lanes.of(host), 'complain', {}, cause).catch(() => undefined),
    paceOf: (host) => {
      const { intervalMs, atOnce } = lanes.of(host)
      return { intervalMs, atOnce }
    },
    close: () => clearInterval(beating),
  }
}

/** The slots that this process is given and gives back. */
function createSlots(call: Call, clock: Clock) {
  const say = async (lane: Lane, slot: string, unsaid: Unsaid): Promise<void> => {
    const { end, restUntil } = unsaid
    const afterMs = Math.max(0, restUntil - clock.monotonic())
    unsaid.isUnderway = true
    try {
      await call(lane, 'leave', { slot, end: end.kind, afterMs }, end.kind === 'complaint' ? end.cause : '')
      lane.unsaid.delete(slot)
    } catch {
      unsaid.isUnderway = false // the next beat says it again
      rest(lane, restUntil)
    }
  }

  const leave = (lane: Lane, slot: string, end: VisitEnd): void => {
    const afterMs = end.kind === 'complaint' ? (end.retryAfterMs ?? 0) : 0
    const unsaid = { end, restUntil: clock.monotonic() + afterMs, isUnderway: true }
    lane.held.delete(slot)
    lane.unsaid.set(slot, unsaid)
    void say(lane, slot, unsaid)
  }

  return {
    leave,
    /** Gives a slot to the user's first waiting request, or back. */
    take(lane: Lane, [user, slot, wait]: Grant): void {
      if (lane.held.has(slot) || lane.unsaid.has(slot)) return
      const waiter = takeWaiter(lane, user)
      if (waiter) {
        lane.held.set(slot, user)
        waiter.go(slot, wait)
      } else leave(lane, slot, { kind: 'nothing' })
    },
    /** Says what this process holds and who waits in it. */
    async beat(lane: Lane): Promise<void> {
      for (const [slot, unsaid] of lane.unsaid) if (!unsaid.isUnderway) void say(lane, slot, unsaid)
      try {
        await call(lane, 'beat', { held: Object.fromEntries(lane.held), wants: wantsOf(lane) })
      } catch (error) {
        failWaiters(lane, error)
      }
    },
  }
}

/** One request in the line of this process. */
function stand(
  lane: Lane,
  { turn, signal }: Wish,
  on: { placeAt(slot: string, wait: number): Place; left(): void },
): { place: Promise<Place>; giveUp(error: unknown): void } {
  let giveUp: (error: unknown) => void = () => undefined
  const place = new Promise<Place>((resolve, reject) => {
    const abort = () => {
      if (!removeWaiter(lane, waiter)) return
      reject(signal.reason)
      on.left()
    }
    const waiter: Waiter = {
      user: turn,
      go: (slot, wait) => {
        signal.removeEventListener('abort', abort)
        resolve(on.placeAt(slot, wait))
      },
      fail: (error) => {
        signal.removeEventListener('abort', abort)
        reject(error)
      },
    }
    giveUp = (error) => {
      removeWaiter(lane, waiter)
      waiter.fail(error)
    }
    signal.addEventListener('abort', abort, { once: true })
    addWaiter(lane, waiter)
  })
  place.catch(() => undefined) // whoever joined hears it
  return { place, giveUp }
}

function placeAt(
  lane: Lane,
  { user, slot, wait }: { user: string; slot: string; wait: number },
  { clock, call, leave }: { clock: Clock; call: Call; leave(lane: Lane, slot: string, end: VisitEnd): void },
): Place {
  let moment = wait < 0 ? undefined : { at: clock.monotonic() + wait, pausedUntil: lane.pausedUntil }
  let hasMoment = moment !== undefined
  return {
    restMs: () => Math.max(0, lane.pausedUntil - clock.monotonic()),
    async reserve() {
      const reserved = moment
      moment = undefined
      // a rest that came since made the moment void
      if (reserved && reserved.pausedUntil === lane.pausedUntil) return Math.max(0, reserved.at - clock.monotonic())
      const reply = await call(lane, 'turn', { slot, user })
      const waitMs = reply.wait ?? -1
      hasMoment = !reply.isLost && waitMs >= 0
      return Math.max(0, waitMs)
    },
    isGood: () => hasMoment && lane.pausedUntil <= clock.monotonic() && clock.monotonic() - lane.heardAt < LEASE_MS,
    leave: (end) => {
      if (lane.held.has(slot)) leave(lane, slot, end)
    },
  }
}

/** The lanes of hosts; the longest unused are forgotten when there are too many. */
function createLanes({ clock, rate }: RedisLineParts) {
  const lanes = new Map<string, Lane>()
  const sweep = () => {
    for (const [host, lane] of lanes) {
      const isOver = clock.monotonic() - lane.usedAt >= FORGET_HOST_MS && lane.pausedUntil <= clock.monotonic()
      if (isOver && !isBusy(lane)) lanes.delete(host)
    }
  }
  return {
    all: () => lanes.values(),
    known: (host: string) => lanes.get(host),
    of(host: string): Lane {
      if (!lanes.has(host) && lanes.size >= MAX_HOSTS) sweep()
      const lane = lanes.get(host) ?? createLane(host, rate)
      lanes.set(host, lane)
      lane.usedAt = clock.monotonic()
      return lane
    },
  }
}
