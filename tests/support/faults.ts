import { test } from 'vitest'

/** Whether rows that need real waits of more than ten seconds run (`npm run faults`). */
export const HAS_REAL_WAITS = process.env.FAULTS_REAL_WAITS === '1'

/** Bounds of time are asserted at so many times their value: as detectors of a hang, on a machine that does other work. */
export const PATIENCE = 5

/** The longest that one row may take. */
const ROW_MS = 600_000

/**
 * A test of one row of the fault table. With FAULTS_REAL_WAITS it also prints the row: the fault, whether the program
 * held, and how long it took to be well again.
 * @param act does the fault and checks what must hold. @returns milliseconds to recover, or null where nothing stopped
 */
export function testFault(fault: string, act: () => Promise<number | null>): void {
  test(fault, { timeout: ROW_MS }, async () => {
    let recovered = 'not held'
    try {
      const ms = await act()
      recovered = ms === null ? 'held | at once' : `held | ${(ms / 1_000).toFixed(1)} s`
    } finally {
      if (HAS_REAL_WAITS) console.info(`| ${fault} | ${recovered} |`)
    }
  })
}
