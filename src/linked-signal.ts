/** The end of one piece of work: its own, or that of something which goes on longer, whichever comes first. */
export interface LinkedSignal {
  signal: AbortSignal
  abort(reason: unknown): void
  /** The work is over: nothing of it stays with the signals that it was linked to. */
  release(): void
}

/**
 * Links a new signal to others; it aborts with the reason of the first. AbortSignal.any is no way to do this in Node: a
 * signal that lives long keeps a reference for every one made of it (nodejs/node#55351, #64476), one that
 * somebody still listens to is kept for ever, and AbortSignal.timeout() in it is lost to the garbage collector and then
 * never fires (nodejs/node#57867).
 */
export function linkSignal(...outer: AbortSignal[]): LinkedSignal {
  const own = new AbortController()
  const release = () => {
    for (const [signal, pass] of links) signal.removeEventListener('abort', pass)
  }
  const links = outer.map((signal) => {
    const pass = () => {
      release()
      own.abort(signal.reason)
    }
    return [signal, pass] as const
  })
  const over = outer.find(({ aborted }) => aborted)
  if (over) own.abort(over.reason)
  else for (const [signal, pass] of links) signal.addEventListener('abort', pass)
  return { signal: own.signal, abort: (reason) => own.abort(reason), release }
}
