/** A hint that a job is due. The job's row is the truth: whoever takes the hint still has to win the claim. */
export interface QueueHint {
  jobId: string
  /** −10…10, higher first. */
  priority: number
  /** When it is due: epoch milliseconds of the database's clock, for the order of those that wait. */
  runAt: number
  /** Milliseconds until then when the hint was made; not above 0: due. No other clock is compared with the database's. */
  inMs: number
  /** Of the row when the hint was made; tells a fresh hint from one already consumed. */
  fence: number
}

/** Handles one hint to its end. The signal aborts when `interrupt` names the job, or at a hard stop. */
export type HintHandler = (jobId: string, signal: AbortSignal) => Promise<void>

/** Hands ids to workers by priority, then run_at. Knows nothing of jobs. Losing it loses nothing. */
export interface Queue {
  /** Adds a hint; one already there for the same job is replaced. Never waits for a broker that is away. */
  push(hint: QueueHint): Promise<void>
  /** Begins to hand out hints, at most `concurrency` at once. */
  consume(handler: HintHandler, concurrency: number): void
  /** Forgets a waiting hint, and aborts the handler of a running one, on whichever instance it runs. */
  interrupt(jobId: string, reason: string): Promise<void>
  /** Stops handing out; resolves when every running handler has ended. */
  stop(): Promise<void>
  /** Waiting and running hints of this process, for readyz and tests. */
  counts(): { waiting: number; running: number }
  /** Why no hints come now, for readyz; null when all is well. */
  trouble(): string | null
}
