import type { Clock } from '../clock.ts'
import { Refusal } from '../errors.ts'
import { newId } from '../ids.ts'
import type { Emit } from '../telemetry/events.ts'
import { backoff } from './backoff.ts'
import { type Bell, createBell } from './bell.ts'
import { CallFailed, CallTimeout, HoldOver, Stopping } from './calls.ts'
import { type Delivered, type Delivery, type DeliveryParts, deliver } from './delivery.ts'
import { DELIVERIES, GIVE_UP_MS, HOLD_MS, LOOK_MS, MAX_BACKOFF_MS, POLL_MS } from './limits.ts'
import { createLoop, type Loop, loopsAsOne } from './loops.ts'
import { type Platform, PlatformDown, RateLimited } from './platform.ts'
import type { Standing } from './standing.ts'
import type { Entry } from './store.ts'
import { KeyBusy } from './turns.ts'

/** Delivers what jobs owe to chat: at least once, in order inside a thread, many threads at once. */
export type Outbox = Loop

export interface OutboxParts extends DeliveryParts {
  platforms: Platform[]
  standing: Standing
  clock: Clock
  emit: Emit
  /** Names this process in claims. */
  holder: string
  /** No other process uses the storage: what another holder has claimed is taken at once, as that one is dead. */
  isAlone: boolean
  random?: () => number
}

/** The outbox over these parts. */
export const createOutbox = (parts: OutboxParts): Outbox =>
  loopsAsOne(parts.platforms.map((platform) => deliveriesOf(parts, platform)))

function deliveriesOf(parts: OutboxParts, platform: Platform): Loop {
  const bell = createBell(parts.clock)
  const inFlight = new Set<Promise<void>>()
  return createLoop({
    bell,
    begin: async () => {
      if (parts.isAlone) await takeOver(parts, platform)
    },
    async turn(isStopping) {
      const entries = await claim(parts, platform, DELIVERIES - inFlight.size)
      for (const entry of entries) {
        const delivery = handle(parts, { entry, platform, until: parts.clock.monotonic() + HOLD_MS }).finally(() => {
          inFlight.delete(delivery)
          bell.ring() // the thread's next entry can follow
        })
        inFlight.add(delivery)
      }
      if (entries.length === 0 && !isStopping()) await rest(parts, platform, bell, inFlight.size < DELIVERIES)
    },
    isOver: () => parts.standing.isDown(platform.name),
    end: () => Promise.all(inFlight),
  })
}

async function takeOver(parts: OutboxParts, platform: Platform): Promise<void> {
  try {
    await parts.store.takeOver([platform.name], parts.holder)
  } catch (error) {
    tellFault(parts, error) // their claims run out by themselves
  }
}

async function claim(parts: OutboxParts, platform: Platform, room: number): Promise<Entry[]> {
  if (room <= 0) return []
  try {
    return await parts.store.claim([platform.name], parts.holder, room, HOLD_MS)
  } catch (error) {
    tellFault(parts, error)
    return []
  }
}

async function rest(parts: OutboxParts, platform: Platform, bell: Bell, hasRoom: boolean): Promise<void> {
  await parts.clock.sleep(LOOK_MS)
  const due = hasRoom ? await parts.store.nextDueInMs([platform.name]).catch(() => undefined) : undefined
  await bell.wait(Math.min(POLL_MS, due ?? POLL_MS))
}

/** Never throws: what cannot be noted is found again when its hold runs out. */
async function handle(parts: OutboxParts, delivery: Delivery): Promise<void> {
  let reached = false
  try {
    const delivered = await deliver(parts, delivery)
    reached = delivered.kind !== 'dropped'
    await note(parts, delivery, delivered)
  } catch (error) {
    await postpone(parts, delivery, error, reached).catch((fault) => tellFault(parts, fault, delivery.entry))
  }
}

/** Milliseconds since it was owed: by the database's clock until it was claimed, by this process's from then on. */
const ageOf = ({ clock }: OutboxParts, { entry, until }: Delivery): number =>
  entry.readAt - entry.createdAt + clock.monotonic() - (until - HOLD_MS)

async function note(parts: OutboxParts, delivery: Delivery, delivered: Delivered): Promise<void> {
  const { entry } = delivery
  if (delivered.kind === 'dropped') return drop(parts, entry, delivered.cause)
  if (delivered.kind === 'opened') await parts.store.opened(entry, delivered.thread)
  else await parts.store.sent(entry, delivered.platformId)
  const { id, jobId, kind, attempts } = entry
  parts.emit('outbox.sent', { entry: id, job: jobId, kind, attempts, ms: ageOf(parts, delivery) })
}

async function drop(parts: OutboxParts, entry: Entry, cause: string): Promise<void> {
  await parts.store.drop(entry, cause)
  parts.emit('outbox.dropped', { entry: entry.id, job: entry.jobId, kind: entry.kind, cause })
}

async function postpone(parts: OutboxParts, delivery: Delivery, error: unknown, reached: boolean): Promise<void> {
  const { entry, platform } = delivery
  if (error instanceof PlatformDown) parts.standing.fell(platform.name, error.message)
  const mayHaveArrived = reached || error instanceof CallTimeout || error instanceof CallFailed
  const isOld = ageOf(parts, delivery) > GIVE_UP_MS
  if (isOld && !(error instanceof Stopping)) return drop(parts, entry, `given up: ${causeOf(error)}`)
  if (!isExpected(error)) tellFault(parts, error, entry)
  const inMs = pauseAfter(error, entry, parts.random ?? Math.random)
  await parts.store.retry(entry, inMs, causeOf(error), entry.isUncertain || mayHaveArrived)
  const { id, jobId, kind, attempts } = entry
  parts.emit('outbox.retry', { entry: id, job: jobId, kind, attempts, inMs, cause: causeOf(error) })
}

function pauseAfter(error: unknown, entry: Entry, random: () => number): number {
  if (error instanceof HoldOver || error instanceof Stopping) return 0
  if (error instanceof KeyBusy) return error.ms
  if (error instanceof RateLimited) return error.retryAfterMs
  if (error instanceof PlatformDown) return MAX_BACKOFF_MS
  return backoff(entry.attempts, random)
}

const EXPECTED = [HoldOver, Stopping, KeyBusy, RateLimited, PlatformDown, CallTimeout, CallFailed, Refusal]
const isExpected = (error: unknown): boolean => EXPECTED.some((type) => error instanceof type)

const causeOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 300)

function tellFault(parts: OutboxParts, error: unknown, entry?: Entry): void {
  if (error instanceof Refusal) return // storage is busy or full: it is tried again
  const ids = entry ? { job: entry.jobId, user: entry.userId } : {}
  parts.emit('fault', { id: newId(parts.clock.now()), where: 'chat/outbox', error, ...ids })
}
