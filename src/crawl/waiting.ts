import { type Clock, WOKEN } from '../clock.ts'
import { TELL_AFTER_MS } from './http-limits.ts'
import type { Waiting } from './store.ts'

export type OnWaiting = (waiting: Waiting | null) => void

/** Does something that may take long; whoever asked is told once it takes longer than a second, and when it goes on. */
export async function tellWaiting<T>(
  clock: Clock,
  onWaiting: OnWaiting | undefined,
  waiting: Waiting,
  act: () => Promise<T>,
): Promise<T> {
  if (!onWaiting) return await act()
  const timer = new AbortController()
  let isTold = false
  const tell = () => {
    isTold = true
    onWaiting(waiting)
  }
  if (waiting.ms !== null && waiting.ms > TELL_AFTER_MS) tell()
  else clock.sleep(TELL_AFTER_MS, timer.signal).then(tell, () => undefined)
  try {
    return await act()
  } finally {
    timer.abort(WOKEN)
    if (isTold) onWaiting(null)
  }
}
