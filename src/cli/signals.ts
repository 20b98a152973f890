import { INTERRUPTED, TERMINATED } from './exit-codes.ts'

/** How a process was asked to end. */
export interface EndAsked {
  /** Aborts at the first SIGINT or SIGTERM, with the signal's name as its reason. A second one ends the process. */
  signal: AbortSignal
  /** The exit code of a command that ended because it was asked to. */
  exitCode(): number
  /** Stops listening. */
  release(): void
}

const EXIT_CODES = { SIGINT: INTERRUPTED, SIGTERM: TERMINATED }

/** Listens for the signals that ask a process to end. The second one ends at once: nothing stored is lost by it. */
export function listenForEnd(): EndAsked {
  const asked = new AbortController()
  const on = (name: 'SIGINT' | 'SIGTERM') => () => {
    if (asked.signal.aborted) process.exit(EXIT_CODES[name])
    asked.abort(name)
  }
  const interrupted = on('SIGINT')
  const terminated = on('SIGTERM')
  process.on('SIGINT', interrupted)
  process.on('SIGTERM', terminated)
  return {
    signal: asked.signal,
    exitCode: () => (asked.signal.reason === 'SIGTERM' ? TERMINATED : INTERRUPTED),
    release: () => {
      process.off('SIGINT', interrupted)
      process.off('SIGTERM', terminated)
    },
  }
}
