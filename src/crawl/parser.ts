import { Refusal } from '../errors.ts'
import { type CpuPool, PoolCrash, PoolTimeout } from '../pool.ts'
import { PARSE_MS } from './limits.ts'
import type { ParsedPage, ParseInput, ParsePage } from './parse.ts'

const WORKER = new URL('./parse-worker.ts', import.meta.url)

export interface ParserOptions {
  pool: CpuPool
  timeoutMs?: number
  /** Another module that reads pages in the pool, for tests. */
  worker?: URL
}

/**
 * Parses pages in the CPU pool, so that no page can hold up or end the thread that answers chat.
 * @param options.timeoutMs a page that takes longer is `page.too_slow`; 5 s unless given
 */
export function createParser({ pool, timeoutMs = PARSE_MS, worker = WORKER }: ParserOptions): ParsePage {
  return async (input, signal) => {
    const body = ownBuffer(input.body)
    const options = { timeoutMs, signal, transfer: [body.buffer] }
    try {
      return await pool.run<ParseInput, ParsedPage>(worker, { ...input, body }, options)
    } catch (error) {
      if (error instanceof PoolTimeout) {
        throw new Refusal('page.too_slow', { url: input.url, seconds: timeoutMs / 1_000 }, { cause: error })
      }
      if (error instanceof PoolCrash) throw new Refusal('page.parser_crashed', { url: input.url }, { cause: error })
      throw error
    }
  }
}

/** A small Buffer is a window on memory that others use: moving that to a thread would take theirs away. */
const ownBuffer = (body: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> =>
  body.byteLength === body.buffer.byteLength ? body : new Uint8Array(body)
