/** Turns at the one writer connection: one transaction at a time, in the order of asking. */
export interface Turns {
  /** Waits for a turn. @returns false when `limitMs` passed first; Infinity waits without end */
  take(limitMs: number): Promise<boolean>
  /** Ends the turn; the next one begins after a look at the event loop, so that a long row of writers starves nobody. */
  give(): void
}

interface Waiter {
  begin(): void
}

/** The turns of one writer. */
export function createTurns(): Turns {
  const waiters: Waiter[] = []
  let isTaken = false

  const take = async (limitMs: number): Promise<boolean> => {
    if (!isTaken) {
      isTaken = true
      return true
    }
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined
      const waiter = {
        begin: () => {
          clearTimeout(timer)
          resolve(true)
        },
      }
      waiters.push(waiter)
      if (!Number.isFinite(limitMs)) return
      timer = setTimeout(() => {
        const at = waiters.indexOf(waiter)
        if (at < 0) return
        waiters.splice(at, 1)
        resolve(false)
      }, limitMs)
    })
  }

  const give = (): void => {
    const next = waiters.shift()
    if (next) setImmediate(next.begin)
    else isTaken = false
  }

  return { take, give }
}
