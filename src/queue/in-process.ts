import type { Clock } from '../clock.ts'
import { newId } from '../ids.ts'
import type { Emit } from '../telemetry/events.ts'
import type { HintHandler, Queue, QueueHint } from './queue.ts'
import { createWaitingLine } from './waiting-line.ts'

/** The longest timer of Node; one beyond fires at once. */
const MAX_SLEEP_MS = 2 ** 31 - 1

/** The queue of a single process: hints by priority, then run_at, then in the order they came. */
export function createInProcessQueue({ clock, emit }: { clock: Clock; emit: Emit }): Queue {
  const line = createWaitingLine()
  const running = new Map<string, { controller: AbortController; ended: Promise<void> }>()
  let consumer: { handler: HintHandler; concurrency: number } | undefined
  let alarm: AbortController | undefined

  const handOut = (): void => {
    if (!consumer) return
    while (running.size < consumer.concurrency) {
      const hint = line.take(clock.monotonic(), (jobId) => running.has(jobId))
      if (!hint) break
      start(consumer.handler, hint)
    }
    setAlarm()
  }

  const start = (handler: HintHandler, hint: QueueHint): void => {
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
    const next = line.nextAt()
    if (next === undefined) return
    alarm = new AbortController()
    // A hint that is due already waits for a free place, not for the time.
    const ms = Math.min(Math.max(next - clock.monotonic(), 1), MAX_SLEEP_MS)
    if (running.size < (consumer?.concurrency ?? 0)) clock.sleep(ms, alarm.signal).then(handOut, () => undefined)
  }

  return {
    async push(hint) {
      line.put(hint, clock.monotonic())
      handOut()
    },
    consume(handler, concurrency) {
      consumer = { handler, concurrency }
      handOut()
    },
    async interrupt(jobId, reason) {
      line.remove(jobId)
      running.get(jobId)?.controller.abort(reason)
    },
    async stop() {
      consumer = undefined
      alarm?.abort()
      await Promise.all([...running.values()].map(({ ended }) => ended))
    },
    counts: () => ({ waiting: line.size(), running: running.size }),
    trouble: () => null,
  }
}
