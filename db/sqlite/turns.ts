/**
 * Turns at the one writer connection: one transaction at a time. Whoever waits with a limit is a person's command and
 * goes before the workers, who wait without one; among their like they go in the order of asking.
 */
export interface Turns {
  /** Waits for a turn. @returns false when `limitMs` passed first; Infinity waits without end */
  take(limitMs: number): Promise<boolean>
  /** Ends the turn; the next one begins after a look at the event loop, so that a long row of writers starves nobody. */
  give(): void
}

interface Waiter {
  begin(): void
}

/** Commands in a row after which a worker that waits has its turn: a thousand commands at once do not stop the crawls. */
const COMMANDS_IN_A_ROW = 4

/** The turns of one writer. */
export function createTurns(): Turns {
  const commands: Waiter[] = []
  const workers: Waiter[] = []
  let isTaken = false
  let inARow = 0

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
      const line = Number.isFinite(limitMs) ? commands : workers
      line.push(waiter)
      if (line === workers) return
      timer = setTimeout(() => {
        const at = commands.indexOf(waiter)
        if (at < 0) return
        commands.splice(at, 1)
        resolve(false)
      }, limitMs)
    })
  }

  const give = (): void => {
    const isWorkersTurn = commands.length === 0 || (inARow >= COMMANDS_IN_A_ROW && workers.length > 0)
    inARow = isWorkersTurn ? 0 : inARow + 1
    const next = isWorkersTurn ? workers.shift() : commands.shift()
    if (next) setImmediate(next.begin)
    else isTaken = false
  }

  return { take, give }
}
