import { statfs } from 'node:fs/promises'
import { type Clock, rest } from '../clock.ts'
import type { Sizes, UpkeepStore } from './store.ts'

/** Whole tables are counted for it, so not at every look of an administrator. */
const MEASURE_MS = 600_000

/** How much was kept at a moment. */
export interface MeasuredSizes extends Sizes {
  /** Left on the disk of DATA_DIR. */
  freeBytes: number
  /** Epoch milliseconds. */
  measuredAt: number
}

/** Measures what is kept, again and again while the service runs. */
export interface SizeWatch {
  /** Undefined before the first measurement, and where nobody measures. */
  last(): MeasuredSizes | undefined
  start(): void
  stop(): Promise<void>
}

export function createSizeWatch(parts: { store: Pick<UpkeepStore, 'sizes'>; folder: string; clock: Clock }): SizeWatch {
  const stopped = new AbortController()
  let last: MeasuredSizes | undefined
  let running: Promise<void> | undefined
  return {
    last: () => last,
    start: () => {
      running ??= (async () => {
        while (!stopped.signal.aborted) {
          last = await measure(parts).catch(() => last) // a storage that is away is told of elsewhere
          await rest(parts.clock, MEASURE_MS, stopped.signal)
        }
      })()
    },
    stop: async () => {
      stopped.abort()
      await running
    },
  }
}

async function measure({ store, folder, clock }: Parameters<typeof createSizeWatch>[0]): Promise<MeasuredSizes> {
  const [sizes, { bavail, bsize }] = await Promise.all([store.sizes(), statfs(folder)])
  return { ...sizes, freeBytes: bavail * bsize, measuredAt: clock.now() }
}
