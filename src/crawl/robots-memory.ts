import type { RobotsEntry } from './robots-file.ts'

/** What is known of hosts, in memory: the entries asked for last, within two bounds. */
export interface RobotsMemory {
  /** @returns undefined when it is not there, or was kept until before `now` */
  get(origin: string, now: number): RobotsEntry | undefined
  /** The newest entry stays whatever its size. @param until on the clock that `now` is read from */
  keep(origin: string, entry: RobotsEntry, until: number): void
}

/** @param bounds most entries, and most characters of memory (RobotsFile.size) of all together */
export function createRobotsMemory(bounds: { entries: number; size: number }): RobotsMemory {
  const kept = new Map<string, { entry: RobotsEntry; until: number }>() // in the order of their last use
  let size = 0

  const remove = (origin: string): void => {
    const known = kept.get(origin)
    if (known && kept.delete(origin)) size -= sizeOf(known.entry)
  }
  return {
    get(origin, now) {
      const known = kept.get(origin)
      if (!known) return undefined
      kept.delete(origin)
      kept.set(origin, known)
      return known.until > now ? known.entry : undefined
    },
    keep(origin, entry, until) {
      remove(origin)
      kept.set(origin, { entry, until })
      size += sizeOf(entry)
      for (const oldest of kept.keys()) {
        if (oldest === origin || (kept.size <= bounds.entries && size <= bounds.size)) break
        remove(oldest)
      }
    },
  }
}

const sizeOf = (entry: RobotsEntry): number => (entry.kind === 'read' ? entry.file.size : 0)
