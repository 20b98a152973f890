/** How a process was asked to end. */
export interface EndAsked {
  /** Aborts at the first SIGINT or SIGTERM, with the signal's name as its reason. A second one ends the process. */
  signal: AbortSignal
  /** Stops listening. */
  release(): void
}

/** Listens for the signals that ask a process to end. The second one ends at once: nothing stored is lost by it. */
export function listenForEnd(exitCodes: { SIGINT: number; SIGTERM: number }): EndAsked {
  const asked = new AbortController()
  const on = (name: 'SIGINT' | 'SIGTERM') => () => {
    if (asked.signal.aborted) process.exit(exitCodes[name])
    asked.abort(name)
  }
  const interrupted = on('SIGINT')
  const terminated = on('SIGTERM')
  process.on('SIGINT', interrupted)
  process.on('SIGTERM', terminated)
  return {
    signal: asked.signal,
    release: () => {
      process.off('SIGINT', interrupted)
      process.off('SIGTERM', terminated)
    },
  }
}
