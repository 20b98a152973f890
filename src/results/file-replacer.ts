import { open, rename, rm } from 'node:fs/promises'
import { dirname, join, parse } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import type { CpuPool } from '../pool.ts'
import type { Product } from '../sites/product.ts'
import { syncFolder, temporaryBeside } from './folder.ts'
import { PAGE_ROWS, WRITE_TIMEOUT_MS } from './limits.ts'
import { serveRows } from './rows-port.ts'
import type { ResultFacts, ResultStore } from './store.ts'
import type { FileOrder, Written } from './write-file.ts'
import type { WriteOutcome, WriteTask } from './write-worker.ts'

/** What writing a file needs. */
export interface WritingParts {
  store: ResultStore
  pool: CpuPool
  /** IANA name, for file names and the summary. */
  timeZone: string
  /** Largest file in bytes; MAX_FILE_BYTES unless said. */
  maxBytes?: number
}

const WORKER = new URL('./write-worker.js', import.meta.url)

/** Pages of a job's products, one after the other; an empty one at the end. */
function pagesOf({ store }: WritingParts, { userId, jobId }: ResultFacts): () => Promise<Product[]> {
  let position = 0
  return async () => {
    const rows = await store.products(userId, jobId, position, PAGE_ROWS)
    position = rows.at(-1)?.position ?? position
    return rows
  }
}

/** Writes the rows in a thread of the pool. @throws the system's error with its code, or what the store threw */
async function writeRows(parts: WritingParts, facts: ResultFacts, order: Order): Promise<Written> {
  const { port1, port2 } = new MessageChannel()
  const about = { facts, timeZone: parts.timeZone }
  const task: WriteTask = { ...order, about, maxBytes: parts.maxBytes, port: port2 }
  const served = serveRows(port1, pagesOf(parts, facts))
  const options = { timeoutMs: WRITE_TIMEOUT_MS, transfer: [port2] }
  const running = parts.pool.run<WriteTask, WriteOutcome>(WORKER, task, options)
  try {
    const outcome = await Promise.race([served, running])
    if (outcome.kind === 'written') return { bytes: outcome.bytes, rows: outcome.rows }
    throw Object.assign(new Error(outcome.message), { code: outcome.errno })
  } finally {
    port1.close()
    await running.catch(() => {}) // the thread lets go of the file before anybody removes it
  }
}

type Order = Omit<FileOrder, 'about'>

/** Writes files beside their place and moves them there whole. */
export interface FileReplacer {
  /**
   * Writes beside `path`, then lets `keep` note it, then renames: a kill between leaves no file without its row.
   * @throws the system's error with its code, what the store threw, PoolTimeout, PoolCrash; nothing is left behind
   */
  replace(facts: ResultFacts, order: Order, keep?: (written: Written) => Promise<void>): Promise<Written>
  /**
   * The same to `path` or, where something is there already, to the next free name: `a.csv`, `a-2.csv`, `a-3.csv`.
   * @throws as replace()
   */
  create(facts: ResultFacts, order: Order): Promise<Written & { path: string }>
  /** Whether a temporary path is being written now. */
  isWriting(path: string): boolean
}

export function createFileReplacer(parts: WritingParts): FileReplacer {
  const temporary = new Set<string>()
  const write = async <T>(
    facts: ResultFacts,
    order: Order,
    move: (beside: string, written: Written) => Promise<T>,
  ): Promise<T> => {
    const beside = temporaryBeside(order.path)
    temporary.add(beside)
    try {
      const moved = await move(beside, await writeRows(parts, facts, { ...order, path: beside }))
      await syncFolder(dirname(order.path))
      return moved
    } catch (error) {
      await rm(beside, { force: true }).catch(() => {})
      throw error
    } finally {
      temporary.delete(beside)
    }
  }
  return {
    isWriting: (path) => temporary.has(path),
    replace: (facts, order, keep) =>
      write(facts, order, async (beside, written) => {
        await keep?.(written)
        await rename(beside, order.path)
        return written
      }),
    create: (facts, order) =>
      write(facts, order, async (beside, written) => {
        const path = await claimName(order.path)
        await rename(beside, path)
        return { ...written, path }
      }),
  }
}

/** Makes an empty file under the first free name: whoever makes it has the name, however many ask at once. */
async function claimName(path: string): Promise<string> {
  const { dir, name, ext } = parse(path)
  for (let at = 1; ; at += 1) {
    const candidate = at === 1 ? path : join(dir, `${name}-${at}${ext}`)
    try {
      await open(candidate, 'wx').then((file) => file.close())
      return candidate
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}
