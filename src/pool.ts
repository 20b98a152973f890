import { existsSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Piscina } from 'piscina'
import { machineMs, type ThreadTask } from './pool-worker.ts'

/** CPU threads for parsing and for writing files, so that neither runs on the thread that answers chat. */
export interface CpuPool {
  /**
   * Runs the default export of a worker module in a thread.
   * @param worker file URL of the module (`new URL('./parse-worker.js', import.meta.url)`)
   * @param options.timeoutMs the thread is ended and replaced when the task takes longer, from when it begins there
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

/** Threads that have had nothing to do for this long are ended, but one. */
const IDLE_MS = 30_000
/** How long a thread may take to start and to load its module, before it is taken to hang. */
const START_MS = 60_000
/** Heap of one thread: a list of 5 MB needs less than half. */
const HEAP_MB = 256

/**
 * A pool on piscina. At most `threads` tasks run at once, each alone in its thread; callers above that wait in order, so
 * nothing but their own input piles up. The time limit counts from when the thread has loaded the task's module, by
 * machineMs (a test's jumping clock moves no CPU time): on a busy machine a new thread may take seconds to start, and no
 * page is to blame for it.
 * @param options.heapMb heap limit of one thread, in MB
 */
export function createCpuPool({ threads, heapMb = HEAP_MB }: { threads: number; heapMb?: number }): CpuPool {
  const piscina = new Piscina({
    minThreads: 0,
    maxThreads: threads,
    concurrentTasksPerWorker: 1,
    idleTimeout: IDLE_MS,
    // Preloads and inspectors of the main thread are not for these. Without the flag piscina loads a module by require();
    // a thread that is ended at that moment takes the whole process with it (Node 20.20: "IsGraphAsync … must be used on
    // an instantiated module"). With it, require() refuses and piscina imports.
    execArgv: ['--no-experimental-require-module'],
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  })
  piscina.on('error', () => {}) // a thread that dies between tasks; tasks tell of their own
  const turns = createTurns(threads)
  return {
    async run<Input, Output>(worker: URL, input: Input, options: PoolOptions): Promise<Output> {
      await turns.take(options.signal)
      try {
        return await runInThread<Output>(piscina, { module: compiled(worker), input }, options)
      } finally {
        turns.give()
      }
    },
    close: () => piscina.destroy(),
  }
}

const TASK_RUNNER = compiled(new URL('./pool-worker.ts', import.meta.url))

async function runInThread<Output>(
  piscina: Piscina,
  task: Pick<ThreadTask, 'module' | 'input'>,
  options: PoolOptions,
): Promise<Output> {
  options.signal?.throwIfAborted() // it may have been while this waited for its turn
  const ending = new AbortController()
  const began = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT)
  const stopWatch = watchTime(new Float64Array(began), options.timeoutMs, (error) => ending.abort(error))
  const stop = () => ending.abort(options.signal?.reason)
  options.signal?.addEventListener('abort', stop, { once: true })
  try {
    const transferList = options.transfer ?? []
    const running = { filename: TASK_RUNNER, signal: ending.signal, transferList }
    return (await piscina.run({ ...task, began }, running)) as Output
  } catch (error) {
    if (ending.signal.aborted) throw ending.signal.reason
    throw isCrash(error) ? new PoolCrash((error as Error).message, { cause: error }) : error
  } finally {
    stopWatch()
    options.signal?.removeEventListener('abort', stop)
  }
}

/** Ends a task that takes longer than `timeoutMs` from its beginning, or whose thread does not start. */
function watchTime(began: Float64Array, timeoutMs: number, end: (error: PoolTimeout) => void): () => void {
  const deadline = machineMs() + START_MS
  let timer: NodeJS.Timeout
  const look = () => {
    const left = began[0] === 0 ? Math.min(timeoutMs, deadline - machineMs()) : began[0]! + timeoutMs - machineMs()
    if (left > 0) timer = setTimeout(look, left)
    else end(new PoolTimeout(began[0] === 0 ? `not begun in ${START_MS} ms` : `no answer in ${timeoutMs} ms`))
  }
  timer = setTimeout(look, timeoutMs)
  return () => clearTimeout(timer)
}

/** Out of memory has a code; of a thread that ended itself piscina only says so. */
function isCrash(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY' || /exited with code/.test(error.message)
}

/** Hands out `count` turns, first come first served. */
function createTurns(count: number) {
  let free = count
  const waiting: (() => void)[] = []
  return {
    /** @throws the signal's reason when it aborts first */
    async take(signal?: AbortSignal): Promise<void> {
      signal?.throwIfAborted()
      if (free > 0) {
        free -= 1
        return
      }
      await new Promise<void>((resolve, reject) => {
        const leave = () => {
          waiting.splice(waiting.indexOf(enter), 1)
          reject(signal?.reason)
        }
        const enter = () => {
          signal?.removeEventListener('abort', leave)
          resolve()
        }
        waiting.push(enter)
        signal?.addEventListener('abort', leave, { once: true })
      })
    },
    give(): void {
      const next = waiting.shift()
      if (next) next()
      else free += 1
    },
  }
}

/**
 * Threads run compiled files: a worker named by its source (`.ts`, or a `.js` that is only in dist/) is taken from
 * beside it, or from dist/ of the package that it stands in.
 */
function compiled(worker: URL): string {
  const beside = fileURLToPath(worker).replace(/\.ts$/, '.js')
  if (existsSync(beside)) return pathToFileURL(beside).href
  const root = packageRoot(dirname(beside))
  return pathToFileURL(join(root, 'dist', relative(root, beside))).href
}

function packageRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json')) || dirname(folder) === folder) return folder
  return packageRoot(dirname(folder))
}
