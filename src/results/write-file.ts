import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import type { Product } from '../sites/product.ts'
import type { Format } from './format.ts'
import { MAX_FILE_BYTES } from './limits.ts'
import type { About, Output } from './output.ts'
import { createWriter } from './writer.ts'

/** One file to write. */
export interface FileOrder {
  /** A name that is not there yet. */
  path: string
  format: Format
  about: About
  /** Permission bits, before the process's mask. */
  mode: number
  /** Largest size in bytes; MAX_FILE_BYTES unless said. */
  maxBytes?: number
}

/** What was written. */
export interface Written {
  bytes: number
  rows: number
}

const BUFFER_BYTES = 256 * 1024

/** An output into an open file, gathered so that a line is not a system call. */
function openOutput(descriptor: number, maxBytes: number): Output & { flush(): void; bytes(): number } {
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES)
  let used = 0
  let flushed = 0
  const writeAll = (bytes: Uint8Array) => {
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done)
    flushed += bytes.length
  }
  const flush = () => {
    writeAll(buffer.subarray(0, used))
    used = 0
  }
  return {
    flush,
    bytes: () => flushed + used,
    isFull: (tail) => flushed + used + tail > maxBytes,
    write: (bytes) => {
      if (used + bytes.length > BUFFER_BYTES) flush()
      if (bytes.length > BUFFER_BYTES) return writeAll(bytes)
      buffer.set(bytes, used)
      used += bytes.length
    },
  }
}

/**
 * Writes a whole result file and waits until the disk has it. Blocks its thread while it writes.
 * @param pages products in order; no more are asked for once the file is full
 * @throws the system's error (EEXIST, ENOSPC, EACCES, …), or what `pages` throws; a file begun is left to the caller
 */
export async function writeFile(order: FileOrder, pages: AsyncIterable<Product[]>): Promise<Written> {
  const descriptor = openSync(order.path, 'wx', order.mode)
  try {
    const output = openOutput(descriptor, order.maxBytes ?? MAX_FILE_BYTES)
    const writer = createWriter(order.format, order.about, output)
    let rows = 0
    for await (const products of pages) {
      const taken = writer.add(products)
      rows += taken
      if (taken < products.length) break
    }
    writer.end()
    output.flush()
    fsyncSync(descriptor)
    return { bytes: output.bytes(), rows }
  } finally {
    closeSync(descriptor)
  }
}
