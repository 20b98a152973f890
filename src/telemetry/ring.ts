/** The newest log lines of this process, and who watches them. */
export interface LogRing {
  add(line: string): void
  /** Oldest first. */
  lines(): string[]
  /** Calls `fn` with every line from now on. @returns what ends it */
  subscribe(fn: (line: string) => void): () => void
}

/** @param size lines kept */
export function createLogRing(size: number): LogRing {
  const kept: string[] = []
  const watchers = new Set<(line: string) => void>()
  let next = 0
  return {
    add: (line) => {
      kept[next] = line
      next = (next + 1) % size
      for (const watch of watchers) {
        try {
          watch(line)
        } catch {
          watchers.delete(watch) // a watcher that throws would throw at every line
        }
      }
    },
    lines: () => [...kept.slice(next), ...kept.slice(0, next)],
    subscribe: (fn) => {
      watchers.add(fn)
      return () => void watchers.delete(fn)
    },
  }
}
