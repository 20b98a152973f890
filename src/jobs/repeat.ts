import { rest } from '../clock.ts'
import { Refusal } from '../errors.ts'
import type { Job } from './job.ts'
import type { RunnerParts } from './runner-parts.ts'

type RepeatParts = Pick<RunnerParts, 'clock' | 'emit' | 'faultId'>

/**
 * Repeats an act until the signal aborts, with a rest of `ms` before each turn. Never throws: an act that fails is told
 * and tried again at its next turn.
 */
export async function repeat(
  parts: RepeatParts,
  ms: number,
  signal: AbortSignal,
  act: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await rest(parts.clock, ms, signal)
    if (signal.aborted) return
    await act().catch((error: unknown) => tellTrouble(parts, 'runner', error))
  }
}

/** Tells telemetry what failed: a refusal of storage passes by itself, anything else is a bug. */
export function tellTrouble(
  { emit, faultId }: Pick<RepeatParts, 'emit' | 'faultId'>,
  where: string,
  error: unknown,
  job?: Job,
): void {
  if (error instanceof Refusal) emit('store.retry', { cause: error.code, attempts: 1 })
  else emit('fault', { id: faultId(), where, error, ...(job ? { job: job.id, user: job.userId } : {}) })
}
