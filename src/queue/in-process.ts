import type { Clock } from '../clock.ts'
import { newId } from '../ids.ts'
import type { Emit } from '../telemetry/events.ts'
import type { HintHandler, Queue, QueueHint } from './queue.ts'

/**
 * Longest sleep before the waiting hints are looked at again. Timers of Node end at 2^31 ms and fire at once beyond;
 * and a wall clock that was set meanwhile is noticed within it.
 */
const MAX_SLEEP_MS = 60_000

/** The queue of a single process: hints by priority, then run_at, then in the order they came. */
export function createInProcessQueue({ clock, emit }: { clock: Clock; emit: Emit }): Queue {
  const waiting = new Map<string, QueueHint>()
  const running = new Map<string, { controller: AbortController; ended: Promise<void> }>()
  let consumer: { handler: HintHandler; concurrency: number } | undefined
  let alarm: AbortController | undefined

  const handOut = (): void => {
    if (!consumer) return
    const free = consumer.concurrency - running.size
    if (free > 0) {
      for (const hint of dueHints(waiting, running, clock.now()).slice(0, free)) start(consumer.handler, hint)
    }
    setAlarm()
  }

  const start = (handler: HintHandler, hint: QueueHint): void => {
    waiting.delete(hint.jobId)
    const controller = new AbortController()
    const ended = handle(handler, hint.jobId, controller.signal).finally(() => {
      running.delete(hint.jobId)
      handOut()
    })
    running.set(hint.jobId, { controller, ended })
  }

  const handle = async (handler: HintHandler, jobId: string, signal: AbortSignal): Promise<void> => {
    await Promise.resolve() // so that it is counted as running before its first line runs
    try {
      await handler(jobId, signal)
    } catch (error) {
      if (signal.aborted && error === signal.reason) return
      emit('fault', { id: newId(clock.now()), where: 'queue', error, job: jobId })
    }
  }

  const setAlarm = (): void => {
    alarm?.abort()
    alarm = undefined
    const now = clock.now()
    const next = [...waiting.values()].reduce((least, hint) => Math.min(least, later(hint.runAt, now)), Infinity)
    if (next === Infinity) return
    alarm = new AbortController()
    clock.sleep(Math.min(next - now, MAX_SLEEP_MS), alarm.signal).then(handOut, () => undefined)
  }

  return {
    async push(hint) {
      waiting.delete(hint.jobId)
      waiting.set(hint.jobId, hint)
      handOut()
    },
    consume(handler, concurrency) {
      consumer = { handler, concurrency }
      handOut()
    },
    async interrupt(jobId, reason) {
      waiting.delete(jobId)
      running.get(jobId)?.controller.abort(reason)
    },
    async stop() {
      consumer = undefined
      alarm?.abort()
      await Promise.all([...running.values()].map(({ ended }) => ended))
    },
    counts: () => ({ waiting: waiting.size, running: running.size }),
  }
}

/** Hints that may start now, best first. One whose job still runs here waits for that handler's end. */
function dueHints(waiting: Map<string, QueueHint>, running: Map<string, unknown>, now: number): QueueHint[] {
  return [...waiting.values()]
    .filter((hint) => hint.runAt <= now && !running.has(hint.jobId))
    .sort((a, b) => b.priority - a.priority || a.runAt - b.runAt)
}

/** Hints already due start when a handler ends, not by the alarm. */
const later = (runAt: number, now: number): number => (runAt > now ? runAt : Infinity)
