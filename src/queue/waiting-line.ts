import type { QueueHint } from './queue.ts'

interface Placed extends QueueHint {
  /** By the process's own clock, which nobody sets. */
  dueAt: number
  /** Order of arrival. */
  sequence: number
}

/** Hints that wait, one a job; those that are due in the order in which they start. */
export interface WaitingLine {
  /** Replaces the job's former hint. @param now milliseconds that only grow, here as everywhere in the line */
  put(hint: QueueHint, now: number): void
  remove(jobId: string): void
  /** Takes out the best hint that is due and whose job is not busy. */
  take(now: number, isBusy: (jobId: string) => boolean): QueueHint | undefined
  /** When the next hint that is not due yet becomes due; undefined when there is none. */
  nextAt(): number | undefined
  size(): number
}

export function createWaitingLine(): WaitingLine {
  const byJob = new Map<string, Placed>()
  const due = createSorted((a, b) => b.priority - a.priority || a.runAt - b.runAt || a.sequence - b.sequence)
  const later = createSorted((a, b) => a.dueAt - b.dueAt || a.sequence - b.sequence)
  let arrivals = 0

  const remove = (jobId: string): void => {
    const hint = byJob.get(jobId)
    if (!hint) return
    byJob.delete(jobId)
    if (!due.remove(hint)) later.remove(hint)
  }

  return {
    remove,
    put(hint, now) {
      remove(hint.jobId)
      arrivals += 1
      const placed = { ...hint, dueAt: now + hint.inMs, sequence: arrivals }
      byJob.set(hint.jobId, placed)
      later.add(placed)
    },
    take(now, isBusy) {
      for (let first = later.at(0); first && first.dueAt <= now; first = later.at(0)) {
        later.remove(first)
        due.add(first)
      }
      for (let index = 0; ; index += 1) {
        const hint = due.at(index)
        if (!hint) return undefined
        if (isBusy(hint.jobId)) continue
        remove(hint.jobId)
        return hint
      }
    },
    nextAt: () => later.at(0)?.dueAt,
    size: () => byJob.size,
  }
}

/** A list kept in order by binary search; `compare` never finds two of its hints equal. */
function createSorted(compare: (a: Placed, b: Placed) => number) {
  const hints: Placed[] = []
  const placeOf = (hint: Placed): number => {
    let low = 0
    let high = hints.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compare(hints[middle]!, hint) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
  return {
    at: (index: number): Placed | undefined => hints[index],
    add: (hint: Placed): void => void hints.splice(placeOf(hint), 0, hint),
    remove(hint: Placed): boolean {
      const place = placeOf(hint)
      if (hints[place] !== hint) return false
      hints.splice(place, 1)
      return true
    },
  }
}
