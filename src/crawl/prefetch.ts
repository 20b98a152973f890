import type { PageOutcome } from './read-page.ts'
import type { OpenPage } from './store.ts'

/** What a page in flight settled to; a thrown error is kept until the page's turn comes. */
type Settled = { outcome: PageOutcome } | { thrown: unknown }

/**
 * Pages that are read ahead of the one whose turn it is to be stored. Reading ahead only saves time: pages are stored
 * in reading order whatever order they arrive in, so a result does not depend on the network or on a restart.
 */
export interface Prefetch {
  has(key: string): boolean
  size(): number
  start(page: OpenPage, read: () => Promise<PageOutcome>): void
  /** Waits for a page's outcome and forgets it. @throws what its reading threw */
  take(key: string): Promise<PageOutcome>
  /** Resolves when nothing is in flight any more. */
  settle(): Promise<void>
}

/** An empty look-ahead. */
export function createPrefetch(): Prefetch {
  const inFlight = new Map<string, Promise<Settled>>()
  return {
    has: (key) => inFlight.has(key),
    size: () => inFlight.size,
    start: (page, read) => {
      inFlight.set(
        page.key,
        read().then(
          (outcome) => ({ outcome }),
          (thrown: unknown) => ({ thrown }),
        ),
      )
    },
    take: async (key) => {
      const settled = await inFlight.get(key)
      inFlight.delete(key)
      if (!settled) throw new Error(`page ${key} is not in flight`)
      if ('thrown' in settled) throw settled.thrown
      return settled.outcome
    },
    settle: async () => {
      await Promise.all(inFlight.values())
      inFlight.clear()
    },
  }
}
