/** CPU threads for parsing and for writing files, so that neither runs on the thread that answers chat. */
export interface CpuPool {
  /**
   * Runs the default export of a worker module in a thread.
   * @param worker file URL of the module (`new URL('./parse-worker.js', import.meta.url)`)
   * @param options.timeoutMs the thread is ended and replaced when the task takes longer
   * @param options.transfer buffers and ports that move to the thread
   * @throws PoolTimeout, PoolCrash (out of memory, exited), the signal's reason, or what the task threw
   */
  run<Input, Output>(worker: URL, input: Input, options: PoolOptions): Promise<Output>
  close(): Promise<void>
}

export interface PoolOptions {
  timeoutMs: number
  signal?: AbortSignal
  transfer?: (ArrayBuffer | import('node:worker_threads').MessagePort)[]
}

/** The task took too long: its thread was ended. */
export class PoolTimeout extends Error {
  override readonly name = 'PoolTimeout'
}

/** The task ended its thread: out of memory, process.exit, a native crash. */
export class PoolCrash extends Error {
  override readonly name = 'PoolCrash'
}
